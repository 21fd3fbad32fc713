"""Whether hosts can be lost: against placing everything for each, and what makes the short way short."""

from random import Random
from typing import Any

import numpy as np
import pytest

from containers.spec import parse_constraint
from scheduler.forecast import loss
from scheduler.forecast.loss import Domain, Load, each_host, each_value, losses, refused, without
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.fleet import Countable

MIB = 1024**2


def fleet(rng: Random, *, hosts: int) -> Fleet:
    zones = [rng.choice("abc") for _ in range(hosts)]
    licenses = [rng.choice((0, 2)) for _ in range(hosts)]
    return Fleet(
        ids=np.arange(1, hosts + 1),
        names=tuple(f"h{number:02}" for number in range(hosts)),
        ready=np.array([rng.random() < 0.9 for _ in range(hosts)]),
        unready_words=tuple("it is down" for _ in range(hosts)),
        availability=tuple(rng.choice(("active", "active", "active", "cordoned")) for _ in range(hosts)),
        cpu_allocatable=np.array([rng.choice((1000, 2000, 4000)) for _ in range(hosts)]),
        cpu_reserved=np.zeros(hosts, dtype=np.int64),
        memory_allocatable=np.array([rng.choice((1024, 2048, 4096)) * MIB for _ in range(hosts)]),
        memory_reserved=np.zeros(hosts, dtype=np.int64),
        containers=np.zeros(hosts, dtype=np.int64),
        labels=tuple({"zone": zone} for zone in zones),
        architectures=("amd64",) * hosts,
        data_addresses=("10.0.0.1",) * hosts,
        resources={"license": Countable(np.array(licenses), np.zeros(hosts, dtype=np.int64))},
        port_range=(20000, 20004),
    )


def shape(rng: Random, number: int) -> Shape:
    kin = Kin(1, "service", f"s{number}")
    more: dict[str, Any] = rng.choice(
        (
            {},
            {},
            {"constraints": (parse_constraint("zone=a,b"),)},
            {"near": (Near(kin, apart=True),), "counted": frozenset({kin})},
            {"near": (Near(kin, within="zone", apart=True),), "counted": frozenset({kin})},
            {"at_most": (AtMost(kin, "host", 2),), "counted": frozenset({kin})},
            {"needs": (("license", 1),)},
            {"ports": (PortWish(80, "tcp", None, ""),)},
            {"ports": (PortWish(80, "tcp", 8080, ""),)},
        )
    )
    return Shape(cpu_millis=rng.choice((0, 100, 250)), memory_bytes=rng.choice((0, 64, 256)) * MIB, **more)


def crowd(rng: Random, made: Fleet) -> list[Load]:
    """Put there by hand, as far as there is room; some of it does not move."""
    found = []
    for number in range(rng.randint(1, 6)):
        one = shape(rng, number)
        for row in range(len(made)):
            count = rng.choice((0, 0, 1, 1, 2, 4))
            while count and not _has_room(made, row, one, count):
                count -= 1
            if count:
                made.add([row] * count, one)
                found.append(Load(row, one, count, rng.random() < 0.9))
    return found


def _has_room(made: Fleet, row: int, one: Shape, count: int) -> bool:
    licenses = made.resources["license"]
    return bool(
        made.cpu_free()[row] >= count * one.cpu_millis
        and made.memory_free()[row] >= count * one.memory_bytes
        and licenses.allocatable[row] - licenses.reserved[row] >= count * dict(one.needs).get("license", 0)
    )


def by_force(made: Fleet, loads: list[Load], domain: Domain) -> int:
    here = [load for load in loads if load.row in domain.rows.tolist()]
    moving = [load for load in here if load.moves]
    return sum(count for count, _ in refused(without(made, domain.rows, here), moving)) if moving else 0


@pytest.mark.parametrize("seed", range(40))
def test_each_loss_is_what_placing_everything_says(seed: int) -> None:
    rng = Random(seed)
    made = fleet(rng, hosts=rng.choice((1, 2, 3, 6, 12, 25)))
    loads = crowd(rng, made)
    for domains in (each_host(made), each_value(made, "zone")):
        found = losses(made, loads, domains)
        assert [one.unplaced for one in found] == [by_force(made, loads, one) for one in domains], f"seed {seed}"
        assert all(one.unplaced == sum(count for count, _ in one.why) for one in found)


def test_where_there_is_plenty_nothing_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where there is not, placement is asked, once for each host that is in doubt."""
    rng = Random(1)
    asked: list[tuple[object, ...]] = []

    def note(*words: object) -> tuple[tuple[int, str], ...]:
        asked.append(words)
        return ()

    monkeypatch.setattr(loss, "refused", note)
    made = fleet(rng, hosts=25)
    small = Shape(cpu_millis=10, memory_bytes=MIB)
    losses(made, [Load(row, small, 5) for row in range(25)], each_host(made))
    assert asked == []
    large = Shape(cpu_millis=4000, memory_bytes=MIB)
    losses(made, [Load(0, large, 1), Load(1, large, 1)], each_host(made))
    assert len(asked) <= 2


def test_it_says_why_and_what_does_not_come_back() -> None:
    made = fleet(Random(3), hosts=2)
    made.ready[:] = True
    made.availability = ("active", "active")
    made.memory_allocatable[:] = 1024 * MIB
    big = Shape(memory_bytes=700 * MIB)
    for row in (0, 1):
        made.add([row], big)
    first, second = losses(made, [Load(0, big, 1), Load(1, big, 1), Load(1, Shape(), 3, moves=False)], each_host(made))
    assert (first.moves, first.unplaced, first.ends) == (1, 1, 0)
    assert (second.moves, second.unplaced, second.ends) == (1, 1, 3)
    ((count, why),) = first.why
    assert count == 1
    assert why == (
        "no host fits: 1 of 2 is not ready (it would be lost),"
        " 1 lacks memory (needs 700 MiB, most free is 324 MiB on h01)"
    )
