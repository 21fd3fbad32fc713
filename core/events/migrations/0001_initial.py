"""The events table, cut into days, and the ground all partitioned and versioned tables share."""

import django.db.models.functions.datetime
from django.db import migrations, models

import core.events.models
from core.lib.partitions import PRELUDE, parent

COLUMNS = """
  at timestamptz NOT NULL DEFAULT now(),
  level varchar(8) NOT NULL,
  kind varchar(64) NOT NULL,
  actor varchar(200) NOT NULL,
  project_id bigint,
  object_kind varchar(32) NOT NULL,
  object_id varchar(64) NOT NULL,
  host_id bigint,
  message text NOT NULL,
  data jsonb NOT NULL,
  request_id varchar(64) NOT NULL
"""

# Every table whose rows are read by delta carries version and changed_xid, kept by this trigger.
TOUCH = """
CREATE FUNCTION orchestra_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_xid := pg_current_xact_id()::text::bigint;
  IF TG_OP = 'UPDATE' THEN NEW.version := OLD.version + 1; END IF;
  RETURN NEW;
END $$;
"""

INDEXES = """
CREATE INDEX events_event_object ON events_event (object_kind, object_id, id DESC);
CREATE INDEX events_event_project ON events_event (project_id, id DESC);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(PRELUDE, "DROP FUNCTION orchestra_time_id(); DROP SEQUENCE orchestra_time_seq"),
        migrations.RunSQL(TOUCH, "DROP FUNCTION orchestra_touch()"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(parent("events_event", COLUMNS) + INDEXES, "DROP TABLE events_event"),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                db_default=core.events.models.TimeId(), primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "level",
                            models.CharField(
                                choices=[("info", "Info"), ("warning", "Warning"), ("error", "Error")],
                                default="info",
                                max_length=8,
                            ),
                        ),
                        ("kind", models.CharField(max_length=64)),
                        ("actor", models.CharField(max_length=200)),
                        ("project_id", models.BigIntegerField(null=True)),
                        ("object_kind", models.CharField(max_length=32)),
                        ("object_id", models.CharField(max_length=64)),
                        ("host_id", models.BigIntegerField(null=True)),
                        ("message", models.TextField(default="")),
                        ("data", models.JSONField(default=dict)),
                        ("request_id", models.CharField(default="", max_length=64)),
                    ],
                    options={"ordering": ["-id"]},
                ),
            ],
        ),
    ]
