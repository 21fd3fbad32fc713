"""Restart: a new attempt in the slot, at once when the old one has ended, after its stop when it lives."""

from datetime import timedelta

import pytest
from django.utils import timezone

from containers.models import Container
from containers.states import Status
from core.events.models import Event
from tests.api.conftest import Person
from tests.api.specs import WEB, bring, host_with_room

PATH = "/projects/shop/containers"


@pytest.mark.parametrize("status", [Status.STOPPED, Status.EXITED, Status.FAILED])
def test_what_has_ended_gets_its_next_attempt(operator: Person, status: Status) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    if status == Status.STOPPED:
        bring(found, Status.RUNNING, host=host_with_room())
        operator.post(f"{PATH}/{found}/stop")
        Container.objects.filter(pk=found).update(status="stopping")
        Container.objects.filter(pk=found).update(status="stopped")
    else:
        bring(found, status, host=host_with_room())
    answer = operator.post(f"{PATH}/{found}/restart")
    assert answer.status_code == 202
    body = answer.json()
    assert (body["attempt"], body["status"], body["slot"]) == (2, "pending", found)
    assert body["id"] != found
    assert operator.get(f"{PATH}/{found}").json() == body
    assert Container.objects.get(pk=found).superseded
    assert [one["attempt"] for one in operator.get(f"{PATH}/{found}/attempts").json()] == [2, 1]


def test_a_running_container_stops_first(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    bring(found, Status.RUNNING, host=host_with_room())
    answer = operator.post(f"{PATH}/{found}/restart")
    assert (answer.status_code, answer.json()["desired"], answer.json()["attempt"]) == (202, "stop", 1)
    assert Container.objects.get(pk=found).restart_asked
    assert Event.objects.get(kind="container.restart-asked").actor == "user:otto"


def test_an_attempt_that_waits_for_its_time_waits_no_longer(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    Container.objects.filter(pk=found).update(not_before=timezone.now() + timedelta(hours=1))
    answer = operator.post(f"{PATH}/{found}/restart")
    assert answer.status_code == 202
    row = Container.objects.get(pk=found)
    assert row.not_before is not None
    assert row.not_before <= timezone.now()
    told = Event.objects.get(kind="container.restart-asked")
    assert (told.actor, told.message) == ("user:otto", "it shall wait no longer")
    operator.post(f"{PATH}/{found}/restart")
    assert Event.objects.filter(kind="container.restart-asked").count() == 1, "nothing was left to change"


def test_a_changed_mind_while_it_stops_is_told_too(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    bring(found, Status.RUNNING, host=host_with_room())
    for verb in ("stop", "restart", "restart", "stop"):
        assert operator.post(f"{PATH}/{found}/{verb}").status_code == 202
    told = Event.objects.filter(kind__endswith="-asked").order_by("id").values_list("kind", flat=True)
    assert list(told) == ["container.stop-asked", "container.restart-asked", "container.stop-asked"]
    assert not Container.objects.get(pk=found).restart_asked


def test_what_is_being_removed_stays_so(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    bring(found, Status.RUNNING, host=host_with_room())
    operator.post(f"{PATH}/{found}/remove")
    for verb in ("restart", "stop"):
        answer = operator.post(f"{PATH}/{found}/{verb}")
        assert (answer.status_code, answer.json()["code"]) == (409, "being-removed")


def test_a_name_that_is_taken_meanwhile_refuses(operator: Person) -> None:
    found = operator.post(PATH, WEB).json()["id"]
    bring(found, Status.EXITED, host=host_with_room())
    assert operator.post(PATH, WEB).status_code == 201
    answer = operator.post(f"{PATH}/{found}/restart")
    assert (answer.status_code, answer.json()["code"]) == (409, "restart-refused")
    assert not Container.objects.get(pk=found).superseded
