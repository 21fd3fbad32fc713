"""What would come of changes that nobody has made: they are said in a transaction that is thrown away, then forecast.

Before: whoever says them, a person's plan or a round of rebalancing, hands in how. After: the plan's row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction

from core.lib.clock import monotonic_s
from scheduler.forecast import Forecast, NotSeen, World, forecast
from scheduler.outlook import Concern, all_others, read_world
from scheduler.reading import query

Found = TypeVar("Found")
SPEAKS_EVERY_S: Final = 0.5
LOOKS_MAX: Final = 8  # from then on all that might ever give way is looked at


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change is about; by id, and policies by name."""

    services: frozenset[UUID] = frozenset()
    containers: frozenset[UUID] = frozenset()
    hosts: frozenset[int] = frozenset()
    policies: frozenset[str] = frozenset()

    def and_(self, other: "Touched") -> "Touched":
        return Touched(
            self.services | other.services,
            self.containers | other.containers,
            self.hosts | other.hosts,
            self.policies | other.policies,
        )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the changes touch, the world they were tried in, and what came of them there."""

    touched: Touched
    world: World
    found: Forecast


class _ThrownAway(Exception):
    """Ends a transaction that must leave nothing behind."""


def thrown_away(work: Callable[[], Found]) -> Found:
    """What `work` finds on rows as it has changed them; nothing of it stays."""
    found: list[Found] = []
    try:
        with transaction.atomic():
            found.append(work())
            raise _ThrownAway
    except _ThrownAway:
        return found[0]


def foresee(say: Callable[[], Touched]) -> Foreseen:
    """What would come of what `say` says. Whoever would have to give way is looked at too, and so on."""
    more, looks = Concern(), 0
    while True:
        touched, world = _try_out(say, more)
        try:
            return Foreseen(touched, world, forecast(world, awake()))
        except NotSeen as rivals:
            looks += 1
            found = Concern(rivals.services, rivals.containers) if looks < LOOKS_MAX else all_others(world)
            more = more.and_(found)


def _try_out(say: Callable[[], Touched], more: Concern) -> tuple[Touched, World]:
    """The world as it would be right after the changes, with `more` of it."""

    def look() -> tuple[Touched, World]:
        touched = say()
        return touched, read_world(Concern(touched.services, touched.containers, touched.hosts).and_(more))

    return thrown_away(look)


def awake() -> Callable[[], None]:
    """To be called every now and then: a transaction around (a request's Idempotency-Key began it) must not look idle
    while something is reckoned."""
    spoken_s = monotonic_s()

    def speak() -> None:
        nonlocal spoken_s
        if monotonic_s() - spoken_s > SPEAKS_EVERY_S:
            query("SELECT 1")
            spoken_s = monotonic_s()

    return speak


def forecast_json(found: Forecast) -> dict[str, Any]:
    """As it is kept: projects by their ids."""
    return {
        "steps": [_without_id(one._asdict()) for one in found.steps],
        "peak": found.peak._asdict(),
        "peaks": [{"host": host, **extra._asdict()} for host, extra in sorted(found.peaks.items())],
        "unplaced": [_without_id(one._asdict()) for one in found.unplaced],
        "stays": [_without_id(one._asdict()) for one in found.stays],
        "is_whole": found.is_whole,
    }


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
