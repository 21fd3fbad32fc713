"""Mark a host dead by the API: shown before, refused while it answers, one transaction with actor and list."""

import random
from typing import Any

import pytest
from django.db.models import Count, Q

from containers.dead_host import mark_dead
from containers.models import Container
from containers.states import OCCUPYING, Desired, Status
from containers.transitions import want
from core.events.models import Event
from core.lib.problems import Problem
from hosts.engine.fake import fake_host, forget
from hosts.models import Host, HostBooking
from tests import rows
from tests.api.conftest import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    forget("rows")
    yield
    forget("rows")


def silent(name: str = "h1", reachable: str = "suspect") -> Host:
    """A host whose engine refuses connections."""
    made = rows.host(name)
    fake_host(made.url).refuse()
    return made if reachable == "ok" else _set(made, reachable)


def _set(host: Host, reachable: str) -> Host:
    Host.objects.filter(pk=host.pk).update(reachable=reachable)
    host.refresh_from_db()
    return host


def on(host: Host, name: str, status: Status = Status.RUNNING, restart: str = "none", **spec: Any) -> Container:
    """A container on this host, walked to a status; the host is left as silent as it was."""
    before = host.reachable
    _set(host, "ok")
    made = rows.slot(name, asked=rows.Asked(restart=restart), **spec)
    assert rows.bind(made, host, volumes=tuple(v["name"] for v in spec.get("volumes", [])))
    if status == Status.STOPPING:
        rows.advance(made, Status.RUNNING)
        assert rows.end(made, Status.STOPPING)
    elif status != Status.BOUND:
        rows.advance(made, status)
    _set(host, before)
    made.refresh_from_db()
    return made


def attempts(row: Container) -> list[tuple[str, int]]:
    found = Container.objects.filter(slot_id=row.slot_id).order_by("attempt")
    return [(one.status, one.attempt) for one in found]


def mark(admin: Person, **headers: str) -> Any:
    return admin.post("/hosts/h1/mark-dead", {"confirm": "h1"}, **headers)


@pytest.mark.parametrize("restart", ["none", "on-failure", "always"])
@pytest.mark.parametrize("status", [Status.BOUND, Status.PREPARING, Status.STARTING, Status.RUNNING])
def test_whatever_its_rule_it_is_lost_and_followed(admin: Person, status: Status, restart: str) -> None:
    row = on(silent(), "web", status, restart)
    answer = mark(admin)
    assert answer.status_code == 200, answer.content
    assert attempts(row) == [("lost", 1), ("pending", 2)]
    row.refresh_from_db()
    successor = Container.objects.get(slot_id=row.slot_id, attempt=2)
    assert (row.superseded, row.reason, row.message) == (True, "host-lost", "host h1 was marked dead")
    (moved,) = answer.json()["moves"]
    assert (moved["successor"], moved["name"], moved["was"]) == (str(successor.pk), "web", status)
    assert HostBooking.objects.get(host__name="h1").cpu_millis_reserved == 100, "kept until its end was seen"


def test_what_shall_stop_is_lost_and_not_followed_unless_a_restart_was_asked(admin: Person) -> None:
    host = silent()
    stop, remove = on(host, "stop", Status.STOPPING), on(host, "remove")
    again = on(host, "again")
    want(stop.pk, Desired.STOP, actor="user:a")
    want(remove.pk, Desired.REMOVE, actor="user:a")
    want(again.pk, Desired.STOP, actor="user:a", then_restart=True)
    body = mark(admin).json()
    assert attempts(stop) == [("lost", 1)]
    assert attempts(remove) == [("lost", 1)]
    assert attempts(again) == [("lost", 1), ("pending", 2)]
    assert Container.objects.get(slot_id=again.slot_id, attempt=2).desired == "run"
    assert {one["name"]: one["replaced"] for one in body["moves"]} == {"stop": False, "remove": False, "again": True}
    assert "1 replaced elsewhere; 2 ended for good" in body["summary"]


def test_what_has_volumes_there_stays_and_is_named(admin: Person) -> None:
    host, other = silent(), rows.host("h2")
    data = on(host, "db", restart="always", volumes=[{"name": "data", "path": "/data"}])
    elsewhere = on(other, "calm")
    body = mark(admin).json()
    assert attempts(data) == [("running", 1)]
    assert attempts(elsewhere) == [("running", 1)]
    (stays,) = body["stays"]
    assert (stays["name"], stays["volumes"], stays["successor"]) == ("db", ["data"], None)
    assert "its data is on this host only" in stays["why"]
    assert "1 stay with their volumes: db (data)" in body["summary"]


@pytest.mark.parametrize("reachable", ["suspect", "refused", "unknown", "lost"])
def test_the_host_is_lost_with_one_event_that_names_actor_and_list(admin: Person, reachable: str) -> None:
    host = silent(reachable=reachable)
    row = on(host, "web")
    mark(admin)
    host.refresh_from_db()
    assert host.reachable == "lost"
    event = Event.objects.get(kind="host.marked-dead")
    assert (event.actor, event.host_id, event.level) == ("user:ada", host.pk, "warning")
    moved = {"count": 1, "first": [{"container": str(row.pk), "name": "default/web"}]}
    assert (event.data["moved"], event.data["stay"]) == (moved, {"count": 0, "first": []})
    lost = Event.objects.get(kind="container.lost")
    assert (lost.actor, lost.object_id) == ("user:ada", str(row.pk))
    assert Event.objects.filter(kind="host.lost").count() == (reachable != "lost")


