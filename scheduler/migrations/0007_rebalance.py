import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_words"),
        ("scheduler", "0006_decisions_of_a_group"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="ProjectRebalance",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.project",
                    ),
                ),
                ("is_on", models.BooleanField(default=False)),
                ("goal", models.CharField(default="spread", max_length=16)),
                ("moves", models.SmallIntegerField(default=3)),
                ("interval_s", models.IntegerField(default=900)),
                ("generation", models.BigIntegerField(default=1)),
                ("looked_at", models.DateTimeField(null=True)),
                ("is_under_way", models.BooleanField(default=False)),
                ("moved", models.JSONField(default=list)),
                ("misses", models.SmallIntegerField(default=0)),
                ("message", models.TextField(default="")),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="scheduler.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("goal__in", ["spread", "pressure", "spare"])), name="goal_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("moves__range", (1, 20))), name="moves_of_a_round"),
                    models.CheckConstraint(
                        condition=models.Q(("interval_s__range", (60, 604800))), name="interval_of_rounds"
                    ),
                ],
            },
        ),
    ]
