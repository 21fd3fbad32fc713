"""GPUs and engines: which ones an engine knows of, and what it says when it cannot give one out."""

from __future__ import annotations

import pytest

from containers.compile import device_requests
from hosts.engine import open_engine
from hosts.engine.docker.read import gpus_of
from hosts.engine.errors import DeviceRefused
from tests.engine.world import FakeWorld, World
from tests.lab.host import LabHost


def test_without_a_driver_the_engine_says_so_at_the_start(world: World) -> None:
    world.make("one", "wait", **device_requests(["GPU-1"]))
    with pytest.raises(DeviceRefused, match=r'could not select device driver "" with capabilities: \[\[gpu\]\]'):
        world.engine.start("one")
    assert world.engine.inspect("one").state == "created"
    assert world.engine.info().gpus == ()


def test_the_fake_gives_out_the_devices_it_has() -> None:
    world = FakeWorld()
    world.host.gpus = ("GPU-1", "GPU-2")
    world.run("one", "wait", **device_requests(["GPU-2"]))
    world.run("two", "wait", **device_requests(["GPU-2"]))
    world.make("three", "wait", **device_requests(["GPU-2", "GPU-3"]))
    with pytest.raises(DeviceRefused, match="GPU-3: unknown device"):
        world.engine.start("three")
    assert world.host.running() == ["one", "two"]
    assert world.engine.info().gpus == ("GPU-1", "GPU-2")


@pytest.mark.engine
def test_an_engine_names_the_devices_that_its_operator_told_it_of(engines: list[LabHost]) -> None:
    host = engines[2]
    told = ["NVIDIA-GPU=GPU-45cbf7b3", "NVIDIA-GPU=GPU-bcf5a1d2", "SSD=3"]
    host.stop()
    host.launch(*(word for one in told for word in ("--node-generic-resource", one)))
    host.await_engine()
    try:
        engine = open_engine(host.unix, cluster="suite")
        assert sorted(engine.info().gpus) == ["GPU-45cbf7b3", "GPU-bcf5a1d2"]
        engine.close()
    finally:
        host.stop()
        host.start()


@pytest.mark.parametrize(
    ("resources", "gpus"),
    [
        (None, ()),
        ([{"DiscreteResourceSpec": {"Kind": "SSD", "Value": 3}}], ()),
        ([{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 2}}], ("0", "1")),
        ([{"NamedResourceSpec": {"Kind": "GPU", "Value": name}} for name in ("b", "a", "b")], ("b", "a")),
        ([{"NamedResourceSpec": {"Kind": "nvidia_gpu", "Value": "MIG-6c1f"}}], ("MIG-6c1f",)),
        ([{"NamedResourceSpec": {"Kind": "gpus-of-others", "Value": "x"}}], ()),
        ([{"NamedResourceSpec": {"Kind": "NVIDIA-GPU", "Value": "a,b"}}], ()),
    ],
)
def test_only_what_is_called_a_gpu_is_one(resources: object, gpus: tuple[str, ...]) -> None:
    assert gpus_of(resources) == gpus
