"""Each step on a fake engine: what is written, what is called, and what an interrupted one leaves for the next turn."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from containers.agent.apply import do
from containers.agent.facts import Machine
from containers.agent.images import ImageDesk
from containers.agent.plan import Do, Step, done_name, live_name
from containers.models import Container, LogTail
from containers.reasons import OF_THE_HOST, Reason
from containers.states import By, Desired, Status
from containers.transitions import Binding, BoundPort, GpuClaim, Move, bind_many, move, want
from core.events.models import Event
from core.lib.lease import HoldLost
from hosts.actions import update
from hosts.engine.errors import Closed, Deadline, ImageMissing, RegistryError
from hosts.models import Host, HostGpu, HostHold
from tests import rows
from tests.agent.conftest import IMAGE, Bench, until


def test_a_bound_one_comes_up_with_its_image_pinned(bench: Bench) -> None:
    row = bench.do(Do.BRING_UP, bench.bound())
    assert (row.status, row.reason, row.image_digest[:7], row.image_architecture) == ("running", "", "sha256:", "amd64")
    assert bench.fake.running() == [live_name(row.pk)]
    assert bench.fake.find(live_name(row.pk)).body["HostConfig"]["RestartPolicy"]["Name"] == "no"


def test_what_was_created_before_a_kill_is_adopted_not_made_again(bench: Bench) -> None:
    """The agent dies after create, before its row says so: the next one meets a 409 and goes on with what is there."""
    container = bench.bound()
    bench.do(Do.BRING_UP, container)
    engine_id = bench.fake.find(live_name(container.pk)).id
    with_old_status(container, Status.PREPARING)
    row = bench.do(Do.BRING_UP, container)
    assert (row.status, row.engine_id) == ("running", engine_id)
    assert bench.fake.calls["create"] >= 2
    assert len(bench.fake.containers) == 1


def test_what_was_created_of_another_image_than_the_row_will_name_is_made_again(bench: Bench) -> None:
    """The agent dies after create and before it pinned the image; then the tag moves."""
    container = bench.bound()
    bench.fake.fail("create", Deadline("slow"))
    with pytest.raises(Deadline):
        do(Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
    old = bench.hands.engine.pull(IMAGE)
    labels = {"orchestra.spec": container.spec_hash, "orchestra.cluster": bench.hands.cluster}
    bench.hands.engine.create(live_name(container.pk), {"Image": old.digests[0], "Labels": labels})
    bench.fake.fleet.publish(IMAGE, version="2")
    bench.desk = ImageDesk()
    row = bench.do(Do.BRING_UP, container)
    assert row.status == Status.RUNNING
    assert bench.fake.find(live_name(container.pk)).body["Image"].endswith(row.image_digest)
    assert not old.digests[0].endswith(row.image_digest)


def test_an_image_that_left_the_engine_a_moment_ago_is_pulled_again(bench: Bench) -> None:
    """The desk remembers it as present; the create call knows better."""
    bench.do(Do.BRING_UP, bench.bound())
    bench.fake.images.clear()
    assert bench.do(Do.BRING_UP, bench.bound()).status == Status.RUNNING
    assert bench.fake.calls["pull"] == 2


def test_a_refused_attempt_leaves_its_image_to_the_next(bench: Bench) -> None:
    bench.fake.take_port(20002)
    container = rows.slot(image=IMAGE, command=["act", "wait"], ports=[{"container_port": 80, "host_port": 20002}])
    assert rows.bind(container, bench.host, ports=(BoundPort(80, "tcp", "0.0.0.0", 20002),))
    row = bench.do(Do.BRING_UP, container)
    assert (row.status, row.image_digest[:7]) == (Status.FAILED, "sha256:")


def test_a_stop_asked_while_it_was_created_leaves_it_unstarted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    container = bench.bound()
    create = bench.hands.engine.create

    def meanwhile(name: str, body: Mapping[str, Any]) -> str:
        want(container.pk, Desired.STOP, actor="user:a")
        return create(name, body)

    monkeypatch.setattr(bench.hands.engine, "create", meanwhile)
    assert bench.do(Do.BRING_UP, container).status == Status.PREPARING
    assert bench.fake.running() == []
    bench.turn()
    assert Container.objects.get(pk=container.pk).status == Status.STOPPED


def test_a_stranger_under_our_name_is_replaced(bench: Bench) -> None:
    container = bench.bound()
    bench.hands.engine.pull(IMAGE)
    bench.hands.engine.create(live_name(container.pk), {"Image": IMAGE, "Labels": {}})
    assert bench.do(Do.BRING_UP, container).status == Status.RUNNING
    assert bench.fake.find(live_name(container.pk)).labels["orchestra.container"] == str(container.pk)


def test_a_stop_asked_while_it_came_up_is_obeyed(bench: Bench) -> None:
    container = bench.bound()
    assert move(Move(container.pk, Status.PREPARING), by=By.AGENT, actor="agent:test")
    want(container.pk, Desired.STOP, actor="user:a")
    bench.turn()
    row = Container.objects.get(pk=container.pk)
    assert (row.status, row.gone_at is not None, bench.fake.containers) == (Status.STOPPED, True, {})


@pytest.mark.parametrize(
    ("code", "status", "reason"), [(0, "exited", "exit"), (3, "failed", "exit"), (137, "failed", "exit")]
)
def test_an_end_is_written_with_its_code_and_its_log_kept(bench: Bench, code: int, status: str, reason: str) -> None:
    container = bench.do(Do.BRING_UP, bench.bound())
    bench.fake.say(live_name(container.pk), "last words")
    bench.fake.exit(live_name(container.pk), code)
    row = bench.do(Do.FINISH, container)
    assert (row.status, row.reason, row.exit_code, row.gone_at is not None) == (status, reason, code, True)
    assert "last words" in LogTail.objects.get(pk=row.pk).text
    assert bench.fake.containers == {}


def test_out_of_memory_is_said(bench: Bench) -> None:
    container = bench.do(Do.BRING_UP, bench.bound())
    bench.fake.oom(live_name(container.pk))
    row = bench.do(Do.FINISH, container)
    assert (row.status, row.reason, row.oom_killed) == ("failed", "out-of-memory", True)
    assert "memory" in row.message


def test_one_that_was_removed_behind_our_back_has_failed(bench: Bench) -> None:
    container = bench.do(Do.BRING_UP, bench.bound())
    bench.hands.engine.remove(live_name(container.pk))
    bench.turn()
    row = Container.objects.get(pk=container.pk)
    assert (row.status, row.reason) == ("failed", "vanished")


def test_one_that_was_created_after_the_list_was_taken_has_not_vanished(bench: Bench) -> None:
    """An agent before us was cut off between create and start: its successor's older list must not condemn it."""
    container = bench.bound()
    bench.do(Do.BRING_UP, container)
    bench.fake.containers[live_name(container.pk)].state = "created"
    with_old_status(container, Status.STARTING)
    assert bench.do(Do.FINISH, container).status == Status.STARTING
    assert bench.do(Do.BRING_UP, container).status == Status.RUNNING


