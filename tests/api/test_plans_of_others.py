"""Plans that touch what is not one's own: who gives way, and who may rebalance what."""

from typing import Any

import pytest

from containers.models import Container
from core.accounts.models import Project
from tests.api.conftest import Person
from tests.api.test_plans import SMALL, doings, running
from tests.scheduler import rows

pytestmark = pytest.mark.django_db


def rebalance(**more: Any) -> dict[str, Any]:
    return {"changes": [{"verb": "rebalance", "body": {"moves": 1}, **more}]}


def crowded(shop: Project, *, name: str = "web") -> None:
    """Three of a service on one host, none on the other."""
    first = rows.host("h1")
    rows.host("h2")
    running(shop, [first, first, first], name=name)


def test_a_strangers_victim_has_no_name(operator: Person, admin: Person, shop: Project, other: Project) -> None:
    Project.objects.filter(pk=shop.pk).update(policy={"max_priority": 10})
    host = rows.host("h1", memory=600 * rows.MIB)
    running(other, [host, host], name="secret", update={"max_unavailable": 2})
    body = {"name": "web", "replicas": 1, "container": {**SMALL, "priority": 5}}
    changes = {"changes": [{"verb": "service.create", "project": "shop", "body": body}]}
    plan = operator.post("/plans", changes).json()
    (gone, *_) = plan["steps"]
    assert (gone["doing"], gone["container"], gone["host"]) == ("give-way", "one of another project", "h1")
    assert "1 gives way to what is more important" in plan["summary"]
    assert plan["seen"]["services"] == [
        {"name": "of another project", "generation": plan["seen"]["services"][0]["generation"]}
    ]
    assert "secret" not in str(plan)
    seen = admin.post("/plans", changes).json()
    (doing, victim, where), *_ = doings(seen)
    assert (doing, where) == ("give-way", "h1")
    assert victim in ("secret.1", "secret.2")
    assert seen["steps"][0]["why"] == "stopped to make room for a container of another project (priority 5 > 0)"


def test_whoever_may_replace_containers_of_a_project_may_rebalance_it(
    operator: Person, viewer: Person, stranger: Person, admin: Person, shop: Project
) -> None:
    crowded(shop)
    plan = operator.post("/plans", rebalance(project="shop")).json()
    (move,) = plan["moves"]
    assert (move["service"], move["project"], move["host"], move["to"]) == ("web", "shop", "h1", "h2")
    assert move["why"] == "3 of its service stand on h1, none on h2"
    assert [one["doing"] for one in plan["steps"]] == ["start", "stop"]
    assert not Container.objects.filter(replace_asked=True).exists()
    assert viewer.post("/plans", rebalance(project="shop")).status_code == 403
    assert stranger.post("/plans", rebalance(project="shop")).status_code == 404
    refused = operator.post("/plans", rebalance())
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert len(admin.post("/plans", rebalance()).json()["moves"]) == 1
    assert operator.post(f"/plans/{plan['id']}/apply", {}).status_code == 202
    assert list(Container.objects.filter(replace_asked=True).values_list("name", flat=True)) == [move["container"]]


def test_of_a_project_only_its_own_containers_move(admin: Person, shop: Project, other: Project) -> None:
    crowded(other, name="theirs")
    assert admin.post("/plans", rebalance(project="shop")).json()["moves"] == []
    assert admin.post("/plans", rebalance(project="other")).json()["moves"][0]["service"] == "theirs"


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ([{"verb": "rebalance", "body": {"moves": 0}}], "/changes/0/body/moves", "greater than or equal to 1"),
        ([{"verb": "rebalance", "body": {"goal": "beauty"}}], "/changes/0/body/goal", "not a valid choice"),
        ([{"verb": "rebalance", "body": 5}], "/changes/0", ""),
        ([{"verb": "rebalance"}, {"verb": "host.drain", "host": "h1"}], "/changes/0", "is the last change"),
        ([{"verb": "host.drain", "host": "h1"}, {"verb": "rebalance"}], "/changes/1", "beside it only"),
    ],
)
def test_what_is_wrong_with_it_is_named(admin: Person, changes: list[Any], pointer: str, words: str) -> None:
    rows.host("h1")
    refused = admin.post("/plans", {"changes": changes})
    assert refused.status_code == 400, refused.content
    (error, *_) = refused.json()["errors"]
    assert error["pointer"].startswith(pointer)
    assert words in error["message"]


def test_with_nothing_to_move_it_says_so(admin: Person, shop: Project) -> None:
    rows.host("h1")
    plan = admin.post("/plans", rebalance()).json()
    assert (plan["moves"], plan["steps"], plan["summary"]) == ([], [], "nothing starts or stops")
