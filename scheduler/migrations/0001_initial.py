"""Decisions cut into days, the runs of loops, the lease."""

import django.db.models.functions.datetime
from django.db import migrations, models

import core.events.models
from core.lib.partitions import parent

DECISION_COLUMNS = """
  at timestamptz NOT NULL DEFAULT now(),
  container_id uuid NOT NULL,
  slot_id uuid NOT NULL,
  verdict varchar(8) NOT NULL CHECK (verdict IN ('placed', 'refused')),
  host_id bigint,
  host_name varchar(63) NOT NULL DEFAULT '',
  message text NOT NULL DEFAULT '',
  score jsonb,
  group_size integer NOT NULL DEFAULT 1,
  same_as bigint,
  hosts_total integer NOT NULL DEFAULT 0,
  funnel jsonb NOT NULL DEFAULT '[]',
  refused jsonb NOT NULL DEFAULT '[]',
  scores jsonb NOT NULL DEFAULT '[]'
"""
DECISION_INDEX = "CREATE INDEX scheduler_decision_container ON scheduler_decision (container_id, id DESC);"
LEASE = "INSERT INTO scheduler_schedulerlease (name, holder, epoch) VALUES ('scheduler', NULL, 0)"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    parent("scheduler_decision", DECISION_COLUMNS) + DECISION_INDEX, "DROP TABLE scheduler_decision"
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                db_default=core.events.models.TimeId(), primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ("container_id", models.UUIDField()),
                        ("slot_id", models.UUIDField()),
                        (
                            "verdict",
                            models.CharField(choices=[("placed", "Placed"), ("refused", "Refused")], max_length=8),
                        ),
                        ("host_id", models.BigIntegerField(null=True)),
                        ("host_name", models.CharField(default="", max_length=63)),
                        ("message", models.TextField(default="")),
                        ("score", models.JSONField(null=True)),
                        ("group_size", models.IntegerField(default=1)),
                        ("same_as", models.BigIntegerField(null=True)),
                        ("hosts_total", models.IntegerField(default=0)),
                        ("funnel", models.JSONField(default=list)),
                        ("refused", models.JSONField(default=list)),
                        ("scores", models.JSONField(default=list)),
                    ],
                    options={"ordering": ["-id"]},
                ),
            ],
        ),
        migrations.CreateModel(
            name="LoopRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=32)),
                ("started_at", models.DateTimeField()),
                ("took_ms", models.FloatField()),
                (
                    "result",
                    models.CharField(choices=[("ok", "Ok"), ("error", "Error"), ("refused", "Refused")], max_length=8),
                ),
                ("changes", models.IntegerField(default=0)),
                ("message", models.TextField(default="")),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["name", "-id"], name="loop_runs_of_a_loop")],
            },
        ),
        migrations.CreateModel(
            name="SchedulerLease",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("holder", models.UUIDField(null=True)),
                ("epoch", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(LEASE, migrations.RunSQL.noop),
    ]
