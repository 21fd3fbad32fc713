"""GPUs: none is given twice, what is refused fits nowhere, and fragmentation is what a slow sum over devices says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.gpus import Demand, GpuWish, Park, Room, demand, unusable
from scheduler.placement.policy import GPU, SPREAD
from tests.placement import naive
from tests.placement.fleets import H, fleet

WISHES = st.one_of(
    st.just(None),
    st.builds(GpuWish, st.integers(1, 3), st.just(1000), st.sampled_from([frozenset[str](), frozenset({"A10"})])),
    st.builds(
        GpuWish, st.just(1), st.sampled_from([100, 500, 700]), st.sampled_from([frozenset[str](), frozenset({"T4"})])
    ),
)
ASKED = st.builds(Shape, cpu_millis=st.sampled_from([0, 500, 1500]), gpus=WISHES, policy=st.sampled_from([GPU, SPREAD]))
TYPICAL = demand([(500, 0, GpuWish(1), 5), (500, 0, GpuWish(1, 300), 4), (1000, 0, None, 2), (1500, 0, GpuWish(2), 1)])


@st.composite
def parks(draw: st.DrawFn) -> Fleet:
    count = draw(st.integers(1, 4))
    free = st.lists(st.sampled_from([-1, 0, 200, 500, 1000]), min_size=3, max_size=3)
    made = fleet(*[H(f"h{n}", cpu=draw(st.sampled_from([1000, 4000]))) for n in range(count)])
    model = st.sampled_from(["A10", "T4"])
    made.park = Park(
        np.array([draw(free) for _ in range(count)], dtype=np.int16),
        tuple(draw(model) for _ in range(count)),
        np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count))),
        draw(st.sampled_from([TYPICAL, None])),
        {row: tuple(draw(model) for _ in range(3)) for row in range(count) if draw(st.booleans())},
    )
    return made


@settings(max_examples=200, deadline=None)
@given(parks(), st.lists(st.tuples(ASKED, st.integers(1, 4)), min_size=1, max_size=4))
def test_no_device_is_given_twice_and_what_is_refused_fits_nowhere(
    there: Fleet, wanted: list[tuple[Shape, int]]
) -> None:
    requests = [Request(shape, tuple(f"{n}-{k}" for k in range(count))) for n, (shape, count) in enumerate(wanted)]
    now = there.copy()
    assert now.park is not None
    for group in place(requests, there):
        shape = group.request.shape
        for verdict in group.verdicts:
            fitting = [row for row in range(len(now)) if naive.fits(shape, now, row)]
            assert (verdict.host is None) == (not fitting)
            if verdict.host is None:
                continue
            row = now.names.index(verdict.host_name)
            assert row in fitting
            assert len(set(verdict.gpus)) == len(verdict.gpus) == (shape.gpus.number if shape.gpus else 0)
            for device in verdict.gpus:
                assert shape.gpus is not None
                model = now.park.mixed.get(row, (now.park.models[row],) * 3)[device]
                assert not shape.gpus.models or model in shape.gpus.models
                now.park.free[row, device] -= shape.gpus.millis
                assert now.park.free[row, device] >= 0
            naive.bind(shape, now, row, verdict.ports)


def slow_sum(cpu: int, memory: int, devices: list[int], wanted: Demand) -> float:
    total = 0.0
    for need_cpu, need_memory, count, millis, weight in zip(*wanted, strict=True):
        runs = cpu >= need_cpu and memory >= need_memory and count > 0
        runs = runs and sum(free >= millis for free in devices) >= count
        total += weight * (sum(free for free in devices if free < millis) if runs else sum(devices))
    return total


@given(st.integers(0, 2000), st.lists(st.integers(0, 1000), min_size=3, max_size=3))
def test_fragmentation_is_what_typical_requests_cannot_use(cpu: int, devices: list[int]) -> None:
    found = unusable(Room(np.array([cpu]), np.array([0]), np.array([devices])), TYPICAL)
    assert found[0] == pytest.approx(slow_sum(cpu, 0, devices, TYPICAL))


def test_a_share_goes_where_another_is_and_leaves_a_whole_one_whole() -> None:
    there = fleet(H("a"), H("b"))
    free = np.array([[1000, 1000, -1], [1000, 400, -1]], dtype=np.int16)
    there.park = Park(free, ("T4", "T4"), np.array([True, True]), TYPICAL)
    (group,) = place([Request(Shape(gpus=GpuWish(1, 300), policy=GPU), ("c",))], there)
    assert (group.verdicts[0].host_name, group.verdicts[0].gpus) == ("b", (1,))
    assert free[1, 1] == 400


def test_words() -> None:
    there = fleet(H("a"), H("b"), H("c"), H("d"))
    free = np.array([[1000, 200], [600, 500], [1000, 1000], [-1, -1]], dtype=np.int16)
    there.park = Park(free, ("T4", "T4", "A10", ""), np.array([True, True, False, False]))
    (whole,) = place([Request(Shape(gpus=GpuWish(2, models=frozenset({"T4"}))), ("c",))], there)
    assert whole.refused is not None
    assert [one.reason for one in whole.refused.refused] == [
        "needs 2 GPUs T4, 1 free of 2",
        "needs 2 GPUs T4, 0 free of 2",
        "has A10, it asks for T4",
        "needs 2 GPUs T4, has none",
    ]
    (share,) = place([Request(Shape(gpus=GpuWish(1, 700)), ("c", "d"))][:1], there)[1:]
    assert share.refused is not None
    assert [one.reason for one in share.refused.refused] == [
        "needs 0.7 of a GPU, at most 0.3 is free on one of 2",
        "needs 0.7 of a GPU, at most 0.6 is free on one of 2",
        "needs 0.7 of a GPU, and its GPUs are not shared",
        "needs 0.7 of a GPU, has none",
    ]
    assert share.refused.words == (
        "no host fits: 4 of 4 lack GPUs with enough free that may be shared (needs 0.7 of a GPU)"
    )
    (none,) = place([Request(Shape(gpus=GpuWish(1)), ("c",))], fleet(H("a")))
    assert none.refused is not None
    assert none.refused.words == "no host fits: a has no GPU"


def test_a_host_with_several_models_gives_the_one_that_is_asked_for() -> None:
    there = fleet(H("a"), H("b"))
    free = np.array([[1000, 1000, 1000], [1000, 1000, -1]], dtype=np.int16)
    there.park = Park(free, ("T4", "T4"), np.array([True, True]), TYPICAL, {0: ("T4", "A10", "T4")})
    for policy in (GPU, SPREAD):
        wish = GpuWish(1, 300, frozenset({"A10"}))
        (first,) = place([Request(Shape(gpus=wish, policy=policy), ("c",))], there)
        assert (first.verdicts[0].host_name, first.verdicts[0].gpus) == ("a", (1,))
    (none,) = place([Request(Shape(gpus=GpuWish(2, models=frozenset({"A10"}))), ("c",))], there)
    assert none.refused is not None
    assert [one.reason for one in none.refused.refused] == [
        "needs 2 GPUs A10, 1 free of 1",
        "has T4, it asks for A10",
    ]
    (other,) = place([Request(Shape(gpus=GpuWish(1, models=frozenset({"H100"}))), ("c",))], there)
    assert other.refused is not None
    assert other.refused.refused[0].reason == "has A10 and T4, it asks for H100"
