"""Containers: made, started, ended, renamed, removed, listed, and what is said of them."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable

import pytest

from hosts.engine.errors import Conflict, EngineError, ImageMissing, Invalid, NameTaken, NotFound, PortTaken
from hosts.engine.types import LABEL_CLUSTER, Inspected
from tests.engine.world import World, until


def ended(world: World, name: str) -> Inspected:
    until(lambda: world.engine.inspect(name).state == "exited")
    return world.engine.inspect(name)


def test_create_gives_the_id_that_inspect_and_list_show(world: World) -> None:
    made = world.make("one", "wait")
    seen = world.engine.inspect("one")
    assert (seen.id, seen.name, seen.state, seen.pid, seen.started_at) == (made, "one", "created", 0, None)
    assert seen.labels["colour"] == "red"
    assert seen.image == world.image("act:1")
    assert seen.image_id == world.engine.image(world.image("act:1")).id
    (listed,) = world.engine.list(labels={LABEL_CLUSTER: None})
    assert (listed.id, listed.name, listed.state, listed.image_id) == (made, "one", "created", seen.image_id)
    assert listed.created_at is not None


def test_a_taken_name_is_told_and_the_first_is_untouched(world: World) -> None:
    made = world.make("one", "wait")
    with pytest.raises(NameTaken) as caught:
        world.engine.create("one", world.body("exit", "1"))
    assert "already in use" in caught.value.words
    assert world.engine.inspect("one").id == made


def test_of_racing_creates_one_wins(world: World) -> None:
    world.engine.pull(world.image("act:1"))
    won: list[str] = []
    lost: list[EngineError] = []

    def create() -> None:
        try:
            won.append(world.engine.create("one", world.body("wait")))
        except EngineError as error:
            lost.append(error)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert [type(error) for error in lost] == [NameTaken] * 7


def test_its_own_address_is_known_while_it_runs(world: World) -> None:
    world.run("one", "wait")
    assert ipaddress.ip_address(world.engine.inspect("one").address).is_private
    world.engine.stop("one", grace_s=0)
    assert world.engine.inspect("one").address == ""


def test_start_and_stop_twice_are_silent(world: World) -> None:
    world.run("one", "wait")
    first = world.engine.inspect("one")
    assert first.state == "running"
    assert first.pid > 0
    world.engine.start("one")
    assert world.engine.inspect("one").started_at == first.started_at
    until(lambda: list(world.engine.logs("one")) or world.kind == "fake")  # its trap is set
    world.engine.stop("one", grace_s=5)
    stopped = world.engine.inspect("one")
    assert (stopped.state, stopped.exit_code, stopped.oom_killed) == ("exited", 0, False)
    assert stopped.finished_at is not None
    world.engine.stop("one", grace_s=5)
    assert world.engine.inspect("one").finished_at == stopped.finished_at


def test_stop_kills_what_ignores_it_after_the_grace(world: World) -> None:
    world.run("one", "stubborn")
    until(lambda: list(world.engine.logs("one")) or world.kind == "fake")
    world.engine.stop("one", grace_s=1)
    assert world.engine.inspect("one").exit_code == 137


def test_stop_with_a_signal_of_our_own(world: World) -> None:
    world.run("one", "stubborn")
    world.engine.stop("one", grace_s=30, signal="KILL")
    assert world.engine.inspect("one").exit_code == 137


def test_stop_with_a_signal_that_is_ignored_kills_after_the_grace(world: World) -> None:
    world.run("one", "stubborn")
    until(lambda: list(world.engine.logs("one")) or world.kind == "fake")
    world.engine.stop("one", grace_s=1, signal="TERM")
    assert world.engine.inspect("one").exit_code == 137


def test_kill_ends_what_runs_and_refuses_what_does_not(world: World) -> None:
    world.run("one", "stubborn")
    world.engine.kill("one")
    assert ended(world, "one").exit_code == 137
    with pytest.raises(Conflict, match="not running"):
        world.engine.kill("one")


def test_remove_is_silent_when_gone(world: World) -> None:
    world.run("one", "wait")
    world.engine.remove("one")
    world.engine.remove("one")
    assert world.engine.list(labels={LABEL_CLUSTER: None}) == ()


def test_remove_without_force_spares_what_runs(world: World) -> None:
    world.run("one", "wait")
    with pytest.raises(Conflict):
        world.engine.remove("one", force=False)
    assert world.engine.inspect("one").state == "running"


def test_a_rename_makes_the_old_name_unknown(world: World) -> None:
    made = world.run("one", "wait")
    world.engine.rename("one", "two")
    assert world.engine.inspect("two").id == made
    with pytest.raises(NotFound):
        world.engine.start("one")
    world.make("one", "wait")
    with pytest.raises(NameTaken):
        world.engine.rename("one", "two")


def test_what_is_not_there_is_not_found(world: World) -> None:
    engine = world.engine
    calls: list[Callable[[], object]] = [
        lambda: engine.inspect("none"),
        lambda: engine.start("none"),
        lambda: engine.stop("none", grace_s=1),
        lambda: engine.kill("none"),
        lambda: engine.rename("none", "other"),
        lambda: engine.logs("none"),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_without_its_image_nothing_is_created(world: World) -> None:
    with pytest.raises(ImageMissing):
        world.engine.create("one", {"Image": f"{world.registry()}/lab/nowhere:1"})
    assert world.engine.list(labels={}) == ()


def test_an_empty_body_is_invalid(world: World) -> None:
    with pytest.raises(Invalid):
        world.engine.create("one", {})


@pytest.mark.parametrize("code", [0, 3])
def test_exit_codes_are_kept(world: World, code: int) -> None:
    world.run("one", "exit", str(code))
    seen = ended(world, "one")
    assert (seen.exit_code, seen.oom_killed, seen.pid) == (code, False, 0)
    assert seen.finished_at is not None
    assert seen.started_at is not None


def test_death_by_memory_is_told(world: World) -> None:
    """Not each time: an engine that hears of the end before it hears of the memory never says it of that container."""
    for name in ("one", "two", "three", "four"):
        world.run(name, "eat", "64", Memory=16 << 20, MemorySwap=16 << 20)
        seen = ended(world, name)
        assert seen.exit_code == 137
        if seen.oom_killed:
            return
    pytest.fail("of four deaths by memory none was told as such")


def test_a_port_in_use_is_told_at_the_start(world: World) -> None:
    body = world.body("wait", PortBindings={"80/tcp": [{"HostPort": "20080"}]}) | {"ExposedPorts": {"80/tcp": {}}}
    world.engine.pull(world.image("act:1"))
    world.engine.create("one", body)
    world.engine.start("one")
    (port,) = {(p.container_port, p.protocol, p.host_port) for p in world.engine.inspect("one").ports}
    assert port == (80, "tcp", 20080)
    world.engine.create("two", body)
    with pytest.raises(PortTaken, match="20080"):
        world.engine.start("two")
    assert world.engine.inspect("two").state == "created"
    world.engine.remove("one")
    world.engine.start("two")
    assert world.engine.inspect("two").state == "running"


def test_lists_filter_by_label(world: World) -> None:
    world.make("one", "wait")
    body = world.body("wait")
    world.engine.create("two", {**body, "Labels": {**body["Labels"], "colour": "blue"}})
    world.engine.create("bare", {**body, "Labels": {}})

    def names(**labels: str | None) -> set[str]:
        return {facts.name for facts in world.engine.list(labels=labels)}

    assert names() == {"one", "two", "bare"}
    assert names(colour=None) == {"one", "two"}
    assert names(colour="blue") == {"two"}
    assert {f.name for f in world.engine.list(labels={"colour": "red", LABEL_CLUSTER: "suite"})} == {"one"}
    assert names(colour="green") == set()


@pytest.mark.parametrize(("test", "becomes"), [("true", "healthy"), ("false", "unhealthy")])
def test_health_is_seen_in_list_and_inspect(world: World, test: str, becomes: str) -> None:
    world.engine.pull(world.image("act:1"))
    check = {"Test": ["CMD", test], "Interval": 400_000_000, "Timeout": 2_000_000_000, "Retries": 1}
    world.engine.create("one", {**world.body("wait"), "Healthcheck": check})
    world.engine.start("one")

    def listed() -> str:
        return world.engine.list(labels={})[0].health

    assert listed() == "starting"
    assert until(lambda: listed() == becomes)
    assert world.engine.inspect("one").health == becomes


def test_without_a_check_health_is_none(world: World) -> None:
    world.run("one", "wait")
    assert world.engine.list(labels={})[0].health == world.engine.inspect("one").health == "none"
