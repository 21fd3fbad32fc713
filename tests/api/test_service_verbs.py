"""The verbs of a service over HTTP: each as its table of rules says, with its event; the rest of what can be read."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from containers.models import Container, Rollout, Service
from containers.states import Desired, RolloutStatus, Status
from containers.transitions import Observation, observe_many, want
from containers.transitions.rollouts import end_rollout
from core.accounts.models import Project
from core.events.models import Event
from hosts.models import Host
from tests import rows, services
from tests.api.conftest import Person

PATH = "/projects/shop/services"
SECOND = {**services.SPEC, "container": {"image": "registry.test/web:2", "env": {"A": "1"}}}


@pytest.fixture
def made(shop: Project) -> Service:
    return services.service(project=shop)


def say(person: Person, made: Service, verb: str, body: Any = None, **headers: str) -> Any:
    return person.post(f"{PATH}/{made.pk}/{verb}", body, **headers)


def finish(made: Service, to: str = "done") -> None:
    rollout = Rollout.objects.filter(service=made).order_by("-number")[0]
    Rollout.objects.filter(pk=rollout.pk).update(status=to)


def test_restart_wants_the_same_revision_anew(operator: Person, made: Service) -> None:
    finish(made)
    seen = say(operator, made, "restart").json()
    assert (seen["rollout"]["kind"], seen["rollout"]["number"], seen["revision"]["number"]) == ("restart", 2, 1)


def test_roll_back_takes_the_revision_before_or_the_one_that_is_named(operator: Person, made: Service) -> None:
    refused = say(operator, made, "roll-back", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "no-revision")
    operator.put(f"{PATH}/{made.pk}", SECOND)
    back = say(operator, made, "roll-back", {"revision": None}).json()
    assert (back["revision"]["number"], back["rollout"]["kind"], back["rollout"]["from_revision"]) == (
        1,
        "roll-back",
        2,
    )
    assert say(operator, made, "roll-back", {"revision": 2}).json()["revision"]["number"] == 2
    unknown = say(operator, made, "roll-back", {"revision": 9})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (409, "/revision")
    for wrong in ({"revision": 0}, {"revision": "1"}, {"revison": 1}):
        assert say(operator, made, "roll-back", wrong).status_code == 400


def test_pause_and_resume(operator: Person, made: Service) -> None:
    finish(made)
    assert say(operator, made, "resume").json()["code"] == "not-paused"
    assert say(operator, made, "pause").json()["state"] == "paused"
    assert say(operator, made, "resume").json()["paused"] is False
    assert [one.actor for one in Event.objects.filter(kind__in=["service.paused", "service.resumed"])] == [
        "user:otto",
        "user:otto",
    ]


def test_promote_and_abort(operator: Person, made: Service) -> None:
    assert say(operator, made, "promote").json()["code"] == "nothing-held"
    finish(made, "holding")
    held = operator.get(f"{PATH}/{made.pk}").json()
    assert held["state"] == "holding"
    promoted = say(operator, made, "promote").json()
    assert (promoted["rollout"]["status"], promoted["rollout"]["promoted"]) == ("running", True)
    assert say(operator, made, "abort").json()["rollout"]["status"] == "aborted"
    assert say(operator, made, "abort").json()["code"] == "no-rollout"


@pytest.mark.parametrize("verb", ["restart", "pause", "remove", "abort", "scale", "roll-back"])
def test_what_changed_since_it_was_seen_is_not_changed(operator: Person, made: Service, verb: str) -> None:
    body = {"scale": {"replicas": 1}, "roll-back": {}}.get(verb)
    before = Event.objects.count()
    for wrong, status, code in (('"999"', 412, "precondition-failed"), ("3", 400, "if-match-invalid")):
        answer = say(operator, made, verb, body, If_Match=wrong)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Event.objects.count() == before


def test_a_key_is_one_effect(operator: Person, made: Service) -> None:
    first, again = (say(operator, made, "restart", Idempotency_Key="k") for _ in range(2))
    assert (first.json(), again["ETag"]) == (again.json(), first["ETag"])
    assert Rollout.objects.count() == 2


def test_revisions_and_their_difference(operator: Person, made: Service) -> None:
    operator.put(f"{PATH}/{made.pk}", SECOND)
    found = operator.get(f"{PATH}/{made.pk}/revisions").json()
    assert [(one["number"], one["is_current"], one["image"]) for one in found] == [
        (2, True, "registry.test/web:2"),
        (1, False, "registry.test/web:1"),
    ]
    assert found[0]["spec"] == {**SECOND["container"], "restart": "always"}
    diff = operator.get(f"{PATH}/{made.pk}/revisions/diff?from=1&to=2")
    assert diff.json()["changes"] == [
        {"path": "/image", "from": "registry.test/web:1", "to": "registry.test/web:2"},
        {"path": "/ports", "from": [{"container_port": 80, "protocol": "tcp"}], "to": None},
        {"path": "/env/A", "from": None, "to": "1"},
    ]
    for query in ("", "?from=1", "?from=1&to=9", "?from=x&to=1"):
        wrong = operator.get(f"{PATH}/{made.pk}/revisions/diff{query}")
        assert (wrong.status_code, wrong.json()["code"]) == (400, "query-invalid")


def test_rollouts_say_how_far_they_are(operator: Person, made: Service) -> None:
    host = rows.host("h1")
    for port, row in enumerate(services.replicas(made, "1", "2"), 20001):
        services.run(row, host, port=port)
    first = Rollout.objects.get()
    end_rollout(made, first, RolloutStatus.DONE, message="all of it runs", actor="scheduler")
    operator.put(f"{PATH}/{made.pk}", SECOND)
    services.run(services.successor(Container.objects.get(slot_key="1")), host, port=20009)
    found = operator.get(f"{PATH}/{made.pk}/rollouts").json()
    shown = [(one["number"], one["status"], one["from_revision"], one["done"], one["total"]) for one in found]
    assert shown == [(2, "running", 1, 1, 2), (1, "done", None, 2, 2)]
    one = operator.get(f"{PATH}/{made.pk}").json()
    assert one["rollout"] == found[0]
    assert (one["live"], one["ready"], one["state"]) == (3, 3, "updating")


def test_containers_of_a_service(operator: Person, viewer: Person, made: Service) -> None:
    host = rows.host("h1")
    first, second = services.replicas(made, "1", "2")
    services.run(first, host, port=20001)
    successor = services.successor(first)
    found = viewer.get(f"{PATH}/{made.pk}/containers").json()
    assert [(one["id"], one["is_successor"]) for one in found] == [
        (str(first.pk), False),
        (str(successor.pk), True),
        (str(second.pk), False),
    ]
    alone = operator.post("/projects/shop/containers", {"name": "alone", "image": "web"}).json()
    named = ("service", "service_id", "revision", "slot_key", "is_successor", "replace_asked")
    assert [found[0][name] for name in named] == ["web", str(made.pk), 1, "1", False, False]
    assert [alone[name] for name in named] == [None, None, None, "", False, False]
    assert found[0] == viewer.get(f"/projects/shop/containers/{first.pk}").json()


def test_replace_is_asked_of_a_container_of_a_service(operator: Person, made: Service) -> None:
    (row,) = services.replicas(made, "1")
    path = f"/projects/shop/containers/{row.pk}/replace"
    first, again = (operator.post(path, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.json()["replace_asked"]) == (202, True)
    assert first.json() == again.json()
    event = Event.objects.get(kind="service.replace-asked")
    assert (event.actor, event.object_id, event.data["container"]) == ("user:otto", str(made.pk), str(row.pk))
    alone = operator.post("/projects/shop/containers", {"name": "alone", "image": "web"}).json()["id"]
    refused = operator.post(f"/projects/shop/containers/{alone}/replace")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-of-a-service")


def test_what_is_over_is_not_replaced(operator: Person, made: Service) -> None:
    (row,) = services.replicas(made, "1")
    want(row.pk, Desired.REMOVE, actor="scheduler")
    refused = operator.post(f"/projects/shop/containers/{row.pk}/replace")
    assert (refused.status_code, refused.json()["code"]) == (409, "leaves-already")


def test_the_container_of_a_service_is_stopped_through_it(operator: Person, made: Service) -> None:
    (row,) = services.replicas(made, "1")
    for verb in ("stop", "keep", "remove"):
        refused = operator.post(f"/projects/shop/containers/{row.pk}/{verb}")
        assert (refused.status_code, refused.json()["code"]) == (409, "of-a-service")
        assert "scale or update the service web, or replace this container" in refused.json()["detail"]
    assert operator.post(f"/projects/shop/containers/{row.pk}/restart").status_code == 202


def test_events_of_a_service_are_its_own_and_its_containers(operator: Person, made: Service) -> None:
    services.service(project=made.project, name="other")
    (row,) = services.replicas(made, "1")
    rows.slot("alone", project=made.project)
    want(row.pk, Desired.STOP, actor="scheduler")
    found = operator.get(f"{PATH}/{made.pk}/events").json()["results"]
    assert {one["object_id"] for one in found} == {str(made.pk), str(row.pk)}
    assert [one["kind"] for one in found][-3:] == ["container.created", "service.rollout-started", "service.created"]
    page = operator.get(f"{PATH}/{made.pk}/events?limit=2").json()
    assert (len(page["results"]), page["next"] is not None) == (2, True)


def test_endpoints_are_what_serves_and_what_leaves(viewer: Person, made: Service) -> None:
    near, far = rows.host("h1"), rows.host("h2")
    near.data_address = "10.0.0.5"
    near.save(update_fields=["data_address"])
    found = services.replicas(made, "1", "2", "10", "3")
    for port, (row, on) in enumerate(zip(found, (near, near, near, far), strict=True), 20001):
        services.run(row, on, port=port)
    Container.objects.filter(pk=found[1].pk).update(stop_at=timezone.now() + timedelta(minutes=1))
    Host.objects.filter(pk=far.pk).update(reachable="lost")
    answer = viewer.get(f"{PATH}/{made.pk}/endpoints").json()
    assert answer["service"] == "web"
    assert [(one["slot"], one["state"], one["port"]) for one in answer["endpoints"]] == [
        ("1", "ready", 20001),
        ("2", "draining", 20002),
        ("10", "ready", 20003),
    ]
    assert answer["endpoints"][0] == {
        "container": str(found[0].pk), "slot": "1", "host": "h1", "address": "10.0.0.5", "port": 20001,
        "container_port": 80, "protocol": "tcp", "state": "ready",
    }  # fmt: skip
    observe_many([Observation(found[0].pk, {"health": "unhealthy"})], actor="agent:test")
    later = viewer.get(f"{PATH}/{made.pk}/endpoints?port=80").json()
    assert [one["slot"] for one in later["endpoints"]] == ["2", "10"]
    assert viewer.get(f"{PATH}/{made.pk}/endpoints?port=81").json()["endpoints"] == []
    assert viewer.get(f"{PATH}/{made.pk}/endpoints?port=0").json()["code"] == "query-invalid"


@pytest.mark.parametrize(
    ("counted", "rollout", "state"),
    [
        (2, "done", "running"),
        (1, "done", "degraded"),
        (0, "running", "updating"),
        (1, "holding", "holding"),
        (1, "paused", "failed"),
        (2, "failed", "failed"),
        (1, "aborted", "degraded"),
        (2, "rolled-back", "running"),
    ],
)
def test_the_word_for_people(operator: Person, made: Service, counted: int, rollout: str, state: str) -> None:
    host = rows.host("h1")
    for port, row in enumerate(services.replicas(made, *"12"[:counted]), 20001):
        services.run(row, host, port=port, to=Status.RUNNING)
    finish(made, rollout)
    assert operator.get(f"{PATH}/{made.pk}").json()["state"] == state
    say(operator, made, "pause")
    assert operator.get(f"{PATH}/{made.pk}").json()["state"] == "paused"


def test_none_wanted_is_idle(operator: Person, made: Service) -> None:
    finish(made)
    assert say(operator, made, "scale", {"replicas": 0}).json()["state"] == "idle"
