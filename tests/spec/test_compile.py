"""containers/compile.py: the engine body, whole and part by part."""

from typing import Any

import pytest
from hypothesis import given, settings

from containers.compile import Port, engine_body, volume_name
from containers.policy import ProjectPolicy, refusals
from containers.spec import ContainerSpec, parse, spec_hash
from tests.spec.strategies import specs
from tests.spec.test_parse import FULL, base


def body_of(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "container_id": "c-1",
        "slot_id": "s-1",
        "cluster": "cl",
        "project": "shop",
        "image_ref": "registry:5000/shop/web@sha256:" + "0a" * 32,
    }
    return engine_body(parse(data), **(given | more))


def test_the_whole_body_of_a_full_spec() -> None:
    ports = [Port(80, "udp", "10.0.0.1", 8080)]
    assert body_of(FULL, ports=ports, network="orc-shop") == {
        "Image": "registry:5000/shop/web@sha256:" + "0a" * 32,
        "Cmd": ["serve"],
        "Entrypoint": ["/bin/web"],
        "Env": ["A=1\n2", "B=2"],
        "Labels": {
            "team": "shop",
            "orchestra.cluster": "cl",
            "orchestra.role": "workload",
            "orchestra.container": "c-1",
            "orchestra.slot": "s-1",
            "orchestra.spec": spec_hash(parse(FULL)),
            "orchestra.project": "shop",
        },
        "User": "1000:1000",
        "WorkingDir": "/app",
        "StopSignal": "SIGINT",
        "StopTimeout": 3,
        "ExposedPorts": {"80/udp": {}},
        "Healthcheck": {
            "Test": ["CMD-SHELL", "curl -f http://localhost"],
            "Interval": 1_000_000_000,
            "Timeout": 2_000_000_000,
            "Retries": 4,
            "StartPeriod": 5_000_000_000,
        },
        "HostConfig": {
            "RestartPolicy": {"Name": "no"},
            "PidsLimit": 4096,
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
            "SecurityOpt": ["no-new-privileges:true"],
            "Init": False,
            "ReadonlyRootfs": True,
            "Memory": 512 * 1024**2,
            "MemorySwap": 512 * 1024**2,
            "MemoryReservation": 256 * 1024**2,
            "CpuPeriod": 100_000,
            "CpuQuota": 100_000,
            "CpuShares": 512,
            "PortBindings": {"80/udp": [{"HostIp": "10.0.0.1", "HostPort": "8080"}]},
            "Mounts": [{"Type": "volume", "Source": "orc-shop.data", "Target": "/data/x", "ReadOnly": True}],
            "Tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=16777216"},
            "NetworkMode": "orc-shop",
        },
    }


def test_the_least_body_leaves_the_images_own_answers() -> None:
    body = body_of(base())
    assert set(body) == {"Image", "Env", "Labels", "StopTimeout", "HostConfig"}
    assert set(body["HostConfig"]) == {
        *("RestartPolicy", "PidsLimit", "LogConfig", "SecurityOpt", "Init", "ReadonlyRootfs")
    }


@pytest.mark.parametrize("restart", ["none", "on-failure", "always"])
def test_the_engine_never_restarts(restart: str) -> None:
    assert body_of(base(restart=restart))["HostConfig"]["RestartPolicy"] == {"Name": "no"}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, {}),
        ({"cpu": "0.001"}, {"CpuShares": 2}),
        ({"cpu": 1024}, {"CpuShares": 262_144}),
        ({"memory": "1m"}, {}),
        ({"memory": "6m"}, {"MemoryReservation": 6 * 1024**2}),
        ({"memory_limit": "6m"}, {"Memory": 6 * 1024**2, "MemorySwap": 6 * 1024**2}),
        ({"cpu_limit": "0.01"}, {"CpuPeriod": 100_000, "CpuQuota": 1_000}),
        ({"cpu_limit": "2.5"}, {"CpuPeriod": 100_000, "CpuQuota": 250_000}),
    ],
)
def test_limits_are_hard_and_requests_are_weights(resources: dict[str, Any], expected: dict[str, int]) -> None:
    host_config = body_of(base(resources=resources))["HostConfig"]
    asked = ("Memory", "MemorySwap", "MemoryReservation", "CpuPeriod", "CpuQuota", "CpuShares", "NanoCpus")
    assert {key: host_config[key] for key in asked if key in host_config} == expected


def test_an_empty_entrypoint_is_sent() -> None:
    assert body_of(base(entrypoint=[]))["Entrypoint"] == []


def test_none_switches_the_images_check_off() -> None:
    for check in ({"test": ["NONE"]}, {"http": {"port": 80}}, {"tcp": {"port": 80}}):
        assert body_of(base(health_check=check))["Healthcheck"] == {"Test": ["NONE"]}


def test_one_container_port_may_have_two_host_ports() -> None:
    ports = [Port(80, "tcp", "10.0.0.1", 20000), Port(80, "tcp", "10.0.0.1", 20001)]
    assert body_of(base(), ports=ports)["HostConfig"]["PortBindings"] == {
        "80/tcp": [{"HostIp": "10.0.0.1", "HostPort": "20000"}, {"HostIp": "10.0.0.1", "HostPort": "20001"}]
    }


def test_volumes_of_two_projects_never_share_a_name() -> None:
    assert volume_name("a", "b-c") != volume_name("a-b", "c")


def test_bodies_share_nothing_that_could_be_changed() -> None:
    first, second = body_of(base()), body_of(base())
    first["HostConfig"]["LogConfig"]["Config"]["max-file"] = "9"
    first["HostConfig"]["SecurityOpt"].append("seccomp=unconfined")
    assert second == body_of(base())


def test_our_labels_win_even_over_a_spec_that_was_never_parsed() -> None:
    spec = ContainerSpec(name="web", image="nginx", labels=(("orchestra.project", "other"), ("orchestra.role", "x")))
    body = engine_body(spec, container_id=1, slot_id=1, cluster="cl", project="shop", image_ref="nginx")
    assert (body["Labels"]["orchestra.project"], body["Labels"]["orchestra.role"]) == ("shop", "workload")


@given(specs)
@settings(max_examples=100, deadline=None)
def test_no_label_of_a_user_replaces_ours(data: dict[str, Any]) -> None:
    labels = body_of(data)["Labels"]
    assert labels["orchestra.project"] == "shop"
    assert len([key for key in labels if key.lower().startswith("orchestra.")]) == 6


def test_gpus_are_asked_for_by_the_names_that_were_booked_and_a_share_is_the_same_device() -> None:
    wanted = base(resources={"gpus": {"count": 2}})
    assert "DeviceRequests" not in body_of(wanted)["HostConfig"]
    found = body_of(wanted, gpus=["GPU-1", "GPU-7"])
    assert found["HostConfig"]["DeviceRequests"] == [{"DeviceIDs": ["GPU-1", "GPU-7"], "Capabilities": [["gpu"]]}]
    assert refusals(found, ProjectPolicy()) == []
    shared = body_of(base(resources={"gpus": {"share": "0.5"}}), gpus=["GPU-1"])
    assert shared["HostConfig"]["DeviceRequests"] == [{"DeviceIDs": ["GPU-1"], "Capabilities": [["gpu"]]}]
