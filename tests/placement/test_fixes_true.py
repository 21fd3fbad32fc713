"""Fixes are true: on random fleets each one, once it is made, places what it says on as many hosts as it says."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scheduler.placement import Fleet, Request, Shape, place
from scheduler.placement.fixes import FIXES, Advice, advise
from scheduler.placement.remedies import Ask
from tests.placement import naive
from tests.placement.fleets import IN_COMPANY, SHAPES, fleets, roomy

ANY = st.one_of(SHAPES, SHAPES.map(lambda shape: replace(shape, memory_bytes=shape.memory_bytes * 8)))
COUNTS = st.sampled_from([1, 1, 2, 7])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(fleets(), ANY, COUNTS)
def test_a_fix_that_is_made_does_what_it_says(given_fleet: Fleet, shape: Shape, count: int) -> None:
    check(given_fleet, shape, count)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(roomy(), IN_COMPANY, COUNTS)
def test_so_does_one_about_other_containers(given_fleet: Fleet, shape: Shape, count: int) -> None:
    check(given_fleet, shape, count)


def check(given_fleet: Fleet, shape: Shape, count: int) -> None:
    found = advise(shape, given_fleet, ask=Ask(count))
    rows = range(len(given_fleet))
    fitting = [row for row in rows if naive.fits(shape, given_fleet, row)]
    assert found.fits == len(fitting)
    if fitting:
        assert found == Advice(len(fitting))
    assert len(found.fixes) <= FIXES
    for fix in found.fixes:
        then = shape, given_fleet
        for change in fix.changes:
            then = change.make(*then)
        hosts = [row for row in rows if naive.fits(*then, row)]
        assert len(hosts) == fix.hosts > 0
        groups = place([Request(then[0], tuple(map(str, range(count))))], then[1])
        assert sum(verdict.host is not None for group in groups for verdict in group.verdicts) == fix.placed > 0
        assert fix.of == count


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(fleets(), ANY)
def test_where_one_change_is_enough_one_is_told(given_fleet: Fleet, shape: Shape) -> None:
    """Tried by the rules in plain Python: no constraints, no need of memory, another availability."""
    rows = range(len(given_fleet))
    assume(not any(naive.fits(shape, given_fleet, row) for row in rows))
    free = given_fleet.memory_free()
    less = replace(shape, memory_bytes=0)
    helps = any(naive.fits(replace(shape, constraints=()), given_fleet, row) for row in rows)
    helps |= any(naive.fits(less, given_fleet, row) and free[row] > 0 for row in rows)
    helps |= any(naive.fits(replace(shape, tolerations=("*",)), given_fleet, row) for row in rows)
    open_to_all = replace(given_fleet, availability=("active",) * len(given_fleet), columns={})
    helps |= any(naive.fits(shape, open_to_all, row) for row in rows)
    fixes = advise(shape, given_fleet).fixes
    if helps:
        assert fixes
    assert len({len(fix.changes) for fix in fixes}) <= 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(fleets(), ANY)
def test_the_nearest_hosts_are_those_that_the_fewest_filters_refuse(given_fleet: Fleet, shape: Shape) -> None:
    found = advise(shape, given_fleet)
    assume(found.misses)
    assert len({len(miss.reasons) for miss in found.misses}) == 1
    assert {len(one.filters) for one in found.lacking} == {len(found.misses[0].reasons)}
    assert sum(one.hosts for one in found.lacking) >= len(found.misses)
    assert all(reason.reason for miss in found.misses for reason in miss.reasons)


def test_fixes_of_both_kinds_are_met() -> None:
    """The strategies above draw what they are for: otherwise they would hold for nothing."""
    kinds: set[str] = set()
    pairs = 0

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(fleets(), ANY)
    def collect(given_fleet: Fleet, shape: Shape) -> None:
        nonlocal pairs
        for fix in advise(shape, given_fleet).fixes:
            kinds.update(change.kind for change in fix.changes)
            pairs += len(fix.changes) == 2

    collect()
    assert pairs
    assert kinds >= {"memory", "uncordon", "tolerate", "constraint", "ready", "volume", "needs", "project"}
