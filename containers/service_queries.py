"""The rows of services as lists, pages and the feed need them: each in a fixed number of queries, however many
containers there are.

Before: the scoped loader gave the project. After: service_serializers.py turns rows into what people see.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from containers.models import Container, Rollout, Service
from containers.queries import OF_IT
from containers.service_display import Counts, HostSeen, hosts_wanted
from containers.spec import Constraint, parse_constraint
from containers.states import OCCUPYING, Desired, Health, RolloutKind, Status
from core.accounts.models import Project
from hosts.models import Host

ROLLOUTS_SHOWN = 50
REVISIONS_SHOWN = 200
EVENTS_OF = 1_000

_LIVE = ", ".join(f"'{one}'" for one in sorted(OCCUPYING))
_SERVES = (
    f"c.status = '{Status.RUNNING}' AND c.health IN ('{Health.NONE}', '{Health.HEALTHY}') AND h.reachable = 'ok'"
    f" AND c.desired = '{Desired.RUN}' AND c.stop_at IS NULL"
)
# A slot's occupant that was removed and is over fills nothing, as the planning sees it.
_COUNTS = f"""
SELECT s.id, s.mode, s.replicas, r.spec->'constraints', count(c.id) FILTER (WHERE c.status IN ({_LIVE})),
  count(c.id) FILTER (WHERE {_SERVES}),
  count(DISTINCT c.slot_key) FILTER (WHERE {_SERVES} AND c.revision_id = s.revision_id AND c.round >= s.fresh_from),
  CASE WHEN s.mode = 'global' THEN array_agg(DISTINCT c.slot_key)
    FILTER (WHERE c.desired <> 'remove' OR c.status IN ({_LIVE})) END
FROM containers_service s JOIN containers_revision r ON r.id = s.revision_id
LEFT JOIN containers_container c ON c.service_id = s.id AND NOT c.superseded
LEFT JOIN hosts_host h ON h.id = c.host_id
WHERE s.gone_at IS NULL AND (%(all)s OR s.id = ANY(%(keys)s::uuid[]))
GROUP BY s.id, r.id
"""

_SERVING = f"""
SELECT DISTINCT c.slot_key, c.revision_id, c.round FROM containers_container c JOIN hosts_host h ON h.id = c.host_id
WHERE c.service_id = %s AND NOT c.superseded AND c.gone_at IS NULL AND {_SERVES}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A service with what is shown of it. `service` comes with its project and revision."""

    service: Service
    counts: Counts
    rollout: Rollout | None


def services_of(project: Project) -> QuerySet[Service]:
    """All but those that are gone."""
    return Service.objects.filter(project=project, gone_at=None).select_related("project", "revision")


def filtered_services(found: QuerySet[Service], *, q: str) -> QuerySet[Service]:
    """Narrow a list: a text in name or image."""
    return found.filter(Q(name__icontains=q) | Q(revision__spec__image__icontains=q)) if q else found


def find_service(project: Project, key: UUID) -> Service:
    """Http404 when the project has no such service, or not any more."""
    found = services_of(project).filter(pk=key).first()
    if found is None:
        raise Http404(f"no service {key}")
    return found


def seen(services: Sequence[Service]) -> list[Seen]:
    """The same services with their counts and latest roll-outs: three queries for all of them."""
    keys = [one.pk for one in services]
    counts, rollouts = read_counts(keys), _latest(keys)
    return [Seen(one, counts.get(one.pk, Counts()), rollouts.get(one.pk)) for one in services]


def see(service: Service) -> Seen:
    return seen([service])[0]


def _latest(keys: Collection[UUID]) -> Mapping[UUID, Rollout]:
    found = Rollout.objects.filter(service__in=keys).order_by("service_id", "-number").distinct("service_id")
    return {one.service_id: one for one in found.select_related("revision", "from_revision")}


def rollouts_of(service: Service) -> list[tuple[Rollout, Counts]]:
    """The newest first, each with how far what it brings is there now."""
    counts = read_counts([service.pk]).get(service.pk, Counts())
    with connection.cursor() as cursor:
        cursor.execute(_SERVING, [service.pk])
        serving = cursor.fetchall()
    rows = Rollout.objects.filter(service=service).select_related("revision", "from_revision")[:ROLLOUTS_SHOWN]
    return [(row, replace(counts, done=_brought(row, serving))) for row in rows]


def _brought(rollout: Rollout, serving: Collection[tuple[str, int, int]]) -> int:
    """In how many slots."""
    since = rollout.number if rollout.kind == RolloutKind.RESTART else 0
    return len({slot for slot, revision, number in serving if revision == rollout.revision_id and number >= since})


def containers_of_service(service: Service) -> QuerySet[Container]:
    """The current container of each slot, its successor behind it; not what was removed and is gone."""
    found = Container.objects.filter(service=service, superseded=False).select_related(*OF_IT)
    return found.exclude(desired=Desired.REMOVE, gone_at__isnull=False).order_by("slot_key", "is_successor", "-attempt")


def object_ids_of(service: Service) -> list[str]:
    """Whose events are the service's: its own and those of its newest attempts."""
    newest = Container.objects.filter(service=service).order_by("-created_at").values_list("pk", flat=True)
    return [str(service.pk), *(str(pk) for pk in newest[:EVENTS_OF])]


def read_counts(keys: Collection[UUID] | None) -> Mapping[UUID, Counts]:
    """Of these services, or (None) of all; those that are gone have none."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"all": keys is None, "keys": list(keys or ())})
        rows = cursor.fetchall()
    hosts = _hosts() if any(row[1] == "global" for row in rows) else []
    return {row[0]: _counts(row, hosts) for row in rows}


def _counts(row: tuple[Any, ...], hosts: Collection[HostSeen]) -> Counts:
    _, mode, replicas, constraints, live, ready, done, filled = row
    if mode == "global":
        replicas = len(hosts_wanted(hosts, _constraints(constraints), filled=frozenset(filled or ())))
    return Counts(desired=replicas, live=live, ready=ready, done=done)


def _hosts() -> list[HostSeen]:
    fields = ("pk", "availability", "reachable", "labels")
    return [HostSeen(*row) for row in Host.objects.values_list(*fields)]


@lru_cache(maxsize=4096)
def _constraints(text: str | None) -> tuple[Constraint, ...]:
    """Of a stored spec, as the database gave its JSON."""
    return tuple(parse_constraint(one) for one in json.loads(text or "[]"))
