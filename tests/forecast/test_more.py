"""How many more fit, and how many hosts are needed: counted by placing, and at the edges."""

from random import Random

import numpy as np
import pytest

from scheduler.forecast.more import NewHost, hosts_needed, how_many_fit, landing, unplaced, with_hosts
from scheduler.placement import Request, Shape, place
from scheduler.placement.company import AtMost, Kin
from scheduler.placement.gpus import GpuWish, Park
from tests.forecast.test_loss import MIB, crowd, fleet, shape
from tests.placement.fleets import H
from tests.placement.fleets import fleet as placed_on


@pytest.mark.parametrize("seed", range(25))
def test_as_many_fit_as_are_placed(seed: int) -> None:
    rng = Random(seed)
    made = fleet(rng, hosts=rng.choice((1, 3, 8)))
    crowd(rng, made)
    one = shape(rng, 99)
    if not (one.cpu_millis or one.memory_bytes or one.needs or one.ports or one.at_most):
        one = Shape(cpu_millis=100)
    found = how_many_fit(one, made)
    (group, *more) = place([Request(one, tuple(str(number) for number in range(500)))], made)
    placed = sum(verdict.host is not None for part in (group, *more) for verdict in part.verdicts)
    assert found.more == placed == sum(found.hosts.values())
    assert "no host fits" in found.then


@pytest.mark.parametrize("seed", range(25))
def test_once_they_have_landed_no_further_one_fits(seed: int) -> None:
    rng = Random(seed)
    made = fleet(rng, hosts=rng.choice((1, 3, 8)))
    crowd(rng, made)
    one, before = shape(rng, 99), made.containers.copy()
    found = landing(one, made, 300)
    assert sum(found.hosts.values()) + found.left == 300
    assert found.hosts == dict(how_many_fit(one, made).hosts) or not found.left
    assert (found.refused is None) == (found.left == 0)
    assert not found.left or unplaced([Request(one, ("next",))], found.after)[0] == 1
    assert (made.containers == before).all()
    gained = dict(zip(found.after.names, (found.after.containers - before).tolist(), strict=True))
    assert {name: count for name, count in gained.items() if count} == found.hosts


def test_gpus_are_taken_where_they_land() -> None:
    made = placed_on(H("a"), H("b"))
    made.park = Park(np.array([[1000, 1000], [1000, -1]], dtype=np.int16), ("T4", "T4"), np.array([False, False]))
    found = landing(Shape(gpus=GpuWish(1)), made, 5)
    assert (found.hosts, found.left) == ({"a": 2, "b": 1}, 2)
    assert found.after.park is not None
    assert found.after.park.free.tolist() == [[0, 0], [0, -1]]


@pytest.mark.parametrize("seed", range(25))
def test_so_many_hosts_are_enough_and_one_less_is_not(seed: int) -> None:
    rng = Random(seed)
    made = fleet(rng, hosts=3)
    crowd(rng, made)
    new = NewHost(cpu_millis=2000, memory_bytes=2048 * MIB, labels={"zone": "a"}, resources={"license": 2})
    wishes = [
        Request(shape(rng, number), tuple(f"{number}-{n}" for n in range(rng.randint(1, 30)))) for number in range(3)
    ]
    found = hosts_needed(wishes, made, new)
    if found.hosts is None:
        assert unplaced(wishes, with_hosts(made, new, 60))[0] > 0
        assert found.left > 0
    else:
        assert unplaced(wishes, with_hosts(made, new, found.hosts))[0] == 0
        assert found.hosts == 0 or unplaced(wishes, with_hosts(made, new, found.hosts - 1))[0] > 0


def test_what_never_fits_is_said() -> None:
    made = fleet(Random(1), hosts=1)
    found = hosts_needed([Request(Shape(memory_bytes=10**12), ("a",))], made, NewHost(1000, 1024 * MIB))
    assert (found.hosts, found.left) == (None, 1)
    assert "lack memory (needs 931.3 GiB" in found.why


def test_no_more_than_may_share_a_host() -> None:
    made = fleet(Random(1), hosts=1)
    made.ready[:], made.availability = True, ("active",)
    kin = Kin(1, "service", "web")
    one = Shape(at_most=(AtMost(kin, "host", 3),), counted=frozenset({kin}))
    assert how_many_fit(one, made).more == 3
    asked = Request(one, tuple(str(number) for number in range(10)))
    assert hosts_needed([asked], made, NewHost(1000, MIB)).hosts == 3
    assert int(np.sum(made.containers)) == 0
