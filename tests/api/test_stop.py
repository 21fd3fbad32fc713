"""Stop: a wish on what lives, a cancellation of what waits, and a reason on what has ended."""

import pytest

from containers.models import Container
from containers.states import Status
from core.events.models import Event
from tests.api.conftest import Person
from tests.api.specs import WEB, bring, host_with_room

PATH = "/projects/shop/containers"


def new(person: Person, **change: object) -> str:
    return str(person.post(PATH, {**WEB, **change}).json()["id"])


def test_a_running_container_is_asked_to_stop(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.RUNNING, host=host_with_room())
    answer = operator.post(f"{PATH}/{found}/stop")
    assert answer.status_code == 202
    assert (answer.json()["desired"], answer.json()["status"]) == ("stop", "running")
    assert answer["ETag"] == '"2"'
    assert Event.objects.get(kind="container.stop-asked").actor == "user:otto"
    again = operator.post(f"{PATH}/{found}/stop")
    assert (again.status_code, again.json()["desired"]) == (202, "stop")


def test_a_waiting_container_is_cancelled_at_once(operator: Person) -> None:
    found = new(operator)
    answer = operator.post(f"{PATH}/{found}/stop")
    assert (answer.status_code, answer.json()["status"], answer.json()["desired"]) == (202, "cancelled", "stop")


@pytest.mark.parametrize("status", [Status.STOPPED, Status.EXITED, Status.FAILED])
def test_what_has_ended_for_good_cannot_be_stopped(operator: Person, status: Status) -> None:
    found = new(operator)
    bring(found, status, host=host_with_room())
    answer = operator.post(f"{PATH}/{found}/stop")
    assert (answer.status_code, answer.json()["code"]) == (409, "already-ended")
    assert status in answer.json()["detail"]


def test_what_would_come_back_can_be_stopped_after_its_end(operator: Person) -> None:
    found = new(operator, restart="always")
    bring(found, Status.EXITED, host=host_with_room())
    assert operator.post(f"{PATH}/{found}/stop").json()["desired"] == "stop"
    assert operator.post(f"{PATH}/{found}/stop").json()["code"] == "already-ended"


def test_a_stop_takes_a_restart_back(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.RUNNING, host=host_with_room())
    operator.post(f"{PATH}/{found}/restart")
    assert Container.objects.get(pk=found).restart_asked
    operator.post(f"{PATH}/{found}/stop")
    assert not Container.objects.get(pk=found).restart_asked


def test_a_stop_from_an_old_view_is_refused(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.RUNNING, host=host_with_room())
    etag = operator.get(f"{PATH}/{found}")["ETag"]
    assert operator.post(f"{PATH}/{found}/stop", If_Match=etag).status_code == 202
    assert operator.post(f"{PATH}/{found}/remove", If_Match=etag).status_code == 412


def test_the_same_key_stops_once(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.RUNNING, host=host_with_room())
    first = operator.post(f"{PATH}/{found}/stop", Idempotency_Key="k")
    second = operator.post(f"{PATH}/{found}/stop", Idempotency_Key="k")
    assert first.json() == second.json()
    assert second["ETag"] == first["ETag"]
    assert Event.objects.filter(kind="container.stop-asked").count() == 1


def test_an_earlier_attempt_is_refused_with_the_slots_id(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.EXITED, host=host_with_room())
    second = operator.post(f"{PATH}/{found}/restart").json()["id"]
    bring(second, Status.EXITED, host=host_with_room("h2"))
    third = operator.post(f"{PATH}/{found}/restart").json()["id"]
    assert len({found, second, third}) == 3
    answer = operator.post(f"{PATH}/{second}/stop")
    assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
    assert found in answer.json()["detail"]


def test_a_stop_can_be_held_and_taken_back(operator: Person) -> None:
    found = new(operator)
    bring(found, Status.RUNNING, host=host_with_room())
    held = operator.post(f"{PATH}/{found}/stop", {"delay_s": 10})
    assert (held.status_code, held.json()["desired"]) == (202, "run")
    assert held.json()["stop_at"] is not None
    kept = operator.post(f"{PATH}/{found}/keep")
    assert (kept.status_code, kept.json()["stop_at"]) == (202, None)
    assert Event.objects.get(kind="container.stop-released").actor == "user:otto"
    late = operator.post(f"{PATH}/{found}/keep")
    assert (late.status_code, late.json()["code"]) == (409, "no-held-stop")


@pytest.mark.parametrize("delay_s", [-1, 61, "soon"])
def test_a_delay_out_of_bounds_names_the_field(operator: Person, delay_s: object) -> None:
    found = new(operator)
    answer = operator.post(f"{PATH}/{found}/stop", {"delay_s": delay_s})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/delay_s"
