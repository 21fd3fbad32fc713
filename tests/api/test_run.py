"""Run a container: the row is pending at once, and every refusal names its field."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from containers.models import Container
from core.accounts.models import Project, User
from core.events.models import Event
from tests.api.conftest import Person, person_of
from tests.api.specs import WEB

PATH = "/projects/shop/containers"


def pointers(answer: Any) -> list[str]:
    return [one["pointer"] for one in answer.json()["errors"]]


def test_it_answers_the_pending_container(operator: Person) -> None:
    answer = operator.post(PATH, WEB)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["state"], body["name"], body["attempt"]) == ("pending", "pending", "web", 1)
    assert body["id"] == body["slot"]
    assert body["requests"] == {"cpu_millis": 500, "memory_bytes": 256 << 20}
    assert body["ports"] == [{"container_port": 80, "protocol": "tcp", "host_address": "", "host_port": None}]
    assert body["host"] is None
    assert answer["ETag"] == '"1"'
    assert answer["Location"] == f"/api/v1{PATH}/{body['id']}"
    assert operator.get(f"{PATH}/{body['id']}").json() == body
    event = Event.objects.get(kind="container.created")
    assert (event.actor, event.object_id) == ("user:otto", body["id"])
    assert event.request_id == answer["X-Request-Id"]


def test_roles(admin: Person, owner: Person, operator: Person, viewer: Person, stranger: Person) -> None:
    for person, status in ((admin, 201), (owner, 201), (operator, 201), (viewer, 403), (stranger, 404)):
        answer = person.post(PATH, {**WEB, "name": person.user.username})
        assert answer.status_code == status, person.user.username
    assert Container.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"image": None}, "/image", "image"),
        ({"name": "Web"}, "/name", "name"),
        ({"privileged": True}, "/privileged", "privileged"),
        ({"binds": ["/:/host"]}, "/binds", "volumes"),
        ({"volumes": ["/:/host"]}, "/volumes/0", ""),
        ({"network_mode": "host"}, "/network_mode", ""),
        ({"ports": [{"container_port": 70000}]}, "/ports/0/container_port", "65535"),
        ({"ports": [{"container_port": "80"}]}, "/ports/0/container_port", ""),
        ({"resources": {"memory": "lots"}}, "/resources/memory", ""),
        ({"constraints": ["zone ~ a"]}, "/constraints/0", "zone=fra"),
        ({"labels": {"orchestra.slot": "x"}}, "/labels/orchestra.slot", "orchestra."),
        ({"imagee": "x"}, "/imagee", "image"),
        ({"restart": "unless-stopped"}, "/restart", "always"),
    ],
)
def test_a_wrong_field_is_named(operator: Person, change: dict[str, Any], pointer: str, says: str) -> None:
    answer = operator.post(PATH, {**WEB, **change})
    assert answer.status_code == 400
    assert answer.json()["code"] == "spec-invalid"
    assert pointer in pointers(answer)
    assert says in answer.json()["detail"]
    assert not Container.objects.exists()


@pytest.mark.parametrize("body", [[], "web", 7, None, {}])
def test_a_body_that_is_no_spec_is_refused(operator: Person, body: Any) -> None:
    answer = operator.client.post(f"/api/v1{PATH}", body, format="json")
    assert answer.status_code == 400
    assert not Container.objects.exists()


def test_a_megabyte_of_spec_is_refused_by_size(operator: Person) -> None:
    answer = operator.post(PATH, {**WEB, "env": {f"K{number}": "v" * 900 for number in range(1000)}})
    assert (answer.status_code, answer.json()["code"]) == (413, "spec-too-large")
    larger = operator.post(PATH, {**WEB, "env": {f"K{number}": "v" * 900 for number in range(2000)}})
    assert (larger.status_code, larger.json()["code"]) == (413, "body-too-large")


def test_ten_terabytes_are_accepted_and_stay_pending(operator: Person) -> None:
    body = operator.post(PATH, {**WEB, "resources": {"memory": "10t"}}).json()
    assert (body["status"], body["requests"]["memory_bytes"]) == ("pending", 10 << 40)


def test_a_name_in_use_is_a_conflict_within_its_project_only(operator: Person, stranger: Person, shop: Project) -> None:
    assert operator.post(PATH, WEB).status_code == 201
    taken = operator.post(PATH, WEB)
    assert (taken.status_code, taken.json()["code"], pointers(taken)) == (409, "name-taken", ["/name"])
    assert stranger.post("/projects/other/containers", WEB).status_code == 201


def test_a_projects_policy_that_cannot_be_read_refuses(operator: Person, shop: Project) -> None:
    Project.objects.filter(pk=shop.pk).update(policy={"allow_everything": True})
    answer = operator.post(PATH, WEB)
    assert (answer.status_code, answer.json()["code"]) == (409, "policy-invalid")


def test_a_priority_above_0_is_the_projects_to_have(operator: Person, shop: Project) -> None:
    service = {"name": "api", "container": {"image": "web:1", "priority": 51}}
    for allowed, asked in ((0, 1), (50, 51)):
        Project.objects.filter(pk=shop.pk).update(policy={"max_priority": allowed})
        refused = operator.post(PATH, {**WEB, "priority": asked})
        assert (refused.status_code, refused.json()["code"], pointers(refused)) == (
            400,
            "policy-refused",
            ["/priority"],
        )
        assert f"a priority of at most {allowed}, not {asked}" in refused.json()["detail"]
    assert pointers(operator.post("/projects/shop/services", service)) == ["/container/priority"]
    for asked in (50, 0, -1000):
        answer = operator.post(PATH, {**WEB, "name": f"web{abs(asked)}", "priority": asked})
        assert answer.status_code == 201
        assert Container.objects.get(pk=answer.json()["id"]).priority == asked


@pytest.mark.django_db(transaction=True)
def test_twenty_with_one_key_run_one_container() -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))
    Project.objects.create(name="shop")

    def post(_: int) -> tuple[int, str]:
        try:
            answer = admin.post(PATH, WEB, Idempotency_Key="k1")
            return answer.status_code, answer.json().get("id", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(post, range(20)))
    only = Container.objects.get()
    assert answers == {(201, str(only.pk))}
    assert Event.objects.filter(kind="container.created").count() == 1


@pytest.mark.django_db(transaction=True)
def test_racing_for_one_name_one_wins() -> None:
    admin = person_of(User.objects.create_superuser("ada", password="x"))
    Project.objects.create(name="shop")

    def post(_: int) -> int:
        try:
            return int(admin.post(PATH, WEB).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(post, range(8)))
    assert statuses == [201] + [409] * 7
