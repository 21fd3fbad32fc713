"""Finds those that want to be apart from others without reading every container."""

from django.db import migrations

INDEX = """
CREATE INDEX container_affinity ON containers_container (host_id)
  WHERE spec ? 'affinity' AND host_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("containers", "0007_watched_until")]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX container_affinity")]
