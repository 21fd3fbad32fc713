"""Services over HTTP: create, check, list, see, change, scale, remove; what is refused names its field."""

from typing import Any

import pytest

from containers.models import Container, Rollout, Service
from containers.states import Status
from core.accounts.models import Project
from core.events.models import Event
from hosts.models import Host
from tests import rows, services
from tests.api.conftest import Person

PATH = "/projects/shop/services"
WEB: dict[str, Any] = {"name": "web", "replicas": 3, "container": {"image": "registry.test/web:1"}}


def make(person: Person, **more: Any) -> dict[str, Any]:
    answer = person.post(PATH, {**WEB, **more})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_create_answers_what_get_answers(operator: Person, shop: Project) -> None:
    answer = operator.post(PATH, WEB)
    made = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1{PATH}/{made['id']}")
    seen = operator.get(f"{PATH}/{made['id']}")
    assert seen.json() == made
    assert seen["ETag"] == answer["ETag"] == f'"{made["generation"]}"'
    assert made["spec"] == {**WEB, "mode": "replicated", "container": {**WEB["container"], "restart": "always"}}
    assert made["update"] == {
        "order": "start-first", "max_surge": 1, "max_unavailable": 0, "batch": 1, "health_window": 5,
        "start_deadline": 120, "failure_threshold": 1, "on_failure": "roll-back", "hold_after_first": False,
    }  # fmt: skip
    assert (made["desired_count"], made["ready"], made["live"], made["state"]) == (3, 0, 0, "updating")
    assert made["revision"] | {"created_at": ""} == {
        "number": 1, "image": "registry.test/web:1", "created_at": "", "created_by": "user:otto",
    }  # fmt: skip
    rollout = made["rollout"]
    assert (rollout["number"], rollout["kind"], rollout["status"]) == (1, "update", "running")
    assert (rollout["revision"], rollout["from_revision"], rollout["asked_by"]) == (1, None, "user:otto")
    assert (rollout["done"], rollout["total"], rollout["failures"]) == (0, 3, 0)


def test_what_create_answers_can_be_put_and_changes_nothing(operator: Person, shop: Project) -> None:
    made = make(operator, container={"image": "registry.test/web:1", "restart": "none"}, stop_delay=3, strict=True)
    answer = operator.put(f"{PATH}/{made['id']}", made["spec"])
    assert (answer.status_code, answer.json()) == (202, made)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({**WEB, "replicas": -1}, "/replicas", "invalid"),
        ({**WEB, "replcas": 2}, "/replcas", "unknown"),
        ({**WEB, "container": {"image": "UPPER"}}, "/container/image", "invalid"),
        ({**WEB, "container": {"image": "web", "env": {"A": 1}}}, "/container/env/A", "invalid"),
        ({**WEB, "container": {"image": "web", "name": "x"}}, "/container/name", "invalid"),
        ({"name": "web"}, "/container", "required"),
        ({**WEB, "update": {"order": "stop-first", "max_surge": 0}}, "/update/max_unavailable", "invalid"),
        ({**WEB, "mode": "global"}, "/replicas", "invalid"),
    ],
)
def test_a_wrong_field_is_named(operator: Person, shop: Project, body: Any, pointer: str, code: str) -> None:
    for path in (PATH, f"{PATH}/check"):
        answer = operator.post(path, body)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Service.objects.exists()


def test_check_says_what_would_be_taken_and_makes_nothing(operator: Person, shop: Project) -> None:
    answer = operator.post(f"{PATH}/check", WEB)
    assert (answer.status_code, answer.json()["spec"]["container"]["restart"]) == (200, "always")
    assert not Service.objects.exists()
    make(operator)
    for path in (PATH, f"{PATH}/check"):
        again = operator.post(path, WEB)
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/name")


def test_the_list_has_its_pages_its_filter_and_few_queries(
    operator: Person, stranger: Person, shop: Project, django_assert_num_queries: Any
) -> None:
    host = rows.host("h1")
    for number in range(5):
        made = services.service(project=shop, name=f"s{number}", container={"image": f"registry.test/i{number}:1"})
        for row in services.replicas(made, "1", "2"):
            rows.bind(row, host)
            rows.advance(row, Status.RUNNING)
    operator.get(PATH)
    with django_assert_num_queries(5):  # token, membership, page, counts, roll-outs
        page = operator.get(f"{PATH}?limit=3").json()
    assert [(one["name"], one["ready"], one["live"]) for one in page["results"]] == [(f"s{n}", 2, 2) for n in range(3)]
    assert [one["name"] for one in operator.client.get(page["next"]).json()["results"]] == ["s3", "s4"]
    assert [one["name"] for one in operator.get(f"{PATH}?q=S4").json()["results"]] == ["s4"]
    assert [one["name"] for one in operator.get(f"{PATH}?q=test/i2").json()["results"]] == ["s2"]
    assert operator.get(f"{PATH}?qq=1").json()["code"] == "query-unknown"
    assert stranger.get("/projects/other/services").json()["results"] == []


