"""Named countable resources of hosts, booked under a CHECK like CPU and memory."""

from django.db import migrations, models

FITS = """
CREATE FUNCTION hosts_resources_fit(reserved jsonb, allocatable jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM jsonb_each_text(reserved) AS r(name, amount)
    WHERE r.amount::bigint < 0 OR r.amount::bigint > coalesce((allocatable->>r.name)::bigint, 0)
  )
$$;
ALTER TABLE hosts_hostbooking ADD CONSTRAINT booking_resources_fit
  CHECK (hosts_resources_fit(resources_reserved, resources_allocatable));
"""
UNDO = """
ALTER TABLE hosts_hostbooking DROP CONSTRAINT booking_resources_fit;
DROP FUNCTION hosts_resources_fit(jsonb, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("hosts", "0004_taints")]
    operations = [
        migrations.AddField(
            "hostbooking",
            "resources_allocatable",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            "hostbooking",
            "resources_reserved",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.RunSQL(FITS, UNDO),
    ]
