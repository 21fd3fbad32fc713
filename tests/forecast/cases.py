"""Small fleets by hand, on real rows: what stands there, what a plan says, and what is then done."""

from typing import Any

from containers import actions as container_actions
from containers import service_actions
from core.accounts.models import Project, User
from scheduler.models import Plan
from scheduler.plans import actions
from tests.forecast.deeds import Deeds, pass_time
from tests.scheduler.lease import take_lease

BY = "user:test"
Doing = tuple[str, str, str]


def spec(name: str, replicas: int, *, memory: str = "512m", **more: Any) -> dict[str, Any]:
    asked = {"cpu": "100m", "memory": memory, **({"gpus": more.pop("gpus")} if "gpus" in more else {})}
    container = {"image": "registry.test/web:1", "resources": asked, "restart": "always", **more.pop("container", {})}
    return {"name": name, "replicas": replicas, "container": container, **more}


def stands(project: Project, *services: dict[str, Any], alone: dict[str, Any] | None = None) -> Deeds:
    """These run, and have run for long."""
    for one in services:
        service_actions.create(project, one, actor=BY)
    if alone is not None:
        container_actions.run(project, alone, actor=BY)
    deeds = Deeds(take_lease())
    deeds.run()
    pass_time(900)
    return deeds


def told(plan: Plan) -> list[Doing]:
    return [(one["doing"], one["container"], one["host"]) for one in plan.forecast["steps"]]


def done(plan: Plan, ada: User, deeds: Deeds) -> Deeds:
    """The plan carried out, to the end."""
    after = Deeds(deeds.hold)
    after.begin()
    actions.apply(plan, ada)
    after.run()
    return after