def test_scale_says_so_and_counts_what_is_wanted(operator: Person, shop: Project) -> None:
    made = make(operator)
    answer = operator.post(f"{PATH}/{made['id']}/scale", {"replicas": 5})
    assert (answer.status_code, answer.json()["replicas"], answer.json()["desired_count"]) == (202, 5, 5)
    event = Event.objects.get(kind="service.scaled")
    assert (event.actor, event.message, event.object_id) == ("user:otto", "3 -> 5", made["id"])


@pytest.mark.parametrize(
    ("body", "code"), [({}, "required"), ({"replicas": "5"}, "type"), ({"replicas": 10_001}, "max_value")]
)
def test_scale_names_what_is_wrong(operator: Person, shop: Project, body: Any, code: str) -> None:
    answer = operator.post(f"{PATH}/{make(operator)['id']}/scale", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/replicas")
    assert answer.json()["errors"][0]["code"] == code


def test_a_change_of_the_container_makes_a_revision(operator: Person, shop: Project) -> None:
    made = make(operator)
    changed = {**WEB, "replicas": 4, "container": {"image": "registry.test/web:2"}}
    answer = operator.put(f"{PATH}/{made['id']}", changed, If_Match=f'"{made["generation"]}"')
    assert answer.status_code == 202
    seen = answer.json()
    assert (seen["revision"]["number"], seen["revision"]["image"]) == (2, "registry.test/web:2")
    assert (seen["rollout"]["number"], seen["rollout"]["from_revision"]) == (2, 1)
    assert seen["generation"] > made["generation"]
    stale = operator.put(f"{PATH}/{made['id']}", changed, If_Match=f'"{made["generation"]}"')
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")


@pytest.mark.parametrize(("field", "value"), [("name", "other"), ("mode", "global")])
def test_name_and_mode_are_kept(operator: Person, shop: Project, field: str, value: str) -> None:
    made = make(operator)
    spec = {name: one for name, one in WEB.items() if field != "mode" or name != "replicas"}
    answer = operator.put(f"{PATH}/{made['id']}", {**spec, field: value})
    assert (answer.status_code, answer.json()["code"]) == (409, "fixed")
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_remove_is_said_once_and_then_the_service_is_not_found(operator: Person, shop: Project) -> None:
    made = make(operator)
    path = f"{PATH}/{made['id']}"
    first, second = operator.post(f"{path}/remove"), operator.post(f"{path}/remove")
    assert [one.status_code for one in (first, second)] == [202, 202]
    assert (second.json()["state"], second.json()["desired"]) == ("removing", "remove")
    assert second.json()["rollout"]["status"] == "aborted"
    assert Event.objects.filter(kind="service.remove-asked").count() == 1
    refused = operator.post(f"{path}/scale", {"replicas": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "being-removed")
    Service.objects.update(gone_at=Rollout.objects.get().finished_at)
    assert operator.get(path).status_code == 404
    assert operator.get(PATH).json()["results"] == []
    make(operator)


def test_a_key_makes_one_service(operator: Person, shop: Project) -> None:
    first, again = (operator.post(PATH, WEB, Idempotency_Key="k1") for _ in range(2))
    assert first.json() == again.json()
    assert (again.status_code, again["Idempotency-Replayed"], again["ETag"]) == (201, "true", first["ETag"])
    assert Service.objects.count() == 1
    other = operator.post(PATH, {**WEB, "name": "api"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_foreign_service_is_not_found_through_ones_own_project(
    admin: Person, stranger: Person, shop: Project
) -> None:
    made = make(admin)
    assert stranger.get(f"/projects/other/services/{made['id']}").status_code == 404
    assert stranger.post(f"/projects/other/services/{made['id']}/remove").status_code == 404
    assert admin.get(f"{PATH}/{made['id']}").json()["desired"] == "run"


def test_a_global_service_wants_one_on_each_host_that_fits(operator: Person, shop: Project) -> None:
    for name, zone in (("h1", "a"), ("h2", "b"), ("h3", "a")):
        rows.host(name, labels={"zone": zone})
    spec = {"name": "logs", "mode": "global", "container": {"image": "registry.test/logs:1"}}
    spec["container"] = {"image": "registry.test/logs:1", "constraints": ["zone=a"]}
    made = operator.post(PATH, spec).json()
    assert (made["mode"], made["desired_count"]) == ("global", 2)
    refused = operator.post(f"{PATH}/{made['id']}/scale", {"replicas": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "is-global")
    h1 = Host.objects.get(name="h1")
    (row,) = services.replicas(Service.objects.get(), str(h1.pk))
    rows.bind(row, h1)

    def wanted_with(**fields: Any) -> int:
        Host.objects.filter(name="h1").update(**fields)
        found: int = operator.get(f"{PATH}/{made['id']}").json()["desired_count"]
        return found

    assert wanted_with(availability="cordoned") == 2  # it keeps what it has
    assert wanted_with(availability="draining") == 1
    Container.objects.all().delete()
    assert wanted_with(availability="cordoned") == 1
