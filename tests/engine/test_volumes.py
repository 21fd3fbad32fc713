"""Volumes and the marker: named ones outlive their containers, ours is told from another cluster's."""

from __future__ import annotations

from typing import Any

import pytest

from hosts.engine.errors import Conflict
from tests.engine.world import FakeWorld, RealWorld, World


def volume_names(world: World) -> set[str]:
    """Asked behind the client's back."""
    if isinstance(world, FakeWorld):
        return set(world.host.volumes)
    assert isinstance(world, RealWorld)
    return {volume["Name"] for volume in world.host.api("GET", "/volumes")["Volumes"] or ()}


def test_named_volumes_outlive_the_container_and_anonymous_ones_do_not(world: World) -> None:
    world.engine.ensure_volume("orc-default-data", labels={"orchestra.project": "default"})
    mounts: list[dict[str, Any]] = [{"Type": "volume", "Source": "orc-default-data", "Target": "/data"}]
    world.engine.pull(world.image("act:1"))
    body = {**world.body("wait", Mounts=mounts), "Volumes": {"/scratch": {}}}
    before = volume_names(world)
    world.engine.create("one", body)
    world.engine.start("one")
    assert len(volume_names(world) - before) == 1
    world.engine.remove("one")
    assert volume_names(world) == before
    assert "orc-default-data" in before


def test_ensuring_a_volume_twice_is_silent(world: World) -> None:
    for _ in range(2):
        world.engine.ensure_volume("orc-default-data", labels={"orchestra.project": "default"})
    assert volume_names(world) == {"orc-default-data"}


@pytest.mark.kinds("unix", "tcp")
def test_a_volume_that_opens_the_host_is_refused(world: World) -> None:
    assert isinstance(world, RealWorld)
    options = {"type": "none", "o": "bind", "device": "/etc"}
    world.host.api("POST", "/volumes/create", {"Name": "orc-default-evil", "DriverOpts": options})
    with pytest.raises(Conflict, match="orc-default-evil"):
        world.engine.ensure_volume("orc-default-evil", labels={})


def test_the_marker_is_written_replaced_and_read(world: World) -> None:
    assert world.engine.read_marker() is None
    world.engine.write_marker("1111")
    assert world.open().read_marker() == "1111"
    world.engine.write_marker("2222")
    world.engine.write_marker("2222")
    assert world.engine.read_marker() == "2222"
    assert len(volume_names(world)) == 1


def test_each_cluster_has_its_own_marker(world: World) -> None:
    other = world.open(cluster="other")
    world.engine.write_marker("1111")
    assert other.read_marker() is None
    other.write_marker("3333")
    assert (world.engine.read_marker(), other.read_marker()) == ("1111", "3333")
