"""Placement policies over HTTP: seen by all, changed by admins, chosen by owners; every wrong field is named."""

import pytest

from core.accounts.models import Project
from core.events.models import Event
from scheduler.models import PlacementPolicy
from tests.api.conftest import Person
from tests.api.specs import WEB

pytestmark = pytest.mark.django_db


def test_those_that_come_with_orchestra_are_there_and_stay(admin: Person) -> None:
    found = admin.get("/policies").json()["results"]
    assert [one["name"] for one in found] == ["balanced", "binpack", "gpu", "spread"]
    assert found[1]["weights"] == {"pack": 1, "image": 1}
    assert admin.delete("/policies/binpack").json()["code"] == "policy-built-in"
    assert admin.post("/policies", {"name": "spread", "weights": {}}).json()["code"] == "name-taken"


def test_one_is_made_changed_and_removed(admin: Person) -> None:
    made = admin.post("/policies", {"name": "own", "weights": {"zones": 2, "pack": -0.5}, "over": "zone"})
    assert made.status_code == 201
    assert made.json() == {
        "name": "own",
        "description": "",
        "weights": {"zones": 2.0, "pack": -0.5},
        "over": "zone",
        "generation": 1,
        "is_built_in": False,
        "used_by": [],
    }
    changed = admin.patch("/policies/own", {"weights": {"usage": 1}, "over": ""}, If_Match=made["ETag"])
    assert (changed.json()["weights"], changed.json()["generation"]) == ({"usage": 1.0}, 2)
    assert admin.patch("/policies/own", {"weights": {}}, If_Match=made["ETag"]).status_code == 412
    assert admin.delete("/policies/own").status_code == 204
    assert admin.get("/policies/own").status_code == 404
    kinds = Event.objects.filter(object_kind="policy").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["policy.created", "policy.changed", "policy.removed"]


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"weights": {"spred": 1}}, "/weights/spred", "did you mean spread?"),
        ({"weights": {"spread": 1001}}, "/weights/spread", "from -1000 to 1000"),
        ({"weights": {"spread": "much"}}, "/weights/spread", "number"),
        ({"weights": {"zones": 1}}, "/over", "name it in over"),
        ({"weights": {}, "over": "a b"}, "/over", "label of hosts"),
        ({"name": "A b"}, "/name", ""),
    ],
)
def test_what_is_wrong_is_named(admin: Person, body: dict[str, object], pointer: str, words: str) -> None:
    answer = admin.post("/policies", {"name": "own", **body})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert words in error["message"]


def test_a_project_chooses_and_what_is_named_stays(admin: Person, owner: Person, shop: Project) -> None:
    assert owner.get("/projects/shop/placement-policy").json()["name"] == "spread"
    wrong = owner.put("/projects/shop/placement-policy", {"policy": "none"})
    assert "there are balanced, binpack, gpu, spread" in wrong.json()["errors"][0]["message"]
    admin.post("/policies", {"name": "own", "weights": {"pack": 1}})
    assert owner.put("/projects/shop/placement-policy", {"policy": "own"}).json()["name"] == "own"
    assert owner.get("/projects/shop/placement-policy").json()["name"] == "own"
    admin.post("/projects/shop/containers", {**WEB, "name": "web", "placement_policy": "own"})
    refused = admin.delete("/policies/own").json()
    assert refused["code"] == "policy-in-use"
    assert "project shop, container web" in refused["detail"]
    assert PlacementPolicy.objects.filter(name="own").exists()


def test_who_uses_it_is_told_of_what_one_sees(admin: Person, owner: Person, stranger: Person, shop: Project) -> None:
    owner.put("/projects/shop/placement-policy", {"policy": "binpack"})
    named = {**WEB, "name": "web", "placement_policy": "binpack"}
    alone = admin.post("/projects/shop/containers", named).json()
    service = {"name": "api", "container": {"image": "web:1", "placement_policy": "binpack"}}
    made = admin.post("/projects/shop/services", service).json()
    expected = [
        {"kind": "project", "project": "shop", "name": "shop", "id": None},
        {"kind": "service", "project": "shop", "name": "api", "id": made["id"]},
        {"kind": "container", "project": "shop", "name": "web", "id": alone["slot"]},
    ]
    for person in (admin, owner):
        found = {one["name"]: one for one in person.get("/policies").json()["results"]}
        assert (found["binpack"]["used_by"], found["binpack"]["is_built_in"]) == (expected, True)
        assert found["spread"]["used_by"] == []
    assert stranger.get("/policies/binpack").json()["used_by"] == []
