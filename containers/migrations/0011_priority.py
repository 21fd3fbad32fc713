"""Priorities of containers, and the host that is kept for one that waits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_words"),
        ("containers", "0010_gpus"),
        ("hosts", "0006_gpus"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="container",
            name="container_placement_loop",
        ),
        migrations.AddField(
            model_name="container",
            name="nominated_host",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="hosts.host"
            ),
        ),
        migrations.AddField(
            model_name="container",
            name="priority",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="container",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["-priority", "created_at"],
                name="container_placement_loop",
            ),
        ),
        migrations.AddIndex(
            model_name="container",
            index=models.Index(
                condition=models.Q(("priority", 0), _negated=True), fields=["priority"], name="container_priorities"
            ),
        ),
        migrations.AddConstraint(
            model_name="container",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__gte", -1000), ("priority__lte", 1000)), name="container_priority_sane"
            ),
        ),
    ]
