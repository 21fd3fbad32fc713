"""Services, their revisions and roll-outs, and what a container knows of its service."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

TOUCH = """
CREATE TRIGGER containers_service_touch BEFORE INSERT OR UPDATE ON containers_service
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
CREATE TRIGGER containers_rollout_touch BEFORE INSERT OR UPDATE ON containers_rollout
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
"""
UNDO = """
DROP TRIGGER containers_service_touch ON containers_service;
DROP TRIGGER containers_rollout_touch ON containers_rollout;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_words"),
        ("containers", "0005_slot"),
        ("hosts", "0003_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("spec", models.JSONField()),
                ("spec_hash", models.CharField(max_length=64)),
                ("image_digest", models.CharField(default="", max_length=200)),
                ("image_id", models.CharField(default="", max_length=100)),
                ("image_architecture", models.CharField(default="", max_length=32)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("created_by", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="container",
            name="health_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="container",
            name="only_host",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hosts.host"
            ),
        ),
        migrations.AddField(
            model_name="container",
            name="replace_asked",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="container",
            name="proved",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="container",
            name="round",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="container",
            name="slot_key",
            field=models.CharField(default="", max_length=32),
        ),
        migrations.AddField(
            model_name="container",
            name="revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="containers.revision"
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=50)),
                ("mode", models.CharField(choices=[("replicated", "replicated"), ("global", "global")], max_length=16)),
                ("replicas", models.IntegerField(default=1)),
                ("policy", models.JSONField(default=dict)),
                ("stop_delay_s", models.IntegerField(default=0)),
                ("strict", models.BooleanField(default=False)),
                ("paused", models.BooleanField(default=False)),
                (
                    "desired",
                    models.CharField(choices=[("run", "run"), ("remove", "remove")], default="run", max_length=8),
                ),
                ("fresh_from", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("gone_at", models.DateTimeField(null=True)),
                ("generation", models.BigIntegerField(default=1)),
                ("version", models.BigIntegerField(db_default=1)),
                ("changed_xid", models.BigIntegerField(db_default=0)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="accounts.project"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="containers.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("update", "update"), ("restart", "restart"), ("roll-back", "roll-back")],
                        max_length=16,
                    ),
                ),
                ("policy", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("holding", "holding"),
                            ("paused", "paused"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("rolled-back", "rolled-back"),
                            ("aborted", "aborted"),
                            ("superseded", "superseded"),
                        ],
                        default="running",
                        max_length=16,
                    ),
                ),
                ("message", models.TextField(default="")),
                ("failed", models.JSONField(default=list)),
                ("promoted", models.BooleanField(default=False)),
                ("asked_by", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("stepped_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
                ("version", models.BigIntegerField(db_default=1)),
                ("changed_xid", models.BigIntegerField(db_default=0)),
                (
                    "from_revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="containers.revision",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="containers.revision"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rollouts", to="containers.service"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="revision",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="containers.service"
            ),
        ),
        migrations.AddField(
            model_name="container",
            name="service",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="containers",
                to="containers.service",
            ),
        ),
        migrations.AddIndex(
            model_name="container",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True), ("service__isnull", False)),
                fields=["service", "slot_key"],
                name="container_service_loop",
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["changed_xid"], name="service_delta"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True)), fields=["project", "name"], name="service_list"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("replicas__gte", 0), ("stop_delay_s__gte", 0)), name="service_counts_sane"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["replicated", "global"])), name="service_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("desired__in", ["run", "remove"])), name="service_desired_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gone_at__isnull", True)),
                fields=("project", "name"),
                name="one_service_per_project_and_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollout",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="rollouts_are_numbered"),
        ),
        migrations.AddConstraint(
            model_name="rollout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["aborted", "done", "failed", "holding", "paused", "rolled-back", "running", "superseded"],
                    )
                ),
                name="rollout_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["holding", "paused", "running"])),
                fields=("service",),
                name="one_rollout_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("service", "number"), name="revisions_are_numbered"),
        ),
        migrations.AlterField(
            model_name="container",
            name="name",
            field=models.CharField(max_length=120),
        ),
        migrations.RunSQL(TOUCH, UNDO),
    ]
