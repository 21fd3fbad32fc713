"""Slots as a view of containers: a name for the admin, no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("containers", "0003_registries")]
    operations = [
        migrations.CreateModel(
            name="Slot",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("containers.container",),
        )
    ]
