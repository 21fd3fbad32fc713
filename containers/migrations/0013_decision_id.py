"""A container's row names the decision that tells why it is where it is, or why it waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("containers", "0012_reaped")]
    operations = [migrations.AddField("container", "decision_id", models.BigIntegerField(null=True))]
