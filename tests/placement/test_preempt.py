"""Whom a container may take the place of: compared with every possibility on small fleets, and the bounds it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from containers.spec.types import Constraint
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.gpus import NONE, GpuWish, Park
from scheduler.placement.occupants import Occupant, without
from scheduler.placement.preempt import Choice, choose
from scheduler.placement.types import BoundPort
from tests.placement import naive
from tests.placement.fleets import MIB, SHAPES, H, fleet, fleets, roomy

WEB = Kin(1, "service", "web")
SERVICES = ["", "", "a", "b"]
PRIORITIES = st.sampled_from([-5, 0, 0, 3, 10])


@dataclass
class Case:
    """A fleet with its occupants, and how many each service may miss."""

    fleet: Fleet
    occupants: list[Occupant]
    may_miss: Mapping[str, int]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    made = draw(fleets(max_hosts=3) | roomy())
    assume(0 < len(made) <= 4)
    free = np.array([draw(st.sampled_from([[1000, 1000], [1000, NONE], [NONE, NONE]])) for _ in made.names])
    made.park = Park(free.astype(np.int16), ("t4",) * len(made), np.ones(len(made), dtype=np.bool_))
    occupants = []
    kinds = draw(st.lists(SHAPES, min_size=1, max_size=3))
    for number in range(draw(st.integers(1, 8))):
        gpus = draw(st.sampled_from([None, None, GpuWish(1, 500)]))
        shape = replace(draw(st.sampled_from(kinds)), priority=draw(PRIORITIES), gpus=gpus)
        row = draw(st.integers(0, len(made) - 1))
        service = draw(st.sampled_from(SERVICES))
        occupants.append(stand(made, f"c{number}", row, shape, service=service, may_go=draw(st.integers(0, 9)) > 0))
    return Case(made, occupants, {"a": draw(st.integers(0, 2)), "b": 1})


def stand(made: Fleet, name: str, row: int, shape: Shape, *, service: str = "", may_go: bool = True) -> Occupant:
    """One more on this row, whatever room there is; with those of its ports and devices that it can have."""
    ports = []
    for wish in shape.asked_ports():
        address, port = wish.host_address or made.data_addresses[row], wish.host_port or 0
        if naive.port_free(made, row, address, wish.protocol, port):
            ports.append(BoundPort(wish.container_port, wish.protocol, address, port))
    shape = replace(shape, needs=tuple(one for one in shape.needs if one[0] in made.resources), volumes=())
    naive.bind(shape, made, row, tuple(ports))
    made.count_ports()
    gpus: tuple[int, ...] = ()
    if shape.gpus is not None and made.park is not None:
        gpus = tuple(np.flatnonzero(made.park.free[row] >= shape.gpus.millis)[:1].tolist())
        made.park.free[row, list(gpus)] -= shape.gpus.millis
    return Occupant(name, row, shape, tuple(ports), gpus, service, may_go)


def fits(shape: Shape, seen: Fleet, row: int) -> bool:
    return naive.fits(shape, seen, row) and naive.gpus_fit(shape, seen, row)


Order = tuple[int, int, int, float, int]


def order(shape: Shape, seen: Fleet, row: int, victims: Sequence[Occupant]) -> Order:
    priorities = [one.priority for one in victims]
    worth = round(naive.total(shape, seen, row), 6)
    return max(priorities), len(victims), sum(priorities), -worth, row


def brute(shape: Shape, case: Case) -> Order | None:
    """Every set of occupants of every host."""
    found = []
    for row in range(len(case.fleet)):
        able = [one for one in case.occupants if one.row == row and one.may_go and one.priority < shape.priority]
        for count in range(1, len(able) + 1):
            found += [
                order(shape, case.fleet, row, victims)
                for victims in combinations(able, count)
                if kept_bounds(victims, case) and fits(shape, without(case.fleet, victims), row)
            ]
    return min(found, default=None)


def kept_bounds(victims: Sequence[Occupant], case: Case) -> bool:
    names = [one.service for one in victims if one.service]
    return all(names.count(name) <= case.may_miss[name] for name in set(names))


def check(shape: Shape, case: Case, choice: Choice) -> None:
    """Whatever the search did: it fits then, only lesser ones go, the bounds hold, nobody goes for nothing."""
    victims = choice.victims
    assert all(one.row == choice.row and one.may_go and one.priority < shape.priority for one in victims)
    assert kept_bounds(victims, case)
    assert fits(shape, without(case.fleet, victims), choice.row)


WANTED = st.tuples(SHAPES, st.sampled_from([0, 3, 10, 100]), st.sampled_from([None, None, GpuWish(1), GpuWish(2)]))


@settings(max_examples=250, deadline=None)
@given(cases(), WANTED)
def test_the_choice_is_the_best_of_all(case: Case, wanted: tuple[Shape, int, GpuWish | None]) -> None:
    shape = replace(wanted[0], priority=wanted[1], gpus=wanted[2])
    assume(not any(fits(shape, case.fleet, row) for row in range(len(case.fleet))))
    choice = choose(shape, case.fleet, case.occupants, may_miss=case.may_miss)
    best = brute(shape, case)
    if choice is None:
        assert best is None
        return
    check(shape, case, choice)
    assert choice.exact
    assert order(shape, case.fleet, choice.row, choice.victims) == best


@settings(max_examples=120, deadline=None)
@given(cases(), WANTED, st.integers(0, 4))
def test_beyond_the_bound_on_the_work_nobody_goes_for_nothing(
    case: Case, wanted: tuple[Shape, int, GpuWish | None], work: int
) -> None:
    shape = replace(wanted[0], priority=wanted[1], gpus=wanted[2])
    assume(not any(fits(shape, case.fleet, row) for row in range(len(case.fleet))))
    choice = choose(shape, case.fleet, case.occupants, may_miss=case.may_miss, work=work)
    if choice is None:
        return
    check(shape, case, choice)
    if len(choice.victims) > 1:
        for spared in choice.victims:
            fewer = [one for one in choice.victims if one is not spared]
            assert not fits(shape, without(case.fleet, fewer), choice.row)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_without_some_is_as_if_they_had_never_come(case: Case) -> None:
    empty = without(case.fleet, case.occupants)
    for one in case.occupants:
        naive.bind(one.shape, empty, one.row, one.ports)
        if one.gpus and empty.park and one.shape.gpus:
            empty.park.free[one.row, list(one.gpus)] -= one.shape.gpus.millis
    assert (empty.cpu_reserved == case.fleet.cpu_reserved).all()
    assert (empty.memory_reserved == case.fleet.memory_reserved).all()
    assert (empty.containers == case.fleet.containers).all()
    assert empty.used_ports == case.fleet.used_ports
    assert {k: v for k, v in empty.company.items() if v} == {k: v for k, v in case.fleet.company.items() if v}
    assert {k: v for k, v in empty.shunned.items() if v} == {k: v for k, v in case.fleet.shunned.items() if v}
    assert case.fleet.park is not None
    assert empty.park is not None
    assert (empty.park.free == case.fleet.park.free).all()
    busy = empty.ports_busy.copy()
    empty.count_ports()
    assert (without(case.fleet, case.occupants).ports_busy <= case.fleet.ports_busy).all()
    assert (busy <= empty.ports_busy).all()


# --- by hand


Crowd = tuple[H, list[tuple[int, int]]]


def full(name: str, *sizes: tuple[int, int], labels: Mapping[str, str] | None = None) -> Crowd:
    """A host with 1,000 thousandths, all taken by containers of (CPU, priority)."""
    return H(name, cpu=1000, labels=labels or {}), list(sizes)


def table(*hosts: Crowd) -> tuple[Fleet, list[Occupant]]:
    made = fleet(*[host for host, _ in hosts])
    occupants = []
    for host, sizes in hosts:
        for number, (cpu, priority) in enumerate(sizes):
            shape = Shape(cpu_millis=cpu, priority=priority)
            occupants.append(stand(made, f"{host.name}-{number}", made.names.index(host.name), shape))
    return made, occupants


def names(choice: Choice | None) -> list[str]:
    return [] if choice is None else sorted(one.container for one in choice.victims)


def test_the_least_important_go_first_even_where_they_are_more() -> None:
    made, there = table(full("h1", (1000, 50)), full("h2", (300, 1), (300, 1), (400, 1)))
    assert names(choose(Shape(cpu_millis=900, priority=60), made, there, may_miss={})) == ["h2-0", "h2-1", "h2-2"]


def test_of_equal_importance_the_fewest_go() -> None:
    made, there = table(full("h1", (500, 1), (500, 1)), full("h2", (100, 1), (900, 1)))
    assert names(choose(Shape(cpu_millis=800, priority=60), made, there, may_miss={})) == ["h2-1"]


def test_nobody_of_equal_importance_goes() -> None:
    made, there = table(full("h1", (1000, 5)))
    assert choose(Shape(cpu_millis=900, priority=5), made, there, may_miss={}) is None
    assert names(choose(Shape(cpu_millis=900, priority=6), made, there, may_miss={})) == ["h1-0"]


def test_a_label_is_never_mended() -> None:
    made, there = table(full("h1", (1000, 0)), full("h2", (1000, 9), labels={"disk": "ssd"}))
    shape = Shape(cpu_millis=900, priority=10, constraints=(Constraint("disk", "=", ("ssd",)),))
    assert names(choose(shape, made, there, may_miss={})) == ["h2-0"]
    assert choose(replace(shape, priority=9), made, there, may_miss={}) is None


def test_a_service_loses_no_more_than_it_may() -> None:
    made, there = table(full("h1", (500, 0), (500, 0)), full("h2", (500, 7), (500, 7)))
    there = [replace(one, service="a") if one.container.startswith("h1") else one for one in there]
    shape = Shape(cpu_millis=1000, priority=10)
    assert names(choose(shape, made, there, may_miss={"a": 2})) == ["h1-0", "h1-1"]
    assert names(choose(shape, made, there, may_miss={"a": 1})) == ["h2-0", "h2-1"]


def test_who_holds_its_port_goes() -> None:
    made = fleet(H("h1"))
    web = Shape(ports=(PortWish(80, "tcp", 80, ""),))
    there = [stand(made, "other", 0, Shape()), stand(made, "holder", 0, web)]
    assert names(choose(replace(web, priority=1), made, there, may_miss={})) == ["holder"]


def test_whom_it_wants_to_be_beside_stays() -> None:
    made = fleet(H("h1", memory=200 * MIB))
    made.company[WEB] = {}
    web = Shape(memory_bytes=100 * MIB, counted=frozenset({WEB}))
    there = [stand(made, "web", 0, replace(web, priority=-5)), stand(made, "other", 0, Shape(memory_bytes=100 * MIB))]
    shape = Shape(memory_bytes=100 * MIB, near=(Near(WEB, "host"),), priority=1)
    assert names(choose(shape, made, there, may_miss={})) == ["other"]


def test_of_its_own_kind_those_that_are_too_many_go() -> None:
    made = fleet(H("h1", labels={"zone": "a"}), H("h2", labels={"zone": "a"}))
    made.company[WEB] = {}
    one = Shape(counted=frozenset({WEB}))
    there = [stand(made, "web-1", 0, one), stand(made, "web-2", 1, one), stand(made, "web-3", 1, one)]
    shape = replace(one, priority=1, at_most=(AtMost(WEB, "zone", 2),))
    assert names(choose(shape, made, there, may_miss={})) == ["web-2", "web-3"]
    assert names(choose(replace(shape, at_most=(AtMost(WEB, "zone", 3),)), made, there, may_miss={})) == ["web-1"]


def test_thousands_are_chosen_among_within_the_bound_on_the_work() -> None:
    made, there = table(*[full(f"h{n}", *[(20 + n % 7, 0)] * 45) for n in range(40)])
    choice = choose(Shape(cpu_millis=500, priority=1), made, there, may_miss={})
    assert choice is not None
    assert sum(one.shape.cpu_millis for one in choice.victims) >= 500 - (1000 - (20 + choice.row % 7) * 45)