def test_a_stop_is_confirmed_and_cleared(bench: Bench) -> None:
    container = bench.do(Do.BRING_UP, bench.bound())
    want(container.pk, Desired.STOP, actor="user:a")
    row = bench.do(Do.STOP, container)
    assert (row.status, row.reason, row.exit_code is not None, row.gone_at is not None) == (
        "stopped",
        "stopped",
        True,
        True,
    )


def test_a_late_start_after_the_end_finds_nothing(bench: Bench) -> None:
    """A thawed agent calls start by the live name; the row is final, so that name is gone."""
    container = bench.do(Do.BRING_UP, bench.bound())
    bench.fake.exit(live_name(container.pk), 1)
    bench.fake.fail("remove", Deadline("slow"))
    with pytest.raises(Deadline):
        do(Step(Do.FINISH, container.pk, ""), bench.hands, bench.desk)
    assert list(bench.fake.containers) == [done_name(container.pk)]
    bench.turn()
    assert bench.fake.containers == {}


def test_what_came_back_after_its_end_is_stopped_and_removed_again(bench: Bench) -> None:
    container = bench.do(Do.BRING_UP, bench.bound())
    body = bench.fake.find(live_name(container.pk)).body
    want(container.pk, Desired.STOP, actor="user:a")
    bench.do(Do.STOP, container)
    bench.hands.engine.create(live_name(container.pk), body)
    bench.hands.engine.start(live_name(container.pk))
    bench.turn(1)
    assert bench.fake.containers == {}
    assert Container.objects.get(pk=container.pk).status == Status.STOPPED


