"""The history: admins see all of it, members that of their projects, nobody anything else."""

from typing import Any

from core.events.models import Event
from hosts.actions import register
from tests.api.conftest import Person
from tests.api.specs import WEB

PATH = "/projects/shop/containers"


def kinds(person: Person, query: str = "") -> list[str]:
    return [row["kind"] for row in person.get(f"/events{query}").json()["results"]]


def test_members_see_their_projects_admins_everything(
    admin: Person, operator: Person, viewer: Person, stranger: Person
) -> None:
    register("h1", url="fake://f/h1", actor="tests")
    operator.post(PATH, WEB)
    assert kinds(viewer) == ["container.created"]
    assert kinds(stranger) == []
    assert {"host.registered", "container.created", "token.created"} <= set(kinds(admin))
    assert kinds(admin, "?project=shop") == ["container.created"]
    assert stranger.get("/events?project=shop").status_code == 404
    assert kinds(viewer, "?object=host:1") == []


def test_events_of_one_object(admin: Person, operator: Person) -> None:
    host = register("h1", url="fake://f/h1", actor="tests")
    one, two = (operator.post(PATH, {**WEB, "name": name}).json()["id"] for name in ("a", "b"))
    operator.post(f"{PATH}/{one}/stop")
    expected = ["container.cancelled", "container.stop-asked", "container.created"]
    assert kinds(operator, f"?object=container:{one}") == expected
    assert kinds(operator, f"?object={one}") == expected
    assert [row["kind"] for row in operator.get(f"{PATH}/{one}/events").json()["results"]] == expected
    assert kinds(admin, f"?object=host:{host.pk}") == ["host.registered"]
    assert kinds(operator, f"?object=container:{two}") == ["container.created"]


def test_an_event_says_who_what_and_when(operator: Person) -> None:
    answer = operator.post(PATH, WEB)
    row = operator.get(f"{PATH}/{answer.json()['id']}/events").json()["results"][0]
    assert row["actor"] == "user:otto"
    assert row["project"] == "shop"
    assert row["object_id"] == answer.json()["id"]
    assert row["request_id"] == answer["X-Request-Id"]
    assert row["id"] == str(Event.objects.get(kind="container.created").pk)


def test_pages_go_back_in_time(operator: Person, django_assert_num_queries: Any) -> None:
    for number in range(5):
        operator.post(PATH, {**WEB, "name": f"c{number}"})
    with django_assert_num_queries(3):  # token, memberships, events
        first = operator.get("/events?limit=2").json()
    second = operator.client.get(first["next"]).json()
    third = operator.client.get(second["next"]).json()
    ids = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert len(ids) == len(set(ids)) == 5
    assert ids == sorted(ids, reverse=True)
    assert third["next"] is None
    assert operator.get("/events?before=x").json()["code"] == "query-invalid"
