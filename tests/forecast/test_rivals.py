"""Who gives way, and which GPUs come free: shown in a plan, and then so; each case by hand, with the loops as judge."""

from typing import Any

import pytest

from containers import service_actions
from core.accounts.models import Project, User
from core.lib.problems import Problem
from hosts.models import Host, HostGpu
from scheduler.plans import actions
from tests.forecast.cases import BY, done, spec, stands, told
from tests.forecast.deeds import pass_time
from tests.scheduler import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password="ada-long-password")


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop", policy={"max_priority": 100})


def create(body: dict[str, Any]) -> dict[str, Any]:
    return {"verb": "service.create", "project": "shop", "body": body}


def test_who_gives_way_is_shown_before_it_happens(ada: User, shop: Project) -> None:
    rows.host("h1", memory=rows.GIB)
    before = stands(shop, spec("batch", 2, update={"max_unavailable": 2}, stop_delay=3))
    plan = actions.make(ada, [create(spec("web", 1, container={"priority": 10}))])
    (doing, victim, host), *_ = told(plan)
    assert (doing, host) == ("give-way", "h1")
    assert victim.startswith("batch.")
    assert ("start", "web.1", "h1") in told(plan)
    why = [one["why"] for one in plan.forecast["steps"]]
    assert why[0] == "stopped to make room for web.1 (priority 10 > 0)"
    (waits,) = plan.forecast["unplaced"]
    assert waits["container"] == victim
    after = done(plan, ada, before)
    assert dict(after.gave_way) == {("batch", "h1"): 1}
    assert dict(after.starts) == {("web", "h1"): 1}
    assert after.waiting() == {"batch": 1}


def test_as_many_go_at_a_time_as_their_service_may_miss(ada: User, shop: Project) -> None:
    """What follows the first must serve elsewhere before the second may go."""
    first = rows.host("h1", memory=rows.GIB)
    Host.objects.filter(pk=first.pk).update(labels={"zone": "a"})
    before = stands(shop, spec("batch", 2, update={"max_unavailable": 1}))
    rows.host("h2", memory=rows.GIB)
    plan = actions.make(ada, [create(spec("web", 2, container={"priority": 10, "constraints": ["zone=a"]}))])
    gone = [at for at, one in enumerate(told(plan)) if one[0] == "give-way"]
    assert len(gone) == 2
    assert any(one[0] == "start" and one[1].startswith("batch") for one in told(plan)[gone[0] : gone[1]])
    after = done(plan, ada, before)
    assert dict(after.gave_way) == {("batch", "h1"): 2}
    assert dict(after.starts) == {("web", "h1"): 2, ("batch", "h2"): 2}
    assert not plan.forecast["unplaced"]


def test_one_that_stands_alone_comes_back_if_its_rule_says_so(ada: User, shop: Project) -> None:
    rows.host("h1", memory=rows.GIB)
    asked = {"name": "job", "image": "registry.test/job:1", "resources": {"memory": "1g"}, "restart": "always"}
    before = stands(shop, alone=asked)
    rows.host("h2", memory=rows.GIB)
    Host.objects.filter(name="h1").update(labels={"zone": "a"})
    plan = actions.make(ada, [create(spec("web", 1, container={"priority": 1, "constraints": ["zone=a"]}))])
    assert told(plan) == [("give-way", "job", "h1"), ("start", "web.1", "h1"), ("start", "job", "h2")]
    after = done(plan, ada, before)
    assert dict(after.starts) == {("web", "h1"): 1, ("job", "h2"): 1}


def test_a_gpu_that_becomes_free_is_given_to_the_next(ada: User, shop: Project) -> None:
    made = rows.host("h1")
    HostGpu.objects.create(host=made, number=0, device="GPU-0", model="T4")
    one = {"count": 1}
    before = stands(shop, spec("old", 1, gpus=one))
    service_actions.create(shop, spec("new", 1, gpus=one), actor=BY)
    before.run()
    assert before.waiting() == {"new": 1}
    plan = actions.make(ada, [{"verb": "service.remove", "project": "shop", "service": "old"}])
    assert told(plan) == [("stop", "old.1", "h1"), ("start", "new.1", "h1")]
    assert dict(done(plan, ada, before).starts) == {("new", "h1"): 1}


def test_a_kept_host_is_kept_in_a_plan_too(ada: User, shop: Project) -> None:
    """What has waited for long has a host kept for it, so that a small one finds no place there."""
    rows.host("h1", memory=rows.GIB)
    before = stands(shop, spec("small", 1))
    service_actions.create(shop, spec("large", 1, memory="1g"), actor=BY)
    before.run()
    pass_time(900)
    before.run()
    assert before.waiting() == {"large": 1}
    plan = actions.make(ada, [create(spec("other", 1, memory="256m"))])
    assert sorted(one["container"] for one in plan.forecast["unplaced"]) == ["large.1", "other.1"]
    assert done(plan, ada, before).waiting() == {"large": 1, "other": 1}


def test_a_plan_is_stale_once_who_would_give_way_has_changed(ada: User, shop: Project) -> None:
    rows.host("h1", memory=rows.GIB)
    stands(shop, spec("batch", 2, update={"max_unavailable": 2}))
    plan = actions.make(ada, [create(spec("web", 1, container={"priority": 10}))])
    batch = shop.services.get(name="batch")
    service_actions.scale(batch, 1, actor=BY)
    words = f"service batch: generation {batch.generation} when planned, {batch.generation + 1} now"
    with pytest.raises(Problem, match=words):
        actions.apply(plan, ada)
