"""What a project says about being rebalanced by itself: off at first, changed by owners, every wrong field named."""

import pytest

from core.accounts.models import Project
from core.events.models import Event
from scheduler.models import Plan, ProjectRebalance
from tests.api.conftest import Person

pytestmark = pytest.mark.django_db

PATH = "/projects/shop/rebalance"
OFF = {
    "is_on": False,
    "goal": "spread",
    "moves": 3,
    "interval_s": 900,
    "generation": 1,
    "looked_at": None,
    "next_at": None,
    "is_under_way": False,
    "plan": None,
    "moved": [],
    "message": "",
}


def test_it_is_off_until_an_owner_says_so(owner: Person, viewer: Person) -> None:
    seen = viewer.get(PATH)
    assert seen.json() == OFF
    assert not ProjectRebalance.objects.exists()
    said = owner.patch(PATH, {"is_on": True, "goal": "spare", "interval_s": 3600}, If_Match=seen["ETag"])
    assert said.json() == {**OFF, "is_on": True, "goal": "spare", "interval_s": 3600, "generation": 2}
    assert owner.patch(PATH, {"moves": 5}, If_Match=seen["ETag"]).status_code == 412
    again = owner.patch(PATH, {"is_on": True})
    assert again["ETag"] == said["ETag"]
    assert owner.patch(PATH, {"is_on": False}).json()["is_on"] is False
    messages = Event.objects.filter(kind="project.rebalance-set").order_by("id").values_list("message", flat=True)
    assert list(messages) == [
        "shop is rebalanced by itself: spare, at most 3 moves every 1 h",
        "shop is not rebalanced by itself any more",
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"moves": 0}, "/moves"),
        ({"moves": 21}, "/moves"),
        ({"interval_s": 59}, "/interval_s"),
        ({"goal": "most"}, "/goal"),
        ({"on": True}, "/on"),
    ],
)
def test_what_is_wrong_is_named(owner: Person, body: dict[str, object], pointer: str) -> None:
    answer = owner.patch(PATH, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not ProjectRebalance.objects.exists()


def test_the_schedulers_plan_is_seen_by_the_project_and_nobody_else(
    viewer: Person, stranger: Person, shop: Project
) -> None:
    room = {"cpu_millis": 0, "memory_bytes": 0}
    nothing = {"steps": [], "unplaced": [], "stays": [], "is_whole": True, "peak": room, "peaks": [], "moves": []}
    seen: dict[str, list[object]] = {"services": [], "containers": [], "hosts": [], "policies": []}
    changes = [{"verb": "rebalance", "project": shop.name, "body": {}}]
    plan = Plan.objects.create(made_by="scheduler", changes=changes, forecast=nothing, seen=seen)
    assert viewer.get(f"/plans/{plan.pk}").json()["created_by"] == "scheduler"
    assert stranger.get(f"/plans/{plan.pk}").status_code == 404
