"""The demo by the API: its container in any project, once, or a refusal that says what to do."""

from collections.abc import Iterator

import pytest

from containers import demo
from containers.models import Container
from containers.states import Status
from core.accounts.models import cluster_id
from core.events.models import Event
from hosts.connect import engine_of
from hosts.engine.fake import fake_host, forget
from hosts.models import Host
from tests import rows
from tests.api.conftest import Person

PATH = "/projects/shop/demo"


@pytest.fixture
def host(db: None) -> Iterator[Host]:
    forget("rows")
    yield rows.host("h1")
    forget("rows")


def test_it_runs_in_this_project(host: Host, operator: Person) -> None:
    answer = operator.post(PATH)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["project"], body["name"], body["status"], body["image"]) == ("shop", "demo", "pending", demo.IMAGE)
    assert answer["Location"] == f"/api/v1/projects/shop/containers/{body['slot']}"
    assert operator.get(answer["Location"].removeprefix("/api/v1")).json() == body
    assert engine_of(host, cluster=cluster_id()).image(demo.IMAGE).digests == ()
    assert Event.objects.get(kind="container.created").actor == "user:otto"


def test_again_it_is_the_same_and_starts_again_when_it_has_ended(host: Host, operator: Person) -> None:
    first = operator.post(PATH, Idempotency_Key="k").json()
    assert operator.post(PATH, Idempotency_Key="k").json() == first
    again = operator.post(PATH)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    row = Container.objects.get()
    assert rows.bind(row, host)
    rows.end(row, Status.FAILED)
    third = operator.post(PATH)
    assert (third.status_code, third.json()["slot"], third.json()["attempt"]) == (200, first["slot"], 2)


def test_it_is_said_what_is_missing(host: Host, operator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    Host.objects.update(reachable="suspect")
    answer = operator.post(PATH)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-host-ready")
    assert "register one" in answer.json()["detail"]
    Host.objects.update(reachable="ok")
    fake_host(host.url).refuse()
    answer = operator.post(PATH)
    assert (answer.status_code, answer.json()["code"]) == (409, "engine-refused")
    assert not Container.objects.exists()


def test_somebody_elses_demo_is_left_alone(host: Host, operator: Person) -> None:
    assert operator.post("/projects/shop/containers", {"name": "demo", "image": "web:1"}).status_code == 201
    answer = operator.post(PATH)
    assert (answer.status_code, answer.json()["code"]) == (409, "name-taken")


def test_roles(host: Host, owner: Person, viewer: Person, stranger: Person) -> None:
    assert [one.post(PATH).status_code for one in (viewer, stranger, owner)] == [403, 404, 201]
