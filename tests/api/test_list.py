"""The list of containers: current attempts of one project, filtered, in pages, in a fixed number of queries."""

from typing import Any

import pytest

from containers.models import Container
from containers.states import Status
from core.accounts.models import Project
from hosts.models import Host
from tests.api.conftest import Person
from tests.api.specs import WEB, bring, host_with_room

PATH = "/projects/shop/containers"


def names(person: Person, query: str = "") -> list[str]:
    return sorted(row["name"] for row in person.get(f"{PATH}{query}").json()["results"])


@pytest.fixture
def three(operator: Person) -> dict[str, str]:
    host = host_with_room("north")
    ids = {name: operator.post(PATH, {**WEB, "name": name}).json()["id"] for name in ("ant", "bee", "cat")}
    bring(ids["ant"], Status.RUNNING, host=host)
    bring(ids["bee"], Status.EXITED, host=host_with_room("south"))
    operator.post(f"{PATH}/{ids['bee']}/restart")
    return ids


def test_filters(operator: Person, three: dict[str, str]) -> None:
    assert names(operator) == ["ant", "bee", "cat"]
    assert names(operator, "?status=running") == ["ant"]
    assert names(operator, "?status=running,pending") == ["ant", "bee", "cat"]
    assert names(operator, "?status=nonsense") == []
    assert names(operator, "?host=north") == ["ant"]
    assert names(operator, "?q=shop/web") == ["ant", "bee", "cat"]
    assert names(operator, "?q=BEE") == ["bee"]
    assert names(operator, "?all=1") == ["ant", "bee", "bee", "cat"]
    assert operator.get(f"{PATH}?all=perhaps").json()["code"] == "query-invalid"
    assert operator.get(f"{PATH}?cursor=nonsense").status_code == 404


def test_members_see_their_project_and_strangers_do_not(
    viewer: Person, stranger: Person, admin: Person, three: dict[str, str]
) -> None:
    assert names(viewer) == names(admin) == ["ant", "bee", "cat"]
    assert stranger.get(PATH).status_code == 404
    assert stranger.get("/projects/other/containers").json()["results"] == []
    for key in three.values():
        assert stranger.get(f"/projects/other/containers/{key}").status_code == 404
        assert stranger.post(f"/projects/other/containers/{key}/stop").status_code == 404


def test_many_rows_take_the_same_queries(operator: Person, shop: Project, django_assert_num_queries: Any) -> None:
    host = host_with_room()
    made = ""
    for number in range(15):
        made = operator.post(PATH, {**WEB, "name": f"c{number}", "resources": {}}).json()["id"]
        bring(made, Status.RUNNING, host=host)
    with django_assert_num_queries(3):  # token, membership, page
        assert len(operator.get(PATH).json()["results"]) == 15
    with django_assert_num_queries(4):  # token, membership, container, attempts
        operator.get(f"{PATH}/{made}/attempts")


def test_pages_follow_each_other_without_gaps(operator: Person, shop: Project) -> None:
    for number in range(7):
        operator.post(PATH, {**WEB, "name": f"c{number}"})
    Container.objects.update(created_at=Container.objects.values_list("created_at", flat=True)[0])
    seen: list[str] = []
    page = operator.get(f"{PATH}?limit=3").json()
    while True:
        seen += [row["name"] for row in page["results"]]
        if page["next"] is None:
            break
        page = operator.client.get(page["next"]).json()
    assert sorted(seen) == [f"c{number}" for number in range(7)]


def test_state_is_what_people_see(operator: Person, three: dict[str, str]) -> None:
    Host.objects.filter(name="north").update(reachable="suspect")
    body = operator.get(f"{PATH}/{three['ant']}").json()
    assert (body["status"], body["state"], body["ready"]) == ("running", "unknown", False)
