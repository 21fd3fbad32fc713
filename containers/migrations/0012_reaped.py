"""Indexes for what the reaper looks for each minute: it read every row of a table in which next to none may go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("containers", "0011_priority")]
    operations = [
        migrations.AddIndex(
            model_name="container",
            index=models.Index(fields=["gone_at"], condition=models.Q(desired="remove"), name="container_removed"),
        ),
        migrations.AddIndex(
            model_name="container",
            index=models.Index(
                fields=["slot_id", "-attempt"],
                include=["gone_at"],
                condition=models.Q(superseded=True),
                name="container_old_attempts",
            ),
        ),
    ]
