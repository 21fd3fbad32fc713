"""Up to when an agent has seen a container of a service run: what a roll-out takes for its proof."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("containers", "0006_services"),
    ]

    operations = [
        migrations.AddField(
            model_name="container",
            name="watched_until",
            field=models.DateTimeField(null=True),
        ),
    ]
