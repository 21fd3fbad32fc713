"""Emptying a host: what would move and where, what stays and why, and how far it is. Nothing is changed by looking.

The answers come from placement itself, on the fleet without that host. Before: the API. After: the services loop moves
containers within the bounds of their services; stand-alone ones are an operator's to move.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from containers.models import Container
from containers.states import ON_ENGINE, Desired
from core.events.models import Event
from hosts.models import Host
from hosts.states import Availability
from scheduler.placement import place
from scheduler.placement.types import Explanation, merge
from scheduler.snapshot import pending_for

NO_REASON = "its successor is on the way"
ENDS = "it ends here: its service has one on each host that it fits"


@dataclass(frozen=True, slots=True)
class Held:
    """One container on the host. `to`: where it would go."""

    container: UUID
    slot: UUID
    name: str
    project: str
    service: str | None
    why: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Draining:
    """`moves` go by themselves, `blocked` need a person. `done` of `total`: since the drain began."""

    host: str
    availability: str
    moves: Sequence[Held]
    blocked: Sequence[Held]
    done: int
    total: int

    def summary(self) -> str:
        words = [f"{len(self.moves)} move elsewhere"]
        if self.blocked:
            names = ", ".join(one.name for one in self.blocked[:3])
            more = f" and {len(self.blocked) - 3} more" if len(self.blocked) > 3 else ""
            words.append(f"{len(self.blocked)} stay until you act: {names}{more}")
        return f"{self.host}: {'; '.join(words)}" if self.moves or self.blocked else f"{self.host} is empty"


def look(host: Host) -> Draining:
    """As it stands now: a preview while the host is not being drained, else the progress."""
    rows = list(_rows(host))
    fixed = {row.pk: words for row in rows if (words := _why_fixed(row))}
    free = [row for row in rows if row.pk not in fixed]
    places = _places(host.pk, [row.pk for row in free if row.only_host_id is None])
    places |= {row.pk: (None, ENDS) for row in free if row.only_host_id is not None}  # a global service: one less
    moves: list[Held] = []
    blocked = [_held(row, fixed[row.pk]) for row in rows if row.pk in fixed]
    for row in free:
        to, why = places.get(row.pk, (None, NO_REASON))
        (moves if to or why in (NO_REASON, ENDS) else blocked).append(_held(row, why, to))
    total = max(_total(host), len(moves)) if host.availability == Availability.DRAINING else len(moves)
    return Draining(host.name, host.availability, moves, blocked, total - len(moves), total)


def draining_json(draining: Draining) -> dict[str, Any]:
    return {**asdict(draining), "summary": draining.summary()}


def _rows(host: Host) -> Iterable[Container]:
    """What holds room there and is not on its way out for good."""
    here = Container.objects.filter(host=host, status__in=sorted(ON_ENGINE)).exclude(desired=Desired.REMOVE)
    return here.select_related("project", "service").order_by("project__name", "name", "id")


def _why_fixed(row: Container) -> str:
    """Why no other host will do, "" when one may."""
    volumes = ", ".join(volume["name"] for volume in row.spec.get("volumes", []))
    if volumes:
        return f"its data is on this host only ({volumes}): move or give up the data, then remove it"
    if row.service is None:
        return "it stands alone: stop or remove it, or make a service of it"
    return ""


def _held(row: Container, why: str, to: str | None = None) -> Held:
    service = row.service.name if row.service else None
    return Held(row.pk, row.slot_id, row.name, row.project.name, service, why, to)


def nowhere(host_id: int, asked: Sequence[UUID]) -> dict[UUID, str]:
    """Those that no other host takes now, and why not."""
    return {key: why for key, (to, why) in _places(host_id, asked).items() if to is None}


def _places(host_id: int, asked: Sequence[UUID]) -> dict[UUID, tuple[str | None, str]]:
    """Where each would go if all of them were placed now, and the words of placement."""
    found: dict[UUID, tuple[str | None, str]] = {}
    if not asked:
        return found
    pending, fleet = pending_for(asked, without=host_id)
    wishes = [(one.key, one.shape) for one in pending if one.shape is not None]
    for group in place(merge(wishes), fleet):
        for verdict in group.verdicts:
            found[UUID(verdict.container)] = _words(verdict.host_name if verdict.host else None, group.refused)
    return found | {one.id: (None, one.error) for one in pending if one.shape is None}


def _words(to: str | None, refused: Explanation | None) -> tuple[str | None, str]:
    if to is not None:
        return to, f"to {to}, once it runs there"
    return None, refused.words if refused else "no host fits"


def _total(host: Host) -> int:
    """What there was to move when the drain began."""
    began = Event.objects.filter(kind="host.draining", object_kind="host", object_id=str(host.pk)).order_by("-id")
    data = began.values_list("data", flat=True).first() or {}
    return int(data.get("total", 0))
