"""Rebalances the projects that want it by themselves: one round at a time, and only while all is calm.

Before: an owner has switched it on. After: balance/rounds.py chooses and begins the round, and judges it once the
services loop has replaced what was marked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from core.lib.clock import database_now, monotonic_s
from scheduler.balance import rounds
from scheduler.balance.wishes import next_at, show_s
from scheduler.models import ProjectRebalance
from scheduler.reading import query
from scheduler.trouble import all_or_each
from scheduler.turn import Done, Turn

CALM_S: Final = 120  # a host that is new, back or silent for less is still being seen to
PATIENCE_S: Final = 600  # for so long a round under way keeps those of other projects waiting
NEXT_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What speaks against moving anything now, in words; "" where all is calm."""

    now: datetime
    brakes: str = ""
    hosts: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """Whose turn it is; or who would be due, and why nobody's turn it is."""

    wish: ProjectRebalance | None = None
    held: Sequence[ProjectRebalance] = ()
    why_not: str = ""


def turn(given: Turn) -> Done:
    """See how rounds under way are, and begin at most one."""
    rows = ProjectRebalance.objects.filter(Q(is_on=True) | Q(is_under_way=True)).select_related("project")
    wishes = list(rows.order_by(F("looked_at").asc(nulls_first=True), "pk"))
    if not wishes:
        return Done()
    wishes = [one for one in wishes if not given.trouble.is_set_aside(_key(one), monotonic_s())]
    words = [_each(one, rounds.see_to, given) for one in wishes if one.is_under_way]
    chosen = plan(wishes, _ground())
    for one in chosen.held:
        rounds.say(one, chosen.why_not, given)
    if chosen.wish is not None:
        given.wake_in(NEXT_LOOK_S)
        words.append(_each(chosen.wish, rounds.begin, given))
    told = [one for one in words if one]
    return Done(len(told), "; ".join(told))


def _each(one: ProjectRebalance, work: Callable[[ProjectRebalance, Turn], str], given: Turn) -> str:
    """What came of it, in words; what fails again and again is set aside, and holds up nobody else."""
    done = all_or_each([one], lambda some: work(some[0], given), key=_key, trouble=given.trouble)
    if done:
        given.trouble.fine(_key(one))
    return "".join(done)


def plan(wishes: Sequence[ProjectRebalance], ground: Ground) -> Next:
    """Whose turn it is: of those that are due the one that has waited for longest. Pure."""
    patient = ground.now - timedelta(seconds=PATIENCE_S)
    if any(one.is_under_way and one.looked_at is not None and one.looked_at > patient for one in wishes):
        return Next()
    due = [one for one in wishes if one.is_on and not one.is_under_way and (next_at(one) or ground.now) <= ground.now]
    why_not = ground.brakes or ground.hosts
    return Next(held=due, why_not=why_not) if why_not else Next(next(iter(due), None))


def _key(one: ProjectRebalance) -> str:
    return f"project {one.pk}"


def _ground() -> Ground:
    braked = query(
        "SELECT coalesce(h.name, 'all hosts') FROM scheduler_brake b LEFT JOIN hosts_host h ON h.id = b.host_id"
        " WHERE b.released_at IS NULL ORDER BY b.id LIMIT 1"
    )
    restless = query(
        "SELECT name FROM hosts_host WHERE reachable_since > now() - make_interval(secs => %s) ORDER BY name LIMIT 1",
        [CALM_S],
    )
    brakes = "".join(f"a brake holds on {name}; nothing is moved until it is released" for (name,) in braked)
    hosts = "".join(
        f"host {name} is new, back or silent since less than {show_s(CALM_S)}; nothing is moved before"
        for (name,) in restless
    )
    return Ground(database_now(), brakes, hosts)
