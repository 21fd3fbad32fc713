"""What is kept of a pass: a row for each group, named by the rows of its containers, and true of each of them."""

from uuid import uuid4

import pytest

from containers.models import Container
from containers.states import Desired
from containers.transitions import want
from core.accounts.models import default_project
from scheduler import binding, snapshot
from scheduler.controllers import pending
from scheduler.decisions import Decided, Draft, decision_json
from scheduler.history import decisions_of
from scheduler.models import Decision
from scheduler.placement.types import Explanation, Step, Verdict
from scheduler.trouble import Trouble
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import container, host
from tests.services import replicas, service

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = {"image": "web:1", "resources": {"memory": "100m"}}


def add(name: str, count: int) -> object:
    made = service(name=name, project=default_project(), container=SMALL)
    replicas(made, *[str(n) for n in range(count)])
    return made.pk


def test_services_of_one_shape_share_an_explanation_and_have_a_row_each() -> None:
    host("h1")
    host("h2")
    ids = [add(name, 2) for name in ("web", "shop")]
    pending.turn(given())
    first, second = Decision.objects.order_by("id")
    assert {first.service_id, second.service_id} == set(ids)
    assert (first.same_as, second.same_as, first.group_size, second.group_size) == (None, first.pk, 4, 4)
    assert (len(first.members), len(second.members), second.funnel) == (2, 2, [])
    for row in Container.objects.select_related("host"):
        assert row.host is not None
        told = decision_json(row)
        assert (told["host"], told["score"]["host"], told["hosts_total"]) == (row.host.name, row.host.name, 2)
        assert told["funnel"] == first.funnel != []
        assert row.decision_id == (first.pk if row.service_id == first.service_id else second.pk)


def test_each_container_has_the_score_that_its_host_had_when_its_turn_came() -> None:
    host("h1")
    rows = [container(f"c{n}", resources={"memory": "1g"}) for n in range(3)]
    pending.turn(given())
    totals = []
    for row in rows:
        row.refresh_from_db()
        score = decision_json(row)["score"]
        assert score["total"] == pytest.approx(sum(score["terms"].values()), abs=1e-5)
        totals.append(score["total"])
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 3


@pytest.mark.parametrize("batch", [4, 1_000])
def test_who_lost_a_race_is_in_nobodys_history(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large pass the decisions are written before its batches: what did not come to pass is not told."""
    monkeypatch.setattr(binding, "BATCH", batch)
    host("h1")
    made = add("web", 9)
    hold = take_lease()
    seen = snapshot.read()
    assert seen is not None
    groups, _ = pending.plan(seen, seen.pending)
    taken_back = Container.objects.order_by("name")[0]
    want(taken_back.pk, Desired.STOP, actor="user:anna")
    done = binding.write(groups, {str(one.id): one for one in seen.pending}, hold=hold, trouble=Trouble())
    assert (done.bound, done.lost_races) == (8, 1)
    taken_back.refresh_from_db()
    assert (taken_back.decision_id, decision_json(taken_back)["verdict"]) == (None, None)
    (group,) = decisions_of(made, limit=5)  # type: ignore[arg-type]
    assert (group["containers"], group["hosts"]) == (8, [{"host": "h1", "containers": 8}])
    assert str(taken_back.pk) not in {str(one["container"]) for one in group["examples"]}


def test_a_large_pass_writes_each_group_once_and_before_what_rests_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "BATCH", 3)
    for name in ("h1", "h2", "h3"):
        host(name)
    add("web", 3)
    add("db", 3)
    big = container("big", resources={"memory": "10t"})
    pending.turn(given())
    assert Decision.objects.filter(verdict="placed").count() == 2
    assert Decision.objects.filter(verdict="placed").exclude(funnel=[]).count() == 1
    kept = set(Decision.objects.values_list("pk", flat=True))
    assert set(Container.objects.values_list("decision_id", flat=True)) == kept
    big.refresh_from_db()
    assert decision_json(big)["verdict"] == "refused"


def explanation() -> Explanation:
    return Explanation(1, (Step("memory", 0, 1),), lambda: (), ("spread",), (), "")


def test_an_explanation_stays_as_long_as_anybody_shares_it() -> None:
    seen, mine, other = explanation(), uuid4(), uuid4()
    decided = [
        Decided(Verdict(str(key), 1, "h1", (), (), (0.5,)), service, "", seen)
        for key, service in ((uuid4(), mine), (uuid4(), other), (uuid4(), other))
    ]
    draft = Draft(decided)
    draft.keep(only={one.verdict.container for one in decided[1:]})
    first, second = Decision.objects.order_by("id")
    assert (first.members, first.funnel != [], second.same_as, second.group_size) == ([], True, first.pk, 2)
    assert decisions_of(mine, limit=5) == []
    (told,) = decisions_of(other, limit=5)
    assert (told["containers"], told["funnel"]) == (2, first.funnel)


def test_of_a_group_of_which_nobody_is_left_nothing_is_kept() -> None:
    draft = Draft([Decided(Verdict(str(uuid4()), 1, "h1", (), (), (0.5,)), None, "", explanation())])
    draft.keep(only=())
    assert not Decision.objects.exists()
