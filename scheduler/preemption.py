"""What a pass does for those it has refused: others give way to what is more important, a host is kept for what waits.

Before: place() has found no host for them. After: binding writes the reasons with these words, giving_way.py stops the
victims and keeps the hosts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from containers.spec.fields import PRIORITY_HIGH
from scheduler.occupants import Bound, Crowd, Who, is_any_below, read_bounds, read_crowd
from scheduler.placement import Fleet, Group, Shape
from scheduler.placement.claims import keep_for, would_fit
from scheduler.placement.filters import FILTERS
from scheduler.placement.fleet import Claim
from scheduler.placement.look import look
from scheduler.placement.occupants import Occupant, without
from scheduler.placement.preempt import Choice, choose
from scheduler.placement.scores import terms
from scheduler.reading import query, repeatable_read
from scheduler.snapshot import Pending, Snapshot

MADE_AT_A_TIME = 20  # that others give way to in one pass; the next one goes on
SOUGHT_AT_A_TIME = 100
CLAIMED_AT_A_TIME = 200
KEPT_SHARE = 0.1  # of the hosts at most so many are kept for what has waited for long
NO_BOUND = 1_000_000


@dataclass(frozen=True, slots=True)
class Way:
    """Room for one: the host, and who goes. `is_new`: this host was not kept for it before."""

    waiting: Pending
    shape: Shape
    host_id: int
    host: str
    victims: tuple[Occupant, ...] = ()
    is_new: bool = True


@dataclass(slots=True)
class Rooms:
    """`notes`: words for the reason of each that waits; `drops`: those that nothing is kept for any more."""

    ways: list[Way] = field(default_factory=list)
    drops: list[UUID] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    who: Mapping[str, Who] = field(default_factory=dict)


def find(seen: Snapshot, groups: Sequence[Group], pending: Mapping[str, Pending]) -> Rooms:
    """Look for room for all that was refused, the most important first. Nothing is changed."""
    refused = list(_refused(groups, pending))
    if not refused:
        return Rooms()
    with repeatable_read():
        below = max(shape.priority for _, shape in refused)
        aged = _aged(refused, seen)
        if not (aged or seen.fleet.claims or is_any_below(below)):
            return Rooms()
        crowd = read_crowd(seen.fleet, below=below)
        bounds = read_bounds({one.service for one in crowd.stay if one.service})
    return Search(seen, groups, crowd, bounds).run(refused, aged)


def _refused(groups: Sequence[Group], pending: Mapping[str, Pending]) -> Iterator[tuple[Pending, Shape]]:
    for group in groups:
        for verdict in group.verdicts:
            if verdict.host is None:
                yield pending[verdict.container], group.request.shape


def _aged(refused: Sequence[tuple[Pending, Shape]], seen: Snapshot) -> set[UUID]:
    """Those that have waited for so long that a host shall be kept for them, if any would do were it empty."""
    since = seen.now - timedelta(seconds=settings.PLACEMENT_AGED_S)
    sql = "SELECT id FROM containers_container WHERE id = ANY(%s) AND greatest(created_at, not_before) < %s"
    late = {row[0] for row in query(sql, [[one.id for one, _ in refused], since])}
    shapes = {shape for waiting, shape in refused if waiting.id in late}
    would_do = {shape for shape in shapes if len(would_fit(shape, seen.fleet))}
    return {waiting.id for waiting, shape in refused if waiting.id in late and shape in would_do}


class Search:
    """The fleet as it will be: those that leave are gone, and for whom room is found holds a claim."""

    def __init__(self, seen: Snapshot, groups: Sequence[Group], crowd: Crowd, bounds: Mapping[str, Bound]) -> None:
        self.crowd, self.bounds, self.stay = crowd, bounds, list(crowd.stay)
        self.may_miss = {key: bound.may_miss for key, bound in bounds.items()}
        self.fleet = without(after(groups, seen.fleet), crowd.leave)
        self.fleet.claims = seen.fleet.claims
        self.rooms = Rooms(who=crowd.who)
        self._present = {one.container: one for one in self.fleet.claims}
        self._hopeless: dict[tuple[Shape, int, int], str] = {}
        self._lowest = min((one.priority for one in self.stay), default=PRIORITY_HIGH)
        self._sought = self._made = 0

    def run(self, refused: Sequence[tuple[Pending, Shape]], aged: set[UUID]) -> Rooms:
        for waiting, shape in refused:
            claim = self._present.get(waiting.key)
            lesser = claim is not None or self._lowest < shape.priority
            if lesser and self._is_enough():
                continue  # what is kept for it stays so
            found = lesser and self._room(waiting, shape, claim)
            if not found and waiting.id in aged:
                found = self._keep(waiting, shape, claim)
            if not found and claim is not None:
                self._drop(waiting)
        return self.rooms

    def _is_enough(self) -> bool:
        """The next pass goes on: this one shall not take for ever."""
        return (
            self._made >= MADE_AT_A_TIME
            or self._sought >= SOUGHT_AT_A_TIME
            or len(self.rooms.ways) >= CLAIMED_AT_A_TIME
        )

    def _room(self, waiting: Pending, shape: Shape, claim: Claim | None) -> bool:
        """By what leaves anyway, or by what is less important. What was found for one holds for all that are alike."""
        self._forget(waiting)
        key = (shape, waiting.project_id, len(self.stay))
        if key not in self._hopeless or claim is not None:
            row = self._free(shape, claim)
            if row is not None:
                self._claim(waiting, shape, row, ())
                return True
        if key not in self._hopeless:
            self._sought += 1
            choice = choose(shape, self.fleet, self.stay, may_miss=self.may_miss)
            if choice is not None:
                self._clear(waiting, shape, choice)
                return True
            self._hopeless[key] = self._why_not(shape, waiting)
        if self._hopeless[key]:
            self.rooms.notes[waiting.key] = self._hopeless[key]
        return False

    def _free(self, shape: Shape, claim: Claim | None) -> int | None:
        """Where it will fit once those that leave have left; the host that is kept for it, if it may stay so."""
        seen = look(shape, self.fleet, filters=FILTERS, terms=terms(shape, self.fleet))
        if claim is not None and claim.row in seen.fits:
            return claim.row
        best = seen.best(1)
        return int(best[0]) if len(best) else None

    def _clear(self, waiting: Pending, shape: Shape, choice: Choice) -> None:
        self._made += 1
        gone = {one.container for one in choice.victims}
        self.fleet = without(self.fleet, choice.victims)
        self.stay = [one for one in self.stay if one.container not in gone]
        for one in choice.victims:
            if one.service:
                self.may_miss[one.service] -= 1
        self._claim(waiting, shape, choice.row, choice.victims)

    def _claim(self, waiting: Pending, shape: Shape, row: int, victims: tuple[Occupant, ...]) -> None:
        host = self.fleet.names[row]
        self.fleet.claims = (*self.fleet.claims, Claim(waiting.key, row, shape))
        before = self._present.get(waiting.key)
        is_new = before is None or before.row != row
        self.rooms.ways.append(Way(waiting, shape, int(self.fleet.ids[row]), host, victims, is_new))
        self.rooms.notes[waiting.key] = f"room is made for it on {host}"

    def _keep(self, waiting: Pending, shape: Shape, claim: Claim | None) -> bool:
        """A host is kept for what has waited for long, while few hosts are kept so."""
        self._forget(waiting)
        if len({one.row for one in self.fleet.claims}) >= max(1, int(KEPT_SHARE * len(self.fleet))):
            return False
        row = keep_for(shape, self.fleet, present=claim.row if claim else None)
        if row is None:
            return False
        already = self.rooms.notes.get(waiting.key, "")
        self._claim(waiting, shape, row, ())
        minutes = f"{settings.PLACEMENT_AGED_S / 60:g} min"
        kept = f"{self.fleet.names[row]} is kept for it, because it has waited for more than {minutes}"
        self.rooms.notes[waiting.key] = f"{already}; {kept}" if already else kept
        return True

    def _drop(self, waiting: Pending) -> None:
        self._forget(waiting)
        self.rooms.drops.append(waiting.id)

    def _forget(self, waiting: Pending) -> None:
        self.fleet.claims = tuple(one for one in self.fleet.claims if one.container != waiting.key)

    def _why_not(self, shape: Shape, waiting: Pending) -> str:
        """Who would make room, if only their services might miss them."""
        choice = choose(shape, self.fleet, self.stay, may_miss=dict.fromkeys(self.bounds, NO_BOUND))
        if choice is None:
            return ""  # nobody less important is in the way
        blocked = sorted({one.service for one in choice.victims if one.service})
        words = [self._bound_words(key, waiting) for key in blocked if not self._enough(key, choice)]
        count = len(choice.victims)
        if not words:
            return ""
        return f"{count} of lower priority on {self.fleet.names[choice.row]} would make room, but {' and '.join(words)}"

    def _enough(self, service: str, choice: Choice) -> bool:
        return sum(one.service == service for one in choice.victims) <= self.may_miss[service]

    def _bound_words(self, service: str, waiting: Pending) -> str:
        """A stranger's service has no name here."""
        bound = self.bounds[service]
        name = bound.name if bound.project_id == waiting.project_id else "a service of another project"
        return f"{name} may miss {self.may_miss[service] or 'none'} now"


def after(groups: Sequence[Group], fleet: Fleet) -> Fleet:
    """The fleet with all that this pass has placed."""
    done = fleet.copy()
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    for group in groups:
        placed = [one for one in group.verdicts if one.host is not None]
        rows = [at[one.host] for one in placed if one.host is not None]
        if not rows:
            continue
        done.add(rows, group.request.shape)
        for row, verdict in zip(rows, placed, strict=True):
            done.take_ports(row, verdict.ports)
            if verdict.gpus and done.park is not None and group.request.shape.gpus is not None:
                done.park.take(row, verdict.gpus, group.request.shape.gpus.millis)
    return done
