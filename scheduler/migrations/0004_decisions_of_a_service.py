"""Decisions name the service they were about, so that they outlive its containers."""

from django.db import migrations, models

COLUMN = """
ALTER TABLE scheduler_decision ADD COLUMN service_id uuid;
CREATE INDEX scheduler_decision_service ON scheduler_decision (service_id, id DESC) WHERE service_id IS NOT NULL;
"""
BACK = "ALTER TABLE scheduler_decision DROP COLUMN service_id;"


class Migration(migrations.Migration):
    dependencies = [("scheduler", "0003_policies"), ("containers", "0006_services")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMN, BACK)],
            state_operations=[
                migrations.AddField("decision", "service_id", models.UUIDField(null=True)),
            ],
        ),
    ]