def test_a_lost_one_that_is_still_there_gets_little_time_to_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its successor may run already."""
    container = bench.do(Do.BRING_UP, bench.bound(stop_grace=60))
    stop, graces = bench.hands.engine.stop, []

    def counted(name: str, *, grace_s: int, signal: str | None = None) -> None:
        graces.append(grace_s)
        stop(name, grace_s=grace_s, signal=signal)

    monkeypatch.setattr(bench.hands.engine, "stop", counted)
    with_old_status(container, Status.LOST)
    bench.turn(1)
    assert (graces, bench.fake.containers) == ([5], {})


@pytest.mark.parametrize(
    ("verb", "error", "reason"),
    [("resolve", ImageMissing("no such tag"), "image-missing"), ("resolve", RegistryError("no such host"), "registry")],
)
def test_an_image_that_cannot_be_had_ends_the_attempt_with_the_words(
    bench: Bench, verb: str, error: ImageMissing | RegistryError, reason: str
) -> None:
    bench.fake.fail(verb, error, times=5)
    row = bench.do(Do.BRING_UP, bench.bound())
    assert (row.status, row.reason) == ("failed", reason)
    assert error.words in row.message


def test_a_port_clash_ends_the_attempt_and_leaves_nothing(bench: Bench) -> None:
    bench.fake.take_port(20001)
    container = rows.slot(image=IMAGE, command=["act", "wait"], ports=[{"container_port": 80, "host_port": 20001}])
    assert rows.bind(container, bench.host, ports=(BoundPort(80, "tcp", "0.0.0.0", 20001),))
    row = bench.do(Do.BRING_UP, container)
    assert (row.status, row.reason, row.gone_at is not None) == ("failed", "port-taken", True)
    assert bench.fake.containers == {}


def with_gpu(bench: Bench, device: str) -> Container:
    HostGpu.objects.create(host=bench.host, number=0, device=device)
    container = rows.slot(image=IMAGE, command=["act", "wait"], resources={"gpus": {"count": 1}})
    claimed = Binding(container.pk, bench.host.pk, bench.host.name, gpus=GpuClaim((0,)))
    assert bind_many([claimed], actor="scheduler")
    return container


def test_the_engine_is_asked_for_the_device_that_was_booked(bench: Bench) -> None:
    bench.fake.gpus = ("GPU-1", "GPU-2")
    row = bench.do(Do.BRING_UP, with_gpu(bench, "GPU-2"))
    assert row.status == "running"
    body = bench.fake.containers[live_name(row.pk)].body
    assert body["HostConfig"]["DeviceRequests"] == [{"DeviceIDs": ["GPU-2"], "Capabilities": [["gpu"]]}]


def test_an_engine_without_a_gpu_driver_ends_the_attempt_and_frees_the_device(bench: Bench) -> None:
    row = bench.do(Do.BRING_UP, with_gpu(bench, "GPU-1"))
    assert (row.status, row.reason, row.gone_at is not None) == ("failed", "gpu-refused", True)
    assert "must install" in row.message
    assert "could not select device driver" in row.message
    assert HostGpu.objects.get().millis_reserved == 0
    assert Reason.GPU_REFUSED in OF_THE_HOST


def test_an_engine_says_which_gpus_it_has_and_an_admin_says_it_better(bench: Bench) -> None:
    def names() -> list[tuple[str, str, int, bool]]:
        return list(HostGpu.objects.order_by("number").values_list("device", "model", "number", "is_there"))

    bench.fake.gpus = ("GPU-1", "GPU-2")
    Machine(bench.hands).look(version=None)
    assert names() == [("GPU-1", "", 0, True), ("GPU-2", "", 1, True)]
    version = Host.objects.get().version
    Machine(bench.hands).look(version=None)
    assert Host.objects.get().version == version, "nothing new is not written"
    container = rows.slot(image=IMAGE, resources={"gpus": {"count": 1}})
    assert bind_many([Binding(container.pk, bench.host.pk, bench.host.name, gpus=GpuClaim((1,)))], actor="scheduler")
    bench.fake.gpus = ("GPU-3",)
    Machine(bench.hands).look(version=None)
    assert names() == [("GPU-3", "", 0, True), ("GPU-2", "", 1, False)]
    overbooked = Host.objects.get().conditions["overbooked"]
    assert (overbooked["status"], "GPU-2" in overbooked["message"]) == ("bad", True)
    rows.end(container, Status.FAILED)
    Machine(bench.hands).look(version=None)
    assert names() == [("GPU-3", "", 0, True)]
    assert Host.objects.get().conditions["overbooked"]["status"] == "ok"
    update(bench.host, {"gpus": [{"device": "GPU-3", "model": "A100"}, {"device": "GPU-1", "model": ""}]}, actor="t")
    Machine(bench.hands).look(version=None)
    assert names() == [("GPU-3", "A100", 0, True), ("GPU-1", "", 1, True)]
    update(bench.host, {"gpus": None}, actor="t")
    assert names() == [("GPU-3", "A100", 0, True)]


def test_an_image_only_here_is_pinned_by_its_id(bench: Bench) -> None:
    bench.fake.fail("resolve", RegistryError("no network"), times=5)
    bench.hands.engine.pull(IMAGE)
    row = bench.do(Do.BRING_UP, bench.bound())
    assert (row.status, row.image_digest, row.image_id[:7]) == ("running", "", "sha256:")


def test_an_engine_that_gives_no_answer_ends_nothing(bench: Bench) -> None:
    container = bench.bound()
    bench.fake.fail("create", Deadline("slow"))
    with pytest.raises(Deadline):
        do(Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
    assert Container.objects.get(pk=container.pk).status == Status.PREPARING
    bench.turn()
    assert Container.objects.get(pk=container.pk).status == Status.RUNNING


def test_a_call_that_we_cut_off_ourselves_ends_nothing(bench: Bench) -> None:
    """The host is given back, or its address changes, while a step is under way."""
    container = bench.bound()
    bench.fake.freeze()
    with ThreadPoolExecutor(1) as other:
        step = other.submit(do, Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
        until(lambda: Container.objects.get(pk=container.pk).status == Status.PREPARING)
        bench.hands.engine.close()
        with pytest.raises(Closed):
            step.result(timeout=20)
    assert Container.objects.get(pk=container.pk).status == Status.PREPARING


def test_hands_that_were_silent_too_long_touch_nothing(bench: Bench) -> None:
    container = bench.bound()
    bench.live = False
    with pytest.raises(HoldLost):
        do(Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
    assert bench.fake.containers == {}


def test_hands_of_an_old_epoch_write_nothing(bench: Bench) -> None:
    container = bench.bound()
    HostHold.objects.filter(pk=bench.host.pk).update(epoch=5)
    with pytest.raises(HoldLost):
        do(Step(Do.BRING_UP, container.pk, ""), bench.hands, bench.desk)
    assert Container.objects.get(pk=container.pk).status == Status.BOUND
    assert not Event.objects.filter(kind="container.preparing").exists()


def with_old_status(container: Container, status: Status) -> None:
    """Put the row back to where a killed agent left it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE containers_container SET status = %s WHERE id = %s", [status.value, container.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
