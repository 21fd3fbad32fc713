"""Samples, cut into days, and the trigger that versions hosts."""

import django.db.models.functions.datetime
from django.db import migrations, models

import core.events.models
from core.lib.partitions import parent

SAMPLE_COLUMNS = """
  host_id bigint NOT NULL,
  container_id uuid,
  cpu_millis integer NOT NULL,
  memory_bytes bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
"""
SAMPLE_INDEXES = """
CREATE INDEX hosts_sample_host ON hosts_sample (host_id, id DESC);
CREATE INDEX hosts_sample_container ON hosts_sample (container_id, id DESC);
"""
TRIGGERS = """
CREATE TRIGGER hosts_host_touch BEFORE INSERT OR UPDATE ON hosts_host
  FOR EACH ROW EXECUTE FUNCTION orchestra_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("hosts", "0001_initial"), ("events", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(parent("hosts_sample", SAMPLE_COLUMNS) + SAMPLE_INDEXES, "DROP TABLE hosts_sample"),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Sample",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                db_default=core.events.models.TimeId(), primary_key=True, serialize=False
                            ),
                        ),
                        ("host_id", models.BigIntegerField()),
                        ("container_id", models.UUIDField(null=True)),
                        ("cpu_millis", models.IntegerField()),
                        ("memory_bytes", models.BigIntegerField()),
                        ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={"ordering": ["-id"]},
                ),
            ],
        ),
        migrations.RunSQL(TRIGGERS, "DROP TRIGGER hosts_host_touch ON hosts_host"),
    ]
