"""Half as many indexes for a row to be written into at each move: each that is left serves several questions.

Hosts, services and projects are found by indexes that the loops and lists need anyway; what is mostly empty is in an
index of those that have it. The guard is called for a row only where something is amiss, which it then names.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

MOVES = [
    "pending>bound",
    "pending>cancelled",
    "bound>preparing",
    "bound>stopping",
    "bound>failed",
    "bound>lost",
    "preparing>starting",
    "preparing>stopping",
    "preparing>failed",
    "preparing>lost",
    "starting>running",
    "starting>exited",
    "starting>stopping",
    "starting>failed",
    "starting>lost",
    "running>exited",
    "running>stopping",
    "running>failed",
    "running>lost",
    "stopping>stopped",
    "stopping>lost",
]
FINAL = ["cancelled", "exited", "failed", "lost", "stopped"]

AMISS = f"""
DROP TRIGGER containers_container_guard ON containers_container;
CREATE TRIGGER containers_container_guard BEFORE UPDATE ON containers_container FOR EACH ROW WHEN (
  (NEW.status <> OLD.status AND (OLD.status || '>' || NEW.status) NOT IN ({", ".join(f"'{one}'" for one in MOVES)}))
  OR NEW.desired <> OLD.desired
  OR (OLD.host_id IS NOT NULL AND NEW.host_id IS DISTINCT FROM OLD.host_id)
  OR NEW.cpu_millis <> OLD.cpu_millis OR NEW.memory_bytes <> OLD.memory_bytes
  OR NEW.slot_id <> OLD.slot_id OR NEW.project_id <> OLD.project_id
) EXECUTE FUNCTION containers_guard();
"""
ALWAYS = """
DROP TRIGGER containers_container_guard ON containers_container;
CREATE TRIGGER containers_container_guard BEFORE UPDATE ON containers_container
  FOR EACH ROW EXECUTE FUNCTION containers_guard();
"""


def _points_to(model: str, *, null: bool = True, **options: object) -> models.ForeignKey:  # type: ignore[type-arg]
    """Without an index of its own."""
    how = options.pop("on_delete", django.db.models.deletion.PROTECT)
    return models.ForeignKey(model, how, null=null, db_index=False, **{"related_name": "+", **options})  # type: ignore[arg-type]


class Migration(migrations.Migration):
    dependencies = [("containers", "0013_decision_id"), ("accounts", "0003_words"), ("hosts", "0006_gpus")]
    operations = [
        *(
            migrations.RemoveIndex("container", f"container_{name}")
            for name in ("agent_loop", "restart_loop", "list", "service_loop")
        ),
        migrations.AddIndex("container", models.Index(fields=["host", "gone_at"], name="container_agent_loop")),
        migrations.AddIndex(
            "container",
            models.Index(
                fields=["status"], condition=Q(superseded=False, status__in=FINAL), name="container_restart_loop"
            ),
        ),
        migrations.AddIndex("container", models.Index(fields=["service", "superseded"], name="container_service_loop")),
        migrations.AddIndex(
            "container", models.Index(fields=["project", "superseded", "-created_at"], name="container_list")
        ),
        migrations.AddIndex(
            "container",
            models.Index(fields=["only_host"], condition=Q(only_host__isnull=False), name="container_pinned"),
        ),
        migrations.AddIndex(
            "container",
            models.Index(fields=["nominated_host"], condition=Q(nominated_host__isnull=False), name="container_rooms"),
        ),
        migrations.AlterField("container", "host", _points_to("hosts.host", related_name="containers")),
        migrations.AlterField(
            "container", "nominated_host", _points_to("hosts.host", on_delete=django.db.models.deletion.SET_NULL)
        ),
        migrations.AlterField("container", "only_host", _points_to("hosts.host")),
        migrations.AlterField(
            "container", "project", _points_to("accounts.project", null=False, related_name="containers")
        ),
        migrations.AlterField("container", "revision", _points_to("containers.revision")),
        migrations.AlterField("container", "service", _points_to("containers.service", related_name="containers")),
        migrations.RunSQL(AMISS, ALWAYS),
    ]
