"""CPU and memory: two readings make a sample, under load it is what the kernel gives."""

from __future__ import annotations

import time

import pytest

from tests.engine.world import World, until


def test_a_sample_needs_two_readings(world: World) -> None:
    world.run("one", "wait")
    world.run("gone", "exit", "0")
    until(lambda: world.engine.inspect("gone").state == "exited")
    names = ["one", "gone", "never"]
    assert world.engine.stats(names) == ()
    time.sleep(0.3)
    (sample,) = world.engine.stats(names)
    assert (sample.name, sample.container_id) == ("one", world.engine.inspect("one").id)
    assert 0 <= sample.cpu_millis < 300
    assert 100_000 < sample.memory_bytes < 64 << 20
    assert sample.memory_limit_bytes == world.engine.info().memory_bytes
    assert abs(sample.at_monotonic - time.monotonic()) < 5


def test_a_busy_container_shows_what_it_burns(world: World) -> None:
    world.run("busy", "burn", NanoCpus=500_000_000, Memory=64 << 20)
    world.run("calm", "wait")
    names = ["busy", "calm"]
    world.engine.stats(names)
    time.sleep(1.2)
    use = {sample.name: sample for sample in world.engine.stats(names)}
    assert use["busy"].cpu_millis > 3 * max(1, use["calm"].cpu_millis)
    assert 150 <= use["busy"].cpu_millis <= 750  # half a CPU is what it may have
    assert use["busy"].memory_limit_bytes == 64 << 20
    assert use["busy"].memory_bytes < 64 << 20


def test_nothing_asked_nothing_read(world: World) -> None:
    assert world.engine.stats([]) == ()


def test_a_restarted_container_begins_anew(world: World) -> None:
    world.run("one", "burn")
    world.engine.stats(["one"])
    world.engine.kill("one")
    until(lambda: world.engine.inspect("one").state == "exited")
    time.sleep(0.1)
    assert world.engine.stats(["one"]) == ()
    world.engine.start("one")
    time.sleep(0.1)
    world.engine.stats(["one"])
    time.sleep(0.5)
    (sample,) = world.engine.stats(["one"])
    assert sample.cpu_millis >= 0


@pytest.mark.kinds("unix", "fake")
def test_the_machine_is_read_when_it_is_ours(world: World) -> None:
    world.run("busy", "burn")
    world.engine.host_usage()
    time.sleep(0.5)
    sample = world.engine.host_usage()
    assert sample is not None
    assert (sample.container_id, sample.name) == (None, None)
    info = world.engine.info()
    assert 300 < sample.cpu_millis <= info.cpu_count * 1050
    assert 0 < sample.memory_bytes < sample.memory_limit_bytes
    assert abs(sample.memory_limit_bytes - info.memory_bytes) < 1 << 20


@pytest.mark.kinds("tcp")
def test_the_machine_is_not_read_over_a_network(world: World) -> None:
    assert world.engine.host_usage() is None
    assert world.engine.info().data_root_free_bytes is None
