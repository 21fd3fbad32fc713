"""Requests of services that differ only in whose they are: placed at one look they get what each gets by itself."""

from collections.abc import Iterable
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.placement import Fleet, Group, Request, Shape, place
from scheduler.placement.company import Kin
from scheduler.placement.families import families, new_ones, see_the_same, share
from scheduler.placement.place import Rules
from scheduler.placement.policy import SPREAD, Policy, policy
from tests.placement.fleets import GIB, KIN, PLAIN, H, fleet, fleets, roomy

POLICIES = [SPREAD, *(policy("p", {"spread": 1, "fewest": weight, "image": 2}) for weight in (0.05, 0.5, 3, -1))]
SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=6)


def requests(base: Shape, sizes: Iterable[int]) -> list[Request]:
    """A service for each; the first ones bear the names of those that may stand there already."""
    names = [one.name for one in KIN if one.kind == "service"]
    made = []
    for number, size in enumerate(sizes):
        own = Kin(1, "service", names[number] if number < len(names) else f"s{number}")
        shape = replace(base, own=own, counted=frozenset({own}))
        made.append(Request(shape, tuple(f"c{number}-{n}" for n in range(size))))
    return made


def told(groups: Iterable[Group]) -> list[tuple[object, ...]]:
    """What does not hang on how they were looked at, with the worths as people read them."""
    return [
        (one.container, one.host_name, one.ports, [pytest.approx(value, abs=1e-7) for value in one.values])
        for group in groups
        for one in group.verdicts
    ]


def by_themselves(wanted: list[Request], given_fleet: Fleet) -> list[Group]:
    with patch("scheduler.placement.place.families", lambda those: iter([[one] for one in those])):
        return place(wanted, given_fleet)


@settings(max_examples=400, deadline=None)
@given(st.one_of(fleets(), roomy()), PLAIN, st.sampled_from(POLICIES), SIZES)
def test_each_gets_what_it_would_by_itself(given_fleet: Fleet, base: Shape, chosen: Policy, sizes: list[int]) -> None:
    wanted = requests(replace(base, policy=chosen), sizes)
    together, alone = place(wanted, given_fleet), by_themselves(wanted, given_fleet)
    assert told(together) == told(alone)
    for one, other in zip(together, alone, strict=True):
        assert one.request == other.request
        assert (one.refused is None) == (other.refused is None)


def test_a_crowd_of_services_is_looked_at_once_and_shares_what_was_seen() -> None:
    """Two hosts are emptier than the others: everybody would begin there, and nobody comes twice."""
    hosts = [H(f"h{n:02}", cpu=64_000, memory=64 * GIB, containers=0 if n < 2 else 20) for n in range(12)]
    there = fleet(*hosts)
    wanted = requests(Shape(cpu_millis=100, memory_bytes=GIB // 8), [4] * 10)
    (family,) = families(wanted)
    seen = Rules().look(family[0].shape, there)
    assert len(share(new_ones(family, there), seen)) == 10
    groups = place(wanted, there)
    assert len({id(group.placed) for group in groups}) == 1
    assert told(groups) == told(by_themselves(wanted, there))
    for group in groups:
        assert len({verdict.host for verdict in group.verdicts}) == 4


def test_one_of_whose_containers_some_stand_there_is_placed_by_itself() -> None:
    there = fleet(*(H(name, memory=64 * GIB) for name in "abc"))
    wanted = requests(Shape(memory_bytes=GIB), [2, 2, 2])
    there.company = {wanted[1].shape.own: {0: 1}}  # type: ignore[dict-item]
    assert new_ones(wanted, there) == wanted[:1]
    assert {v.host_name for v in place(wanted, there)[1].verdicts} == {"b", "c"}
    there.company, there.shunned = {}, {(wanted[2].shape.own, "host"): {1: 1}}  # type: ignore[dict-item]
    assert see_the_same(wanted, there) == wanted[:2]


def test_what_fits_nowhere_is_refused_at_one_look() -> None:
    """Also where some of theirs stand; and hundreds that only placing each by itself can tell of are tried once."""
    there = fleet(*(H(name, memory=4 * GIB) for name in "abc"))
    wanted = requests(Shape(memory_bytes=8 * GIB), [2] * 5)
    there.company = {wanted[1].shape.own: {0: 1}}  # type: ignore[dict-item]
    assert told(place(wanted, there)) == told(by_themselves(wanted, there))
    with patch.object(Rules, "look", autospec=True, side_effect=Rules.look) as look:
        groups = place(wanted, there)
    assert look.call_count == 1
    assert len({id(group.refused) for group in groups}) == 1
    many = requests(Shape(memory_bytes=1), [4] * 200)
    with patch.object(Rules, "look", autospec=True, side_effect=Rules.look) as look:
        place(many, there)
    assert look.call_count <= 1 + len(many)


def test_what_rules_ask_about_has_no_family() -> None:
    wanted = requests(replace(Shape(), policy=policy("packed", {"pack": 1})), [1, 1])
    assert [len(family) for family in families(wanted)] == [1, 1]
    other = replace(requests(Shape(), [1])[0], shape=Shape())
    assert [len(family) for family in families([*requests(Shape(), [1, 1]), other, other])] == [2, 1, 1]
