"""Slots as a view of containers: a name for the admin, no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("containers", "0004_held_stops")]
    operations = [
        migrations.CreateModel(
            name="Slot",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("containers.container",),
        )
    ]
