"""Who stands where, kept between passes: read once, then only what has changed since.

A pass asks how many containers each host has, whom rules of containers that are there keep away, and where those of a
service or with a label stand. Counting that anew costs as much as there are containers; what changed is few. Before:
snapshot.read, in its transaction. After: placement counts by it. A full read on the timer heals whatever was missed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from containers.states import Status
from core.lib.clock import monotonic_s
from scheduler.company import THERE, shun
from scheduler.known_hosts import KnownHosts
from scheduler.placement import Fleet
from scheduler.placement.company import Kin
from scheduler.reading import Question, as_json, query

EVERYTHING_EVERY_S = 300.0


class Place(NamedTuple):
    """Where one container stands, and what rules about other containers may ask of it. The texts are JSON."""

    host: int
    project: int
    service: str | None
    affinity: str | None
    labels: str | None


_ROWS = (
    "SELECT c.id, CASE WHEN c.status = ANY(%s) THEN c.host_id END, c.project_id,"
    " (SELECT s.name FROM containers_service s WHERE s.id = c.service_id), c.spec->'affinity', c.spec->'labels'"
    " FROM containers_container c WHERE "
)


_XMIN: Question = ("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", ())
_CHANGED = f"{_ROWS} c.changed_xid >= %s AND c.status <> %s"  # what waits stands nowhere, and never did


def _changed(since: int) -> Question:
    return _CHANGED, [THERE, since, Status.PENDING.value]


class Standing:
    """A Company that remembers. `look` inside a pass's transaction; the rest answers from memory.

    A row that is deleted is not told of: it ended long before, or its host is gone and nobody asks about that.
    """

    def __init__(self) -> None:
        self.hosts = KnownHosts()
        self._since: int | None = None
        self._everything_at_s = 0.0
        self._forget()

    def _forget(self) -> None:
        self._of: dict[UUID, Place] = {}
        self._hosts: Counter[int] = Counter()
        self._kin: dict[Kin, Counter[int]] = {}
        self._rules: Counter[tuple[int, int, str]] = Counter()

    def asks(self) -> list[Question]:
        """What the next look, and that at the hosts, will most likely ask."""
        return [_XMIN, *([] if self._since is None else [_changed(self._since)]), *self.hosts.asks()]

    def look(self) -> None:
        """What has changed since the last look, or everything when that is long ago."""
        now_s = monotonic_s()
        since, self._since = self._since, None  # a look that fails half-way is followed by one at everything
        ((xmin,),) = query(*_XMIN)
        if since is None or now_s >= self._everything_at_s:
            self._forget()
            self._everything_at_s = now_s + EVERYTHING_EVERY_S
            self._take(query(f"{_ROWS} c.status = ANY(%s) AND c.host_id IS NOT NULL", [THERE, THERE]))
        else:
            self._take(query(*_changed(since)))
        self._since = xmin

    def _take(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for container, *found in rows:
            place = None if found[0] is None else Place(*found)
            before = self._of.get(container)
            if place == before:
                continue
            if before is not None:
                self._count(before, -1)
                del self._of[container]
            if place is not None:
                self._count(place, 1)
                self._of[container] = place

    def _count(self, place: Place, change: int) -> None:
        _add(self._hosts, place.host, change)
        if place.affinity is not None:
            _add(self._rules, (place.host, place.project, place.affinity), change)
        for kin in _kin_of_place(place):
            _add(self._kin.setdefault(kin, Counter()), place.host, change)
            if not self._kin[kin]:
                del self._kin[kin]

    def on_host(self) -> Mapping[int, int]:
        return self._hosts

    def shunned(self, fleet: Fleet, rows: Mapping[int, int]) -> None:
        for (host, project, rules), count in self._rules.items():
            if host in rows:
                shun(fleet, rows[host], (project, rules), count)

    def company(self, fleet: Fleet, rows: Mapping[int, int], asked: Iterable[Kin]) -> None:
        fleet.company = {
            kin: {rows[host]: count for host, count in self._kin.get(kin, {}).items() if host in rows}
            for kin in sorted(set(asked))
        }


def _kin_of_place(place: Place) -> Iterable[Kin]:
    if place.service is not None:
        yield Kin(place.project, "service", place.service)
    if place.labels is not None:
        for key, value in as_json(place.labels).items():
            yield Kin(place.project, "label", f"{key}={value}")


def _add(counts: Counter[Any], key: Any, change: int) -> None:
    counts[key] += change
    if not counts[key]:
        del counts[key]
