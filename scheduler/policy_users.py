"""Who is placed by a policy: projects that have chosen it, services and stand-alone containers that name it.

Before: a policy is shown, or shall be removed. After: people, who let them name another one.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from containers.models import Container, Service
from scheduler.models import ProjectPlacement

MOST: Final = 20  # of one policy
READ_MOST: Final = 500  # of one kind


class PolicyUser(NamedTuple):
    """`id`: of a service, or of a container's slot; None for a project."""

    kind: str
    project: str
    name: str
    id: UUID | None


def users_of(names: Iterable[str], *, projects: Collection[int] | None = None) -> dict[str, list[PolicyUser]]:
    """By the policy's name, at most MOST each: projects first. `projects`: only what belongs to these; None: all."""
    found: dict[str, list[PolicyUser]] = {name: [] for name in names}
    spec = {"revision__spec__placement_policy__in": list(found)}
    services: QuerySet[Any] = Service.objects.filter(gone_at=None, **spec)
    alone: QuerySet[Any] = Container.objects.filter(service=None, superseded=False, desired="run")
    alone = alone.filter(spec__placement_policy__in=list(found))
    chosen: QuerySet[Any] = ProjectPlacement.objects.filter(policy__name__in=list(found))
    for kind, rows, policy, more in (
        ("project", chosen, "policy__name", ()),
        ("service", services, "revision__spec__placement_policy", ("name", "id")),
        ("container", alone, "spec__placement_policy", ("name", "slot_id")),
    ):
        seen = rows if projects is None else rows.filter(project_id__in=projects)
        columns = (policy, "project__name", *more)
        for named, project, *which in seen.order_by(*columns[1:]).values_list(*columns)[:READ_MOST]:
            if len(found[named]) < MOST:
                found[named].append(PolicyUser(kind, project, *(which or (project, None))))
    return found
