"""A whole pass on real rows: read, place, bind; decisions kept, reasons given, nothing overcommitted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from containers.models import Container, HostPort, Volume
from containers.states import Status
from core.accounts.models import Project
from core.events.models import Event
from core.lib.lease import Hold, HoldLost
from hosts.models import HostBooking, HostHold, HostImage, Process
from scheduler.controllers import pending
from scheduler.decisions import decision_json, refused_hosts
from scheduler.models import Decision, PlacementPolicy, ProjectPlacement
from tests.scheduler.lease import given, take_lease
from tests.scheduler.rows import GIB, MIB, container, current, host, speaker, walk
from tests.services import replicas, service, successor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rows_may_be_read_in_one_state() -> Iterator[None]:
    yield
    connection.close()


def test_one_container_is_bound_and_the_reason_is_kept() -> None:
    host("h1")
    big = host("h2", memory=64 * GIB)
    row = container(resources={"cpu": "1", "memory": "1g"})
    done = pending.turn(given())
    row.refresh_from_db()
    assert (row.status, row.host_id, done.changes) == ("bound", big.pk, 1)
    booking = HostBooking.objects.get(pk=big.pk)
    assert (booking.cpu_millis_reserved, booking.memory_bytes_reserved) == (1000, GIB)
    decision = Decision.objects.get()
    assert (decision.verdict, decision.pk, decision.group_size) == ("placed", row.decision_id, 1)
    assert [score["host"] for score in decision.scores] == ["h2", "h1"]
    told = decision_json(row)
    assert (told["host"], told["score"]) == ("h2", decision.scores[0])
    assert told["text"].startswith("placed on h2: the best of 2 hosts that fit")
    assert Event.objects.filter(kind="container.bound", object_id=str(row.pk)).count() == 1


def test_why_pending_is_said_once_and_kept() -> None:
    host("h1")
    host("h2", availability="cordoned")
    row = container(resources={"memory": "10t"})
    hold = take_lease()
    assert pending.turn(given(hold)).changes == 1
    row.refresh_from_db()
    assert (row.status, row.reason) == ("pending", "no-host")
    assert row.message == ("no host fits: 1 of 2 is cordoned, 1 lacks memory (needs 10 TiB, most free is 4 GiB on h1)")
    decision = Decision.objects.get()
    assert (decision.verdict, decision.message, decision.hosts_total) == ("refused", row.message, 2)
    assert refused_hosts(decision.refused) == [
        {"host": "h1", "filter": "memory", "reason": "needs 10 TiB, 4 GiB free of 4 GiB"},
        {"host": "h2", "filter": "availability", "reason": "is cordoned"},
    ]
    version = row.version
    assert pending.turn(given(hold)).changes == 0
    row.refresh_from_db()
    assert (row.version, Decision.objects.count()) == (version, 1)


def test_without_hosts_the_reason_says_so() -> None:
    row = container()
    pending.turn(given())
    row.refresh_from_db()
    assert row.message == "no host is registered yet"


def test_a_host_that_does_not_answer_takes_nothing() -> None:
    host("h1", reachable="suspect")
    host("h2", conditions={"disk": {"status": "bad", "message": "3 MiB free", "since": ""}})
    row = container()
    pending.turn(given())
    row.refresh_from_db()
    assert row.message == (
        "no host fits: 2 of 2 are not ready (its condition disk is bad, ask an admin; its engine does not answer)"
    )


def test_a_slow_host_and_one_without_keys_take_nothing_and_no_address_is_told() -> None:
    words = "its keys cannot be used: tcp://10.1.2.3:2376"
    host("h1", conditions={"keys": {"status": "bad", "message": words, "since": ""}})
    host("h2", responsive="slow")
    row = container()
    pending.turn(given())
    row.refresh_from_db()
    assert row.message == (
        "no host fits: 2 of 2 are not ready (its condition keys is bad, ask an admin; its engine is slow to answer)"
    )


def test_a_host_nobody_speaks_for_takes_nothing() -> None:
    never_taken = host("h1")
    HostHold.objects.filter(host=never_taken).update(agent=None)
    row = container()
    hold = take_lease()
    words = "no host fits: h1 is not ready (no agent speaks for it)"
    assert waits(row, hold) == words
    HostHold.objects.filter(host=never_taken).update(agent=speaker().pk)
    Process.objects.filter(role="agent").update(retired=True)
    assert waits(row, hold) == words
    Process.objects.filter(role="agent").update(retired=False)
    assert waits(row, hold) == ""


def waits(row: Container, hold: Hold) -> str:
    """Why it still waits after one more pass; "" when it is placed."""
    pending.turn(given(hold))
    row.refresh_from_db()
    return row.message


def test_a_group_shares_one_explanation() -> None:
    host("h1")
    host("h2")
    for n in range(4):
        container(f"web{n}", resources={"memory": "1g"})
    pending.turn(given())
    decision = Decision.objects.get()
    assert decision.funnel
    assert (decision.same_as, decision.group_size, len(decision.members)) == (None, 4, 4)
    assert sorted(Container.objects.values_list("host__name", flat=True)) == ["h1", "h1", "h2", "h2"]


def test_ports_are_chosen_written_and_not_given_twice() -> None:
    only = host("h1")
    rows = [container(f"web{n}", ports=[{"container_port": 80}]) for n in range(3)]
    hold = take_lease()
    pending.turn(given(hold))
    rows.append(container("late", ports=[{"container_port": 80}]))
    pending.turn(given(hold))
    ports = set(HostPort.objects.filter(host=only).values_list("port", flat=True))
    assert len(ports) == 4
    for row in rows:
        row.refresh_from_db()
        (port,) = row.ports
        assert port["host_address"] == "10.0.0.1"
        assert 20000 <= port["host_port"] <= 29999


def test_an_asked_port_waits_for_its_host() -> None:
    host("h1")
    asked = [{"container_port": 80, "host_port": 8080, "host_address": "0.0.0.0"}]
    first, second = container("one", ports=asked), container("two", ports=asked)
    hold = take_lease()
    pending.turn(given(hold))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("bound", "pending")
    assert second.message == "no host fits: h1 has port 8080 taken already"
    walk(first, Status.FAILED)
    pending.turn(given(hold))
    second.refresh_from_db()
    assert second.status == "bound"


def test_a_port_that_clashed_at_start_is_barred_there_for_ten_minutes() -> None:
    host("h1")
    row = container(ports=[{"container_port": 80, "host_port": 8080, "host_address": "0.0.0.0"}])
    hold = take_lease()
    pending.turn(given(hold))
    walk(row, Status.FAILED, reason="port-taken")
    again = container("again", ports=[{"container_port": 80, "host_port": 8080, "host_address": "0.0.0.0"}])
    pending.turn(given(hold))
    again.refresh_from_db()
    assert again.message == "no host fits: h1 has port 8080 held by something that is not ours"
    Container.objects.filter(pk=row.pk).update(status_since=timezone.now() - timedelta(seconds=601))
    pending.turn(given(hold))
    again.refresh_from_db()
    assert again.status == "bound"


def test_a_volume_holds_its_container_on_its_host() -> None:
    host("h1")
    host("h2")
    first = container("db", volumes=[{"name": "data", "path": "/data"}])
    hold = take_lease()
    pending.turn(given(hold))
    first.refresh_from_db()
    for n in range(3):
        container(f"other{n}")
    second = container("db2", volumes=[{"name": "data", "path": "/data"}])
    pending.turn(given(hold))
    second.refresh_from_db()
    assert second.host_id == first.host_id == Volume.objects.get().host_id


def test_an_image_that_only_one_host_has_decides_after_it_was_missing_elsewhere() -> None:
    host("h1")
    other = host("h2", cpu=1000)
    row = container(resources={"cpu": "0.5"})
    hold = take_lease()
    pending.turn(given(hold))
    walk(row, Status.FAILED, reason="image-missing")
    HostImage.objects.create(host=other, ref="web:1", image_id="sha256:1")
    from scheduler.controllers.restarts import Restarts

    Restarts().turn(given(hold))
    host("h3", cpu=64_000)
    pending.turn(given(hold))
    assert current(row).host_id == other.pk
    refused = refused_hosts(Decision.objects.latest("id").refused)
    assert {one["filter"] for one in refused} == {"image"}


def test_what_waits_on_purpose_is_left_until_it_is_due() -> None:
    host("h1")
    row = container()
    Container.objects.filter(pk=row.pk).update(not_before=timezone.now() + timedelta(seconds=0.5))
    asked: list[float] = []
    assert pending.turn(given(wake_in=asked.append)).changes == 0
    assert 0 < asked[0] <= 0.5
    Container.objects.filter(pk=row.pk).update(not_before=timezone.now())
    pending.turn(given())
    row.refresh_from_db()
    assert row.status == "bound"


def test_one_spec_that_cannot_be_read_stops_nobody_and_is_shown() -> None:
    host("h1")
    bad, good = container("bad"), container("good")
    Container.objects.filter(pk=bad.pk).update(spec={"what": "ever"}, spec_hash="broken")
    turn = given()
    for _ in range(6):
        pending.turn(turn)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert good.status == "bound"
    assert (bad.status, bad.reason) == ("pending", "scheduler-error")
    assert str(bad.pk) in turn.trouble.words()


def test_a_stale_leader_writes_nothing() -> None:
    host("h1")
    row = container()
    old = given()
    take_lease()
    with pytest.raises(HoldLost):
        pending.turn(old)
    row.refresh_from_db()
    assert (row.status, Decision.objects.count()) == ("pending", 0)


def test_small_containers_fill_a_host_to_the_brim_and_no_further() -> None:
    host("h1", memory=1000 * MIB)
    for n in range(12):
        container(f"c{n}", resources={"memory": "100m"})
    pending.turn(given())
    assert Container.objects.filter(status="bound").count() == 10
    assert HostBooking.objects.get().memory_bytes_reserved == 1000 * MIB
    waits = Container.objects.filter(status="pending")
    assert {row.message for row in waits} == {"no host fits: h1 lacks memory (needs 100 MiB, most free is 0 B on h1)"}


def test_a_restart_that_was_put_off_gives_way_to_what_starts_for_the_first_time() -> None:
    """For some seconds, and not to a pull of minutes: both are seconds of the rows, so no test waits for them."""
    host("h1")
    put_off, fresh = container("again"), container("fresh")
    past = timezone.now() - timedelta(seconds=1)
    Container.objects.filter(pk=put_off.pk).update(not_before=past)
    wakes: list[float] = []
    pending.turn(given(wake_in=wakes.append))
    assert (status_of(fresh), status_of(put_off)) == (Status.BOUND, Status.PENDING)
    assert wakes, "it looks again soon"
    pending.turn(given())
    assert status_of(put_off) == Status.PENDING, "the other one comes up yet"
    Container.objects.filter(pk=fresh.pk).update(status_since=timezone.now() - timedelta(seconds=6))
    pending.turn(given())
    assert status_of(put_off) == Status.BOUND, "that one stands still"


def test_a_restart_that_gave_way_for_long_does_so_no_more() -> None:
    host("h1")
    put_off, fresh = container("again"), container("fresh")
    Container.objects.filter(pk=put_off.pk).update(not_before=timezone.now() - timedelta(seconds=6))
    pending.turn(given())
    assert (status_of(fresh), status_of(put_off)) == (Status.BOUND, Status.BOUND)


def status_of(row: Container) -> str:
    return str(Container.objects.values_list("status", flat=True).get(pk=row.pk))


def test_what_waits_for_room_holds_up_no_restart() -> None:
    host("h1", cpu=1000)
    put_off, large = container("again"), container("large", resources={"cpu": "8"})
    Container.objects.filter(pk=put_off.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    Container.objects.filter(pk=large.pk).update(created_at=timezone.now() - timedelta(seconds=6))
    pending.turn(given())
    assert (status_of(large), status_of(put_off)) == (Status.PENDING, Status.BOUND)


def test_taints_and_projects_keep_containers_off() -> None:
    host("h1", taints=["dedicated=ml"])
    host("h2", projects=["ml", "gone"])
    host("h3", taints=["spot:avoid"])
    ml = Project.objects.create(name="ml")
    rows = [
        container("plain"),
        container("tolerant", tolerations=["dedicated"]),
        container("ours", project=ml, constraints=["!x"]),
        container("heavy", resources={"memory": "5g"}),
    ]
    pending.turn(given())
    for row in rows:
        row.refresh_from_db()
    assert [row.host.name if row.host else None for row in rows] == ["h3", "h1", "h2", None]
    assert rows[3].message == (
        "no host fits: 1 of 3 is kept for other projects, 1 has a taint that it does not tolerate (dedicated=ml), "
        "1 lacks memory (needs 5 GiB, most free is 4 GiB on h3)"
    )


def test_rules_about_other_containers_hold_both_ways() -> None:
    """What is there is counted, and its own rule to be apart holds for what comes."""
    for name in ("h1", "h2", "h3"):
        host(name, labels={"zone": "b" if name == "h3" else "a"})
    apart = [{"label": "team=shop", "apart": True, "within": "zone"}]
    first = container("loner", affinity=apart, constraints=["zone=a"])
    other = Project.objects.create(name="other")
    hold = take_lease()
    pending.turn(given(hold))
    rows = [
        container("shop", labels={"team": "shop"}),
        container("beside", affinity=[{"label": "team=shop"}]),
        container("nowhere", affinity=[{"service": "db"}]),
        container("foreign", project=other, labels={"team": "shop"}, constraints=["zone=a"]),
    ]
    pending.turn(given(hold))
    pending.turn(given(hold))
    for row in [first, *rows]:
        row.refresh_from_db()
    assert first.host is not None
    assert [row.host.name if row.host else None for row in rows[:3]] == ["h3", "h3", None]
    assert rows[2].message == "no host fits: 3 of 3 have none of service db beside"
    assert rows[3].host is not None
    assert rows[3].host.labels == {"zone": "a"}


def test_each_is_placed_by_its_policy() -> None:
    """By the one it names, else by its project's, else by the platform's; one that is not there is said."""
    host("h1")
    host("h2")
    hold = take_lease()
    container("first", resources={"memory": "1g"})
    pending.turn(given(hold))
    packed = PlacementPolicy.objects.create(name="tight", weights={"pack": 1})
    shop = Project.objects.create(name="shop")
    ProjectPlacement.objects.create(project=shop, policy=packed)
    rows = [
        container("named", placement_policy="binpack"),
        container("ours", project=shop),
        container("plain"),
        container("lost", placement_policy="none"),
    ]
    pending.turn(given(hold))
    for row in rows:
        row.refresh_from_db()
    assert [row.host.name if row.host else None for row in rows] == ["h1", "h1", "h2", None]
    assert rows[3].message == "there is no placement policy 'none'; there are balanced, binpack, gpu, spread, tight"
    assert decision_json(rows[1])["score"]["terms"].keys() == {"pack"}


def test_named_resources_are_placed_and_booked() -> None:
    for name, seats in (("h1", 0), ("h2", 2)):
        HostBooking.objects.filter(pk=host(name).pk).update(resources_allocatable={"seat": seats} if seats else {})
    rows = [container(f"web{n}", needs={"seat": 1}) for n in range(3)]
    pending.turn(given())
    for row in rows:
        row.refresh_from_db()
    assert [row.host.name if row.host else None for row in rows] == ["h2", "h2", None]
    assert rows[2].message == "no host fits: 2 of 2 lack seat (needs 1, most free is 0 on h1)"
    assert HostBooking.objects.get(host__name="h2").resources_reserved == {"seat": 2}


def test_a_successor_may_follow_on_the_same_host() -> None:
    """Two replicas on two hosts, one of them replaced: what it replaces does not count, or its host would be as bad as
    the other and the first by name be taken."""
    host("a")
    host("b")
    replicas(service(container={"image": "web:1", "resources": {"memory": "100m"}}), "1", "2")
    pending.turn(given())
    stays, goes = Container.objects.order_by("host__name")
    assert (stays.host.name, goes.host.name) == ("a", "b")  # type: ignore[union-attr]
    for status in (Status.PREPARING, Status.STARTING, Status.RUNNING):
        walk(goes, status)
    follows = successor(goes)
    pending.turn(given())
    follows.refresh_from_db()
    assert follows.host.name == "b"  # type: ignore[union-attr]
