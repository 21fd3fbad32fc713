"""A host that is lost again and again gets new work only when it has been steady, longer each time."""

import pytest
from django.db import connection
from rest_framework.test import APIClient

from containers.states import Status
from core.accounts.actions import make_token
from core.accounts.models import User
from core.accounts.roles import Role
from core.events.models import Event
from hosts import actions, conditions
from hosts.models import Host
from hosts.queries import state_of
from hosts.states import Reachable
from scheduler.controllers import flapping, hosthealth, pending
from scheduler.controllers.flapping import steady_s
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import container, host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("losses", "wait_s"), [(0, 0), (1, 0), (2, 30), (3, 60), (4, 120), (5, 240), (6, 480), (7, 600), (500, 600)]
)
def test_the_wait_grows(losses: int, wait_s: float) -> None:
    assert steady_s(losses) == wait_s


def lose(row: Host, times: int) -> None:
    """Lost by the leader's word and back by its agent's, as often as that."""
    for _ in range(times):
        say(row, Reachable.SUSPECT)
        seen = next(one for one in hosthealth.read().hosts if one.id == row.pk)
        assert hosthealth.declare_lost(seen, "its engine was silent", hold=take_lease())
        say(row, Reachable.OK)
    row.refresh_from_db()


def say(row: Host, word: Reachable) -> None:
    assert conditions.set_reachable(row.pk, word, message="", actor="agent:test", hold=take_lease())


def answered_for(row: Host, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hosts_host SET reachable_since = now() - make_interval(secs => %s) WHERE id = %s", [seconds, row.pk]
        )


def settled(row: Host) -> str:
    """The host's state after one more turn of the loop."""
    hosthealth.HostHealth().turn(given())
    row.refresh_from_db()
    return state_of(row)


def test_one_loss_is_forgiven() -> None:
    row = host("h1")
    lose(row, 1)
    assert settled(row) == "ready"


@pytest.mark.parametrize(("losses", "wait_s"), [(2, 30), (3, 60), (4, 120)])
def test_after_more_it_must_be_steady_first(losses: int, wait_s: float) -> None:
    row = host("h1")
    lose(row, losses)
    assert settled(row) == "unready"
    said = row.conditions["flapping"]["message"]
    assert f"was lost {losses} times within 15 min" in said
    assert f"answered for {wait_s} s without a break" in said
    assert Event.objects.filter(kind="host.flapping-bad", host_id=row.pk, level="warning").count() == 1
    waits = container("web")
    pending.turn(given())
    waits.refresh_from_db()
    assert (waits.status, waits.host_id) == (Status.PENDING, None)
    assert "it was lost several times lately and must be steady first" in waits.message
    answered_for(row, wait_s - 1)
    assert settled(row) == "unready"
    answered_for(row, wait_s + 1)
    assert settled(row) == "ready"
    assert Event.objects.filter(kind="host.flapping-ok", host_id=row.pk).exists()
    pending.turn(given())
    waits.refresh_from_db()
    assert waits.host_id == row.pk


def test_a_silence_in_between_begins_anew() -> None:
    row = host("h1")
    lose(row, 2)
    answered_for(row, 29)
    say(row, Reachable.SUSPECT)
    assert settled(row) == "suspect"
    say(row, Reachable.OK)
    assert settled(row) == "unready"


def test_losses_long_ago_do_not_count() -> None:
    row = host("h1")
    lose(row, 3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET id = id - ((%s::bigint * 1000) << 20)", [int(flapping.WINDOW_S) + 1])
    assert settled(row) == "ready"
    lose(row, 1)
    assert settled(row) == "ready"


def test_uncordon_lifts_it_and_forgives_what_was_before() -> None:
    row = host("h1")
    lose(row, 4)
    user = User.objects.create_superuser("ada", password="ada-long-password")
    client = APIClient()
    _, text = make_token(user, name="tests", role=Role.ADMIN, project=None, expires_at=None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    answer = client.post("/api/v1/hosts/h1/uncordon")
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert "somebody has uncordoned it" in answer.json()["conditions"]["flapping"]["message"]
    lifted = Event.objects.get(kind="host.flapping-lifted")
    assert lifted.actor == "user:ada"
    assert settled(row) == "ready"
    lose(row, 1)
    assert settled(row) == "ready", "the first one after that"
    lose(row, 1)
    assert settled(row) == "unready"
    assert "was lost 2 times" in row.conditions["flapping"]["message"]


def test_uncordon_of_a_steady_host_says_nothing_more() -> None:
    row = host("h1")
    actions.cordon(row, actor="user:anna")
    actions.uncordon(row, actor="user:anna")
    actions.uncordon(row, actor="user:anna")
    assert not Event.objects.filter(kind="host.flapping-lifted").exists()
    assert Event.objects.filter(kind="host.uncordoned").count() == 1
