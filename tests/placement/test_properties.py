"""Properties of placement on random fleets: no rule is broken, the greedy choice is the best, nothing is chance."""

import copy
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.placement import Fleet, Request, Shape, merge, place
from scheduler.placement.filters import FILTERS
from scheduler.placement.types import BoundPort
from tests.placement import naive
from tests.placement.fleets import BY_POLICY, GIB, IN_COMPANY, SHAPES, H, fleet, fleets, roomy

REQUESTS = st.lists(st.tuples(SHAPES, st.integers(1, 6)), min_size=1, max_size=4)
CLOSE = 1e-8


def requests_of(wanted: list[tuple[Shape, int]]) -> list[Request]:
    return [Request(shape, tuple(f"c{group}-{n}" for n in range(count))) for group, (shape, count) in enumerate(wanted)]


@settings(max_examples=300, deadline=None)
@given(fleets(), REQUESTS)
def test_equals_a_naive_greedy_placement(given_fleet: Fleet, wanted: list[tuple[Shape, int]]) -> None:
    replay(given_fleet, wanted)


@settings(max_examples=300, deadline=None)
@given(roomy(), st.lists(st.tuples(IN_COMPANY, st.integers(1, 8)), min_size=1, max_size=3))
def test_equals_a_naive_greedy_placement_in_company(given_fleet: Fleet, wanted: list[tuple[Shape, int]]) -> None:
    replay(given_fleet, wanted)


@settings(max_examples=300, deadline=None)
@given(roomy(), st.lists(st.tuples(BY_POLICY, st.integers(1, 9)), min_size=1, max_size=3))
def test_equals_a_naive_greedy_placement_by_any_policy(given_fleet: Fleet, wanted: list[tuple[Shape, int]]) -> None:
    replay(given_fleet, wanted)


def replay(given_fleet: Fleet, wanted: list[tuple[Shape, int]]) -> None:
    """One by one: each chosen host fitted and none was better; each refused container fitted nowhere."""
    now = given_fleet.copy()
    for group in place(requests_of(wanted), given_fleet):
        shape = group.request.shape
        for verdict in group.verdicts:
            fitting = [row for row in range(len(now)) if naive.fits(shape, now, row)]
            if verdict.host is None:
                assert fitting == []
                continue
            row = now.names.index(verdict.host_name)
            assert row in fitting
            assert naive.total(shape, now, row) >= max(naive.total(shape, now, r) for r in fitting) - CLOSE
            check_ports(shape, now, row, verdict.ports)
            naive.bind(shape, now, row, verdict.ports)


def check_ports(shape: Shape, now: Fleet, row: int, ports: tuple[BoundPort, ...]) -> None:
    assert [(p.container_port, p.protocol) for p in ports] == [(w.container_port, w.protocol) for w in shape.ports]
    assert len({p.host_port for p in ports}) == len(ports)
    for wish, port in zip(shape.ports, ports, strict=True):
        assert naive.port_free(now, row, port.host_address, port.protocol, port.host_port)
        assert port.host_address == (wish.host_address or now.data_addresses[row])
        if wish.host_port is None:
            assert now.port_range[0] <= port.host_port <= now.port_range[1]
            assert naive.held_on(now, row, port.host_port) == []
        else:
            assert port.host_port == wish.host_port


@settings(max_examples=100, deadline=None)
@given(fleets(), REQUESTS)
def test_equal_input_gives_equal_output_and_the_input_is_not_touched(
    given_fleet: Fleet, wanted: list[tuple[Shape, int]]
) -> None:
    before = copy.deepcopy(given_fleet)
    first = place(requests_of(wanted), given_fleet)
    second = place(requests_of(wanted), before)
    assert first == second
    for name in ("cpu_reserved", "memory_reserved", "containers", "ports_busy"):
        assert (getattr(given_fleet, name) == getattr(before, name)).all()
    assert given_fleet.used_ports == before.used_ports
    assert given_fleet.volumes == before.volumes


@settings(max_examples=100, deadline=None)
@given(fleets(), REQUESTS)
def test_the_explanation_counts_every_host_once(given_fleet: Fleet, wanted: list[tuple[Shape, int]]) -> None:
    for group in place(requests_of(wanted), given_fleet):
        for seen in (group.placed, group.refused):
            if seen is None:
                continue
            asked = [step.filter for step in seen.funnel]
            assert asked == [one.name for one in FILTERS if one.name in asked]
            assert asked[:2] == ["ready", "availability"]
            assert ("memory" in asked) == (group.request.shape.memory_bytes > 0)
            assert seen.hosts_total == len(given_fleet)
            left = seen.funnel[-1].left
            assert len(seen.refused) == len(given_fleet) - left == sum(step.refused for step in seen.funnel)
            assert all(refusal.reason for refusal in seen.refused)
            assert min(left, 5) == len(seen.best)
            assert (seen.words == "") == (left > 0)


@given(
    st.integers(1, 7),
    st.integers(1, 40),
    st.integers(0, 200),
    st.integers(0, 100),
    st.integers(0, 9),
)
@settings(max_examples=100, deadline=None)
def test_equal_hosts_differ_by_at_most_one(hosts: int, count: int, cpu: int, memory: int, before: int) -> None:
    equal = fleet(
        *[H(f"h{n}", cpu=64_000, memory=64 * GIB, cpu_used=before * 10, containers=before) for n in range(hosts)]
    )
    shape = Shape(cpu_millis=cpu, memory_bytes=memory)
    (group,) = place([Request(shape, tuple(str(n) for n in range(count)))], equal)
    got = Counter(verdict.host_name for verdict in group.verdicts)
    numbers = [got[name] for name in equal.names]
    assert max(numbers) - min(numbers) <= 1
    assert numbers == sorted(numbers, reverse=True)  # the odd ones go by name


@given(st.lists(SHAPES, max_size=8))
def test_merging_keeps_every_container_once_and_the_order_of_shapes(shapes: list[Shape]) -> None:
    merged = merge((str(n), shape) for n, shape in enumerate(shapes))
    assert sorted(int(c) for request in merged for c in request.containers) == list(range(len(shapes)))
    assert [request.shape for request in merged] == list(dict.fromkeys(shapes))
    assert all(shapes[int(c)] == request.shape for request in merged for c in request.containers)
