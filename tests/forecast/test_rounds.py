"""Projects that want it are rebalanced by themselves, and it comes to rest; those that do not are never touched."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from containers import service_actions
from containers.models import Container
from core.accounts.models import Project
from core.events.models import Event
from hosts.models import Host
from scheduler.balance import rounds as rounds_of
from scheduler.balance import wishes
from scheduler.controllers import rebalances
from scheduler.forecast.rebalance import GOALS, Field, Goal, Lodger, Measure, Move, choose
from scheduler.models import Brake, Plan, ProjectRebalance
from scheduler.placement import Fleet as Hosts
from scheduler.plans import moves
from scheduler.plans.moves import look_for
from tests.forecast import deeds
from tests.forecast.cases import BY, spec
from tests.forecast.deeds import Deeds, pass_time
from tests.forecast.fleets import Fleet
from tests.forecast.test_loss import fleet as random_fleet
from tests.forecast.test_rebalance import crowd
from tests.scheduler import rows
from tests.scheduler.lease import given, take_lease

pytestmark = pytest.mark.django_db


class Rounds(Deeds):
    """All loops, and the one that rebalances. `measures`: how good all was when each round began."""

    measures: list[Measure]

    def round(self) -> bool:
        changed = super().round()
        done = rebalances.turn(given(self.hold)).changes
        if Event.objects.filter(kind="project.rebalance").count() > len(self.measures):
            self.measures.append(measure())  # nothing has moved yet
        return changed or bool(done)


def measure() -> Measure:
    return look_for(None, goal="spread", most=0).before


@pytest.fixture(autouse=True)
def _looks_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deeds.AGED, "scheduler_projectrebalance", ("looked_at",))


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop", policy={"max_priority": 100})


def switch_on(project: Project, **changes: Any) -> ProjectRebalance:
    return wishes.change(project, {"is_on": True, "interval_s": 60, **changes}, actor=BY)  # type: ignore[typeddict-item]


def rounds(project: Project) -> Rounds:
    """A host that holds all of a service, and one that has just been added and is empty."""
    rows.host("h1")
    service_actions.create(project, spec("web", 4, memory="256m"), actor=BY)
    found = Rounds(take_lease())
    found.measures = []
    found.run()
    rows.host("h2")
    pass_time(600)
    return found


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="project.re").order_by("id").values_list("kind", flat=True))


def on(name: str) -> int:
    return Container.objects.filter(host__name=name, status="running", superseded=False).count()


def test_a_new_host_gets_its_share_round_by_round(shop: Project) -> None:
    after = rounds(shop)
    switch_on(shop, moves=1)
    after.run()
    assert (on("h1"), on("h2")) == (2, 2)
    each = ["project.rebalance", "project.rebalanced"]
    assert kinds() == ["project.rebalance-set", *each, *each, "project.rebalance-rests"]
    told = Event.objects.filter(kind="project.rebalance").order_by("id")[0]
    assert told.message.startswith("shop: 1 move (spread): web.1 from h1 to h2 (4 of its service stand on h1, none on")
    row = ProjectRebalance.objects.get()
    assert (row.message, row.misses, row.is_under_way) == (rounds_of.NOTHING, 0, False)
    plan = Plan.objects.get(pk=str(row.plan_id))
    assert (plan.user, plan.made_by, plan.applied_by) == (None, "scheduler", "scheduler")
    assert [one["doing"] for one in plan.forecast["steps"]] == ["start", "stop"]


def test_nothing_is_touched_where_nobody_said_so(shop: Project) -> None:
    """Another project does, and nothing of its would help; then it is switched off in the midst."""
    before = rounds(shop)
    ids = set(Container.objects.filter(project=shop).values_list("pk", flat=True))
    switch_on(Project.objects.create(name="other"))
    before.run()
    assert set(Container.objects.filter(project=shop).values_list("pk", flat=True)) == ids
    assert not Container.objects.filter(replace_asked=True).exists()
    switch_on(shop, moves=1)
    assert rebalances.turn(given(before.hold)).changes == 1
    wishes.change(shop, {"is_on": False}, actor=BY)
    before.run()
    assert (on("h1"), on("h2")) == (3, 1)
    assert "1 container was moved as planned" in ProjectRebalance.objects.get(project=shop).message


def test_a_brake_a_new_host_and_a_roll_out_keep_it_waiting(shop: Project) -> None:
    before = rounds(shop)
    switch_on(shop)
    brake = Brake.objects.create(host=Host.objects.get(name="h1"), message="3 of 4 were stopped")
    assert rebalances.turn(given(before.hold)).changes == 0
    assert ProjectRebalance.objects.get().message.startswith("a brake holds on h1;")
    Brake.objects.filter(pk=brake.pk).update(released_at="2026-01-01T00:00Z")
    rows.host("h3")
    assert rebalances.turn(given(before.hold)).changes == 0
    assert ProjectRebalance.objects.get().message.startswith("host h3 is new,")
    pass_time(rebalances.CALM_S + 60)
    service_actions.restart(shop.services.get(), actor=BY)
    assert rebalances.turn(given(before.hold)).changes == 0
    assert ProjectRebalance.objects.get().message == rounds_of.NOTHING
    assert not Container.objects.filter(replace_asked=True).exists()


def test_one_round_at_a_time_and_what_went_astray_is_waited_for_longer(shop: Project) -> None:
    before = rounds(shop)
    switch_on(shop, moves=1)
    other = switch_on(Project.objects.create(name="other"))
    assert rebalances.turn(given(before.hold)).changes == 1
    pass_time(100)
    assert rebalances.turn(given(before.hold)).changes == 0
    assert ProjectRebalance.objects.get(pk=other.pk).looked_at is None
    Host.objects.filter(name="h2").update(availability="cordoned")  # the successor has to stay on h1
    before.run()
    row = ProjectRebalance.objects.get(project=shop)
    assert (on("h1"), row.misses) == (4, 1)
    assert Event.objects.get(kind="project.rebalanced").level == "warning"
    gap = wishes.next_at(row)
    assert gap is not None
    assert row.looked_at is not None
    assert (gap - row.looked_at).total_seconds() == 120


def test_what_has_changed_meanwhile_stops_a_round(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before, found = rounds(shop), moves.best_of

    def late(*args: Any) -> Any:
        seen = found(*args)
        Host.objects.filter(name="h2").update(availability="cordoned")
        return seen

    monkeypatch.setattr(rounds_of, "best_of", late)
    switch_on(shop)
    assert rebalances.turn(given(before.hold)).changes == 0
    assert "meanwhile host h2 changed" in ProjectRebalance.objects.get().message
    assert not Container.objects.filter(replace_asked=True).exists()


@pytest.mark.parametrize("seed", range(2))
def test_rounds_come_to_rest_and_each_makes_it_better(seed: int) -> None:
    """Two projects with goals of their own on one random fleet, which a third one shares that wants none of it."""
    rng = Random(seed)
    shop, other, quiet = (Project.objects.create(name=name, policy={"max_priority": 100}) for name in "abc")
    fleet = Fleet(rng, take_lease(), shop)
    fleet.build()
    for project in (other, quiet):
        for number in range(rng.randint(1, 2)):
            service_actions.create(project, spec(f"{project.name}{number}", rng.randint(1, 4), memory="128m"), actor=BY)
    after = Rounds(fleet.hold)
    after.measures = []
    after.run()
    ids = set(Container.objects.filter(project=quiet).values_list("pk", flat=True))
    rows.host("h9", cpu=2000, memory=2 * rows.GIB, labels={"zone": "a"})
    pass_time(600)
    goals = [rng.choice(GOALS), rng.choice(GOALS)]
    for project, goal in zip((shop, other), goals, strict=True):
        switch_on(project, goal=goal, moves=rng.randint(1, 4))
    after.run()
    assert {row.message for row in ProjectRebalance.objects.all()} == {rounds_of.NOTHING}
    assert set(Container.objects.filter(project=quiet).values_list("pk", flat=True)) == ids
    assert not Event.objects.filter(kind="project.rebalanced", level="warning").exists()
    steps = [*after.measures, measure()]
    for earlier, later in pairwise(steps):
        assert sinks(earlier, later), (goals, steps)


# --- whatever stands where


def sinks(before: Measure, after: Measure) -> bool:
    """What no round may raise sinks, or the load is more even: so that no state ever comes again."""
    then, now = (before.together, before.pressed, before.unplaced), (after.together, after.pressed, after.unplaced)
    assert all(value <= other for value, other in zip(now, then, strict=True))
    return now != then or after.uneven < before.uneven


def after_moves(made: Hosts, lodgers: Sequence[Lodger], found: Sequence[Move]) -> tuple[Hosts, list[Lodger]]:
    """Who stands where after these; whoever has moved may move again."""
    field = Field(made, lodgers)
    for one in found:
        mine = next(lodger for lodger in field.lodgers if one.container in lodger.ids)
        first = mine._replace(ids=(one.container, *(key for key in mine.ids if key != one.container)))
        field.lodgers[field.lodgers.index(mine)] = first
        field = field.moved(first, one.to)
        field.lodgers[-1] = field.lodgers[-1]._replace(ids=(one.container,))
    return field.fleet, [one for one in field.lodgers if one.many]


@pytest.mark.parametrize("seed", range(30))
def test_goals_that_differ_never_take_turns_for_ever(seed: int) -> None:
    rng = Random(seed)
    made = random_fleet(rng, hosts=rng.choice((2, 3, 5)))
    lodgers, quiet = crowd(rng, made), 0
    each: tuple[Goal, ...] = ("spread", "pressure", "spare")
    goals = [rng.choice(each) for _ in range(3)]  # of three projects; a service belongs to one of them
    before = Field(made, lodgers).measure()
    for number in range(200):
        mine = [one if one.service and one.service.int % 3 == number % 3 else one._replace(ids=()) for one in lodgers]
        found = choose(made, mine, goal=goals[number % 3], most=rng.randint(1, 3))
        quiet = 0 if found else quiet + 1
        if quiet == 3:
            return
        if found:
            made, lodgers = after_moves(made, lodgers, found)
            now = Field(made, lodgers).measure()
            assert sinks(before, now), (goals, found)
            before = now
    raise AssertionError(f"it never comes to rest: {goals}")
