"""The default policy: containers of a service keep apart, whatever room there is; wishes and taints are stronger."""

from collections import Counter
from dataclasses import replace

from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.company import Kin, Near
from tests.placement.fleets import GIB, H, fleet

WEB, CACHE = Kin(1, "service", "web"), Kin(1, "service", "cache")
REPLICA = Shape(cpu_millis=100, memory_bytes=GIB, own=WEB, counted=frozenset({WEB}))
LONE = Shape(cpu_millis=100, memory_bytes=GIB)
FULL = [H(name, cpu=8_000, memory=64 * GIB, cpu_used=7_200, memory_used=50 * GIB, containers=90) for name in "ab"]
NEW = H("new", cpu=8_000, memory=64 * GIB)


def placed(shape: Shape, count: int, there: Fleet) -> Counter[str]:
    (group,) = place([Request(shape, tuple(str(number) for number in range(count)))], there)
    return Counter(verdict.host_name for verdict in group.verdicts)


def test_replicas_keep_apart_however_full_the_hosts_are() -> None:
    there = fleet(*FULL, NEW)
    assert placed(REPLICA, 3, there) == {"a": 1, "b": 1, "new": 1}
    assert placed(LONE, 3, there) == {"new": 3}


def test_those_that_stand_there_count() -> None:
    there = fleet(*FULL, NEW)
    there.company = {WEB: {2: 1}}
    assert placed(REPLICA, 2, there) == {"a": 1, "b": 1}


def test_a_host_to_avoid_is_the_last_resort_also_for_replicas() -> None:
    there = fleet(H("a", memory=8 * GIB), H("spot", memory=64 * GIB, taints=("spot:avoid",)))
    assert placed(REPLICA, 9, there) == {"a": 8, "spot": 1}


def test_a_wish_of_its_own_is_stronger() -> None:
    there = fleet(*(H(name, memory=64 * GIB) for name in "abc"))
    there.company = {CACHE: {1: 1}}
    assert placed(replace(REPLICA, likes=(Near(CACHE, weight=100),)), 3, there) == {"b": 3}


def test_what_is_to_be_replaced_does_not_count() -> None:
    """As in a roll-out with a replica on each host: the successor of b's stays there."""
    there = fleet(*FULL, NEW)
    there.company = {WEB: {0: 1, 1: 1, 2: 1}}
    assert placed(REPLICA, 1, there) == {"new": 1}
    there.leaving = {WEB: {1: 1}}
    assert placed(REPLICA, 2, there) == {"b": 1, "new": 1}
