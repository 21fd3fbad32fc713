"""The rows of containers as lists, pages and the feed need them; always within one project.

Before: the scoped loader gave the project. After: serializers.py turns rows into what people see.
"""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from containers.display import State, shown_state
from containers.models import Container
from containers.states import Desired, Status
from core.accounts.models import Project

OF_IT = ("host", "project", "service", "revision")
"""What is shown of a container beside its own row; all of it comes in the same query."""

STEADY_SINCE = "greatest(c.status_since, c.health_since, h.reachable_since)"
"""Since when one that is ready has been so without a break, as far as anybody could see: nobody looks at a container
whose host does not answer. `c` and `h`: its row and its host's."""


def containers_of(project: Project) -> QuerySet[Container]:
    """Every attempt of the project."""
    return Container.objects.filter(project=project).select_related(*OF_IT)


def current_of(project: Project) -> QuerySet[Container]:
    """The current attempt of each slot, but for those that were removed and are gone."""
    return containers_of(project).filter(superseded=False).exclude(desired=Desired.REMOVE, gone_at__isnull=False)


def find_container(project: Project, key: UUID) -> Container:
    """By a slot's id its current attempt, else the attempt with this id; Http404 when the project has neither.

    A slot's id is its first attempt's id, so that the slot is asked first.
    """
    current = containers_of(project).filter(slot_id=key, superseded=False).order_by("is_successor", "-attempt").first()
    found = current or containers_of(project).filter(pk=key).first()
    if found is None:
        raise Http404(f"no container {key}")
    return found


def attempts_of(container: Container) -> QuerySet[Container]:
    """All attempts of the container's slot, the newest first."""
    return (
        Container.objects.filter(slot_id=container.slot_id, project_id=container.project_id)
        .select_related(*OF_IT)
        .order_by("-attempt")
    )


def state_of(row: Container) -> State:
    """The one word that people see for an attempt; `row` comes with its host."""
    return shown_state(
        row.status,
        health=row.health,
        attempt=row.attempt,
        not_before=row.not_before,
        reachable=row.host.reachable if row.host else None,
    )


def measured_ids(container: Container, key: UUID) -> list[UUID]:
    """Whose samples belong to what was asked for: by a slot's id its attempts, the newest hundred, else the one."""
    if key != container.slot_id:
        return [container.pk]
    return list(attempts_of(container).values_list("pk", flat=True)[:100])


def filtered(found: QuerySet[Container], *, status: str, host: str, q: str) -> QuerySet[Container]:
    """Narrow a list: statuses (comma list), host name, and a text in name or image."""
    if status:
        found = found.filter(status__in=[one for one in status.split(",") if one in set(Status)])
    if host:
        found = found.filter(host__name=host)
    if q:
        found = found.filter(Q(name__icontains=q) | Q(spec__image__icontains=q))
    return found