@pytest.mark.parametrize("how", ["its row says so", "it answers us"])
def test_refused_while_it_answers(admin: Person, how: str) -> None:
    host = silent(reachable="ok") if how == "its row says so" else silent()
    if how == "it answers us":
        fake_host(host.url).thaw()
    row, before = on(host, "web"), Event.objects.count()
    answer = mark(admin)
    assert (answer.status_code, answer.json()["code"]) == (409, "host-answers")
    assert "answers" in admin.get("/hosts/h1/mark-dead").json()["refusal"]
    assert attempts(row) == [("running", 1)]
    assert Host.objects.get().reachable == host.reachable
    assert Event.objects.count() == before


def test_a_host_whose_keys_nobody_can_open_can_be_marked_dead(admin: Person) -> None:
    host = silent()
    row = on(host, "web", restart="always")
    Host.objects.filter(pk=host.pk).update(tls_sealed=b"not sealed by us")
    assert admin.get("/hosts/h1/mark-dead").json()["refusal"] == ""
    assert mark(admin).status_code == 200
    assert attempts(row) == [("lost", 1), ("pending", 2)]


def test_the_action_refuses_by_itself_what_came_back_meanwhile() -> None:
    host = silent(reachable="ok")
    on(host, "web")
    with pytest.raises(Problem, match="answers"):
        mark_dead(host, answers=False, actor="user:a")
    with pytest.raises(Problem, match="answers"):
        mark_dead(_set(host, "suspect"), answers=True, actor="user:a")
    assert Host.objects.get().reachable == "suspect"


@pytest.mark.parametrize("body", [{}, {"confirm": "h2"}, {"confirm": "H1"}, {"confirm": "h1 "}])
def test_it_wants_the_hosts_name_again(admin: Person, body: dict[str, str]) -> None:
    row = on(silent(), "web")
    answer = admin.post("/hosts/h1/mark-dead", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/confirm")
    assert attempts(row) == [("running", 1)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_preview_says_the_same_and_changes_nothing(admin: Person, method: str) -> None:
    host = silent()
    on(host, "web")
    on(host, "db", volumes=[{"name": "data", "path": "/data"}])
    before = Event.objects.count()
    shown = getattr(admin, method)("/hosts/h1/mark-dead?preview=1").json()
    assert Event.objects.count() == before
    assert set(Container.objects.values_list("status", flat=True)) == {"running"}
    done = mark(admin).json()
    assert (shown.pop("done"), done.pop("done")) == (False, True)
    for one in done["moves"]:
        assert one.pop("successor")
    for one in shown["moves"]:
        assert one.pop("successor") is None
    assert shown == done


def test_one_key_one_answer_also_when_the_host_is_back(admin: Person) -> None:
    host = silent()
    row = on(host, "web")
    first = mark(admin, Idempotency_Key="k1")
    fake_host(host.url).thaw()
    _set(host, "ok")
    again = mark(admin, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert attempts(row) == [("lost", 1), ("pending", 2)]
    assert mark(admin).status_code == 409


def test_said_again_it_takes_what_was_left_and_no_more(admin: Person) -> None:
    row = on(silent(), "web")
    mark(admin)
    assert mark(admin).json()["moves"] == []
    assert attempts(row) == [("lost", 1), ("pending", 2)]


@pytest.mark.parametrize("seed", range(8))
def test_never_two_live_rows_in_a_slot(seed: int) -> None:
    """Whatever stands there and whichever are marked: one live row a slot, and on a dead host only those with data."""
    chance = random.Random(seed)
    hosts = [silent(f"h{n}") for n in range(1, 4)]
    made = []
    for number in range(9):
        volumes = [{"name": f"v{number}", "path": "/d"}] if chance.random() < 0.25 else []
        status = chance.choice([Status.BOUND, Status.PREPARING, Status.RUNNING, Status.STOPPING])
        restart = chance.choice(["none", "on-failure", "always"])
        row = on(chance.choice(hosts), f"c{number}", status, restart, **({"volumes": volumes} if volumes else {}))
        if chance.random() < 0.4:
            wish = chance.choice([Desired.STOP, Desired.REMOVE])
            want(row.pk, wish, actor="user:a", then_restart=wish == Desired.STOP and chance.random() < 0.5)
        made.append(row)
    for host in chance.sample(hosts, 2) * 2:
        mark_dead(host, answers=False, actor="user:a")
        dead = Container.objects.filter(host=host, status__in=[one.value for one in OCCUPYING])
        assert all(row.spec.get("volumes") for row in dead)
        live = Count("pk", filter=Q(status__in=[one.value for one in OCCUPYING]))
        assert all(
            n <= 1 for n in Container.objects.values_list("slot_id").annotate(n=live).values_list("n", flat=True)
        )
    for row in made:
        last = Container.objects.filter(slot_id=row.slot_id).order_by("-attempt")[0]
        wanted = row.pk != last.pk
        first = Container.objects.get(pk=row.pk)
        assert wanted == (first.superseded and first.status == "lost")
        if first.status == "lost" and not wanted:
            assert first.desired != "run"
