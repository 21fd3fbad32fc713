"""containers/policy: every compiled body passes; what is dangerous is refused by name, in every spelling."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers.compile import Port
from containers.policy import ProjectPolicy, refusals
from tests.spec.strategies import broken, json_values, specs
from tests.spec.test_compile import body_of
from tests.spec.test_parse import FULL, base

DEFAULT = ProjectPolicy()
PORTS = [Port(80, "tcp", "10.0.0.1", 20000)]
bodies = specs.map(lambda data: body_of(data, ports=PORTS))


def full() -> dict[str, Any]:
    return body_of(FULL, ports=PORTS, network="orc-shop")


def host(**fields: Any) -> dict[str, Any]:
    body = full()
    body["HostConfig"].update(fields)
    return body


def pointers(body: dict[str, Any], policy: ProjectPolicy = DEFAULT) -> list[str]:
    return [refusal.pointer for refusal in refusals(body, policy)]


@given(bodies)
@settings(max_examples=150, deadline=None)
def test_every_compiled_body_of_every_valid_spec_passes(body: dict[str, Any]) -> None:
    assert refusals(body, DEFAULT) == []


def volume(**fields: Any) -> list[dict[str, Any]]:
    return [{"Type": "volume", "Source": "orc-shop.data", "Target": "/data", **fields}]


SOCKET_SPELLINGS = [
    "/var/run/docker.sock",
    "/var/run/docker.sock/",
    "/run/docker.sock",
    "//var/run/docker.sock",
    "/var//run///docker.sock",
    "/var/run/../run/docker.sock",
    "/var/run/./docker.sock",
    "/var/run/docker.sock/.",
    "/proc/1/root/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
]
FOLDERS_OF_SOCKETS = ["/", "//", "/run", "/run/", "/var/run", "/var/run/", "/var", "/run/containerd", "/./", "/run/.."]


def gpus(**changes: Any) -> dict[str, Any]:
    """One request as compile makes it, changed."""
    return {"DeviceIDs": ["0"], "Capabilities": [["gpu"]]} | changes


DANGEROUS: list[tuple[str, Any]] = [
    ("Privileged", True),
    ("Privileged", "true"),
    ("Privileged", 1),
    ("privileged", True),
    ("PRIVILEGED", False),
    ("PidMode", "host"),
    ("PidMode", ""),
    ("pidmode", "host"),
    ("IpcMode", "host"),
    ("UTSMode", "host"),
    ("UsernsMode", "host"),
    ("CgroupnsMode", "host"),
    ("NetworkMode", "host"),
    ("NetworkMode", "container:orc-1"),
    ("NetworkMode", "orc-other"),
    ("NetworkMode", "orc-shopping"),
    ("NetworkMode", None),
    ("Devices", []),
    ("Devices", [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
    ("DeviceRequests", [{"Count": -1}]),
    ("DeviceRequests", []),
    ("DeviceRequests", [gpus(Count=-1)]),
    ("DeviceRequests", [gpus(Driver="nvidia")]),
    ("DeviceRequests", [gpus(Options={"visible": "all"})]),
    ("DeviceRequests", [gpus(deviceids=["all"])]),
    ("DeviceRequests", [gpus(Capabilities=[["gpu", "utility"]])]),
    ("DeviceRequests", [gpus(Capabilities=[["disk"]])]),
    ("DeviceRequests", [gpus(DeviceIDs=[])]),
    ("DeviceRequests", [gpus(DeviceIDs=["all"])]),
    ("DeviceRequests", [gpus(DeviceIDs=["0,1"])]),
    ("DeviceRequests", [gpus(DeviceIDs=["0", "0"])]),
    ("DeviceRequests", [gpus(DeviceIDs=[0])]),
    ("DeviceRequests", [gpus(), gpus(DeviceIDs=["1"])]),
    ("DeviceRequests", gpus()),
    ("DeviceCgroupRules", ["a *:* rwm"]),
    ("SecurityOpt", ["no-new-privileges:true", "seccomp=unconfined"]),
    ("SecurityOpt", ["no-new-privileges:true", "apparmor=unconfined"]),
    ("SecurityOpt", ["no-new-privileges:false"]),
    ("SecurityOpt", []),
    ("SecurityOpt", "no-new-privileges"),
    ("Sysctls", {"net.ipv4.ip_forward": "1"}),
    ("CapAdd", ["SYS_ADMIN"]),
    ("CapAdd", ["CAP_SYS_ADMIN"]),
    ("CapAdd", ["cap_net_raw"]),
    ("CapAdd", ["ALL"]),
    ("CapAdd", "ALL"),
    ("CapAdd", ["CHOWN", None]),
    ("VolumesFrom", ["other"]),
    ("VolumeDriver", "x"),
    ("Links", ["db"]),
    ("CgroupParent", "/"),
    ("Runtime", "x"),
    ("OomKillDisable", True),
    ("OomScoreAdj", -1000),
    ("Isolation", "x"),
    ("MaskedPaths", []),
    ("ReadonlyPaths", []),
    ("ExtraHosts", ["a:b"]),
    ("NanoCpus", 1),
    ("SomethingNew", 1),
    ("RestartPolicy", {"Name": "always"}),
    ("RestartPolicy", {"Name": "on-failure", "MaximumRetryCount": 3}),
    ("RestartPolicy", {"Name": "no", "name": "always"}),
    ("RestartPolicy", None),
    ("PidsLimit", 0),
    ("PidsLimit", -1),
    ("PidsLimit", True),
    ("PidsLimit", None),
    ("PidsLimit", 10**9),
    ("Memory", 0),
    ("MemorySwap", -1),
    ("CpuQuota", -1),
    ("LogConfig", {"Type": "syslog", "Config": {"syslog-address": "tcp://10.0.0.1"}}),
    ("LogConfig", {"Type": "json-file", "Config": {}}),
    ("LogConfig", {"Type": "json-file", "Config": {"max-size": "-1", "max-file": "3"}}),
    ("LogConfig", {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3", "env": "A"}}),
    ("LogConfig", {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}, "type": "syslog"}),
    ("PortBindings", {"80/tcp": [{"HostIp": "", "HostPort": ""}]}),
    ("PortBindings", {"80/tcp": [{"HostIp": "", "HostPort": "0"}]}),
    ("PortBindings", {"80/tcp": [{"HostIp": "", "HostPort": "8000-8010"}]}),
    ("PortBindings", {"80/tcp": None}),
    ("Tmpfs", {"/tmp": ""}),
    ("Tmpfs", {"/tmp": "rw,exec,size=1"}),
    ("Tmpfs", {"/tmp": "size=1,dev,suid"}),
    ("Tmpfs", {"/": "size=1"}),
    ("Tmpfs", {"/a/../..": "size=1"}),
    ("Mounts", volume(Type="bind", Source="/")),
    ("Mounts", volume(Type="bind", Source="/etc")),
    ("Mounts", volume(Type="Bind", Source="/etc")),
    ("Mounts", volume(Type="npipe")),
    ("Mounts", volume(Type="tmpfs")),
    ("Mounts", volume(type="bind")),
    ("Mounts", volume(source="/etc")),
    ("Mounts", volume(Source="/etc")),
    ("Mounts", volume(Source="data")),
    ("Mounts", volume(Source="orc-other.data")),
    ("Mounts", volume(Source="orc-shop.")),
    ("Mounts", volume(Source="orc-shop.a/../b")),
    ("Mounts", volume(Source="")),
    ("Mounts", volume(Target="/")),
    ("Mounts", volume(Target="/data/../..")),
    ("Mounts", volume(BindOptions={"Propagation": "shared"})),
    ("Mounts", volume(VolumeOptions={"DriverConfig": {"Options": {"o": "bind", "device": "/etc"}}})),
    ("Mounts", volume(VolumeOptions={})),
    ("Mounts", {"Type": "bind"}),
    ("Mounts", ["/:/host"]),
    ("Binds", ["/:/host"]),
    ("Binds", ["/etc:/x:ro"]),
    ("Binds", ["data:/data"]),
    ("Binds", ["orc-other.data:/data"]),
    ("Binds", "/:/host"),
    ("Binds", [None]),
    *(("Binds", [f"{path}:/x"]) for path in [*SOCKET_SPELLINGS, *FOLDERS_OF_SOCKETS]),
    *(("Mounts", volume(Type="bind", Source=path)) for path in [*SOCKET_SPELLINGS, *FOLDERS_OF_SOCKETS]),
]


@pytest.mark.parametrize(("key", "value"), DANGEROUS)
def test_a_dangerous_host_config_is_refused_at_its_field(key: str, value: Any) -> None:
    found = pointers(host(**{key: value}))
    assert found
    assert all(pointer.startswith(f"/HostConfig/{key}") for pointer in found if "/MemorySwap" not in pointer)


@pytest.mark.parametrize("spelling", SOCKET_SPELLINGS)
def test_the_socket_is_refused_by_its_own_words_even_below_a_granted_folder(spelling: str) -> None:
    granted = ProjectPolicy(allowed_bind_prefixes=("/var", "/run", "/proc", "/"))
    for body in (host(Binds=[f"{spelling}:/x"]), host(Mounts=volume(Type="bind", Source=spelling))):
        assert any("engine's socket" in refusal.message for refusal in refusals(body, granted))


@pytest.mark.parametrize("folder", FOLDERS_OF_SOCKETS)
def test_a_folder_that_holds_the_socket_is_refused_even_when_granted(folder: str) -> None:
    granted = ProjectPolicy(allowed_bind_prefixes=("/var", "/run", "/"))
    assert pointers(host(Binds=[f"{folder}:/x"]), granted)
    assert pointers(host(Mounts=volume(Type="bind", Source=folder)), granted)


@pytest.mark.parametrize("respell", [str.lower, str.upper, lambda key: key[0].lower() + key[1:], lambda key: f"{key} "])
def test_a_second_spelling_of_a_key_is_refused_even_with_a_good_value(respell: Callable[[str], str]) -> None:
    """The engine would take either of the two."""
    for key, value in full().items():
        assert f"/{respell(key)}" in pointers(full() | {respell(key): value})
    for key, value in full()["HostConfig"].items():
        assert f"/HostConfig/{respell(key)}" in pointers(host(**{respell(key): value}))
    for key, value in volume()[0].items():
        assert pointers(host(Mounts=volume(**{respell(key): value})))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Privileged", True),
        ("privileged", True),
        ("hostconfig", {"privileged": True}),
        ("HOSTCONFIG", {}),
        ("Binds", ["/:/x"]),
        ("PidMode", "host"),
        ("NetworkingConfig", {}),
        ("Volumes", {"/x": {}}),
        ("Domainname", "x"),
        ("Hostname", "x"),
        ("MacAddress", "x"),
        ("Env", [1]),
        ("Cmd", "sh"),
        ("Image", ""),
        ("Healthcheck", {"Test": [], "test": []}),
        ("StopTimeout", -1),
        ("ExposedPorts", {"80": {}}),
        ("HostConfig", None),
        ("HostConfig", []),
        ("Labels", None),
    ],
)
def test_the_top_level_is_an_allow_list_too(key: str, value: Any) -> None:
    assert f"/{key}" in {"/" + pointer.split("/")[1] for pointer in pointers(full() | {key: value})}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("orchestra.other", "x"),
        ("Orchestra.role", "x"),
        ("ORCHESTRA.", "x"),
        (" orchestra.role", "x"),
        ("orchestra.role", "admin"),
        ("orchestra.cluster", ""),
        ("team", 5),
    ],
)
def test_labels_under_orchestra_are_ours(key: str, value: Any) -> None:
    body = full()
    body["Labels"][key] = value
    assert pointers(body)


@pytest.mark.parametrize("label", ["cluster", "role", "container", "slot", "spec", "project"])
def test_our_labels_are_always_there(label: str) -> None:
    body = full()
    del body["Labels"][f"orchestra.{label}"]
    assert f"/Labels/orchestra.{label}" in pointers(body)


@pytest.mark.parametrize("key", ["RestartPolicy", "PidsLimit", "LogConfig", "SecurityOpt", "MemorySwap", "CpuPeriod"])
def test_what_is_always_set_cannot_be_left_out(key: str) -> None:
    body = full()
    del body["HostConfig"][key]
    assert pointers(body)


RELAXED: list[tuple[dict[str, Any], Callable[[], dict[str, Any]]]] = [
    ({"allow_privileged": True}, lambda: host(Privileged=True)),
    ({"allow_host_network": True}, lambda: host(NetworkMode="host")),
    ({"extra_capabilities": ["net_admin", "CAP_SYS_TIME"]}, lambda: host(CapAdd=["NET_ADMIN", "cap_sys_time"])),
    ({"allowed_bind_prefixes": ["/srv/"]}, lambda: host(Binds=["/srv/x:/x:ro", "/srv:/y", "//srv//z/:/z"])),
    ({"allowed_bind_prefixes": ["/srv"]}, lambda: host(Mounts=volume(Type="bind", Source="/srv/x"))),
]


@pytest.mark.parametrize(("granted", "body"), RELAXED)
def test_a_relaxation_allows_what_it_names_and_says_so(
    granted: dict[str, Any], body: Callable[[], dict[str, Any]]
) -> None:
    policy = ProjectPolicy.from_json(granted)
    assert refusals(body(), policy) == []
    assert pointers(body())
    assert list(policy.relaxed())


@pytest.mark.parametrize("source", ["/srv2", "/srv/../etc", "/srv/./x", "/sr", "srv", "", "/srvx/y"])
def test_a_granted_folder_ends_at_its_border(source: str) -> None:
    policy = ProjectPolicy.from_json({"allowed_bind_prefixes": ["/srv"]})
    assert pointers(host(Binds=[f"{source}:/x"]), policy)
    assert pointers(host(Mounts=volume(Type="bind", Source=source)), policy)


def test_privileged_grants_nothing_else() -> None:
    policy = ProjectPolicy(allow_privileged=True)
    for key, value in (("NetworkMode", "host"), ("Binds", ["/:/x"]), ("CapAdd", ["ALL"]), ("PidMode", "host")):
        assert pointers(host(**{key: value}), policy)


def invariants(body: dict[str, Any]) -> bool:
    """What must hold for a body that passes, said a second time and independently of the policy's own code."""
    config = body["HostConfig"]
    keys = {key.lower() for key in (*body, *config)}
    return (
        len(keys & {"privileged", "pidmode", "ipcmode", "utsmode", "usernsmode", "devices", "sysctls", "binds"}) == 0
        and len([key for key in body if key.lower() == "hostconfig"]) == 1
        and config["RestartPolicy"] == {"Name": "no"}
        and 0 < config["PidsLimit"] <= 65536
        and any(option.startswith("no-new-privileges") for option in config["SecurityOpt"])
        and not any("unconfined" in option or "disable" in option for option in config["SecurityOpt"])
        and all(mount["Type"] == "volume" and mount["Source"][:9] == "orc-shop." for mount in config.get("Mounts", []))
        and config.get("NetworkMode") in (None, "default", "bridge", "orc-shop")
        and config.get("Memory") == config.get("MemorySwap")
        and "max-size" in config["LogConfig"]["Config"]
        and body["Labels"]["orchestra.cluster"] != ""
    )


@given(broken(bodies))
@settings(max_examples=600, deadline=None)
def test_whatever_is_changed_in_a_body_it_is_refused_or_harmless(body: Any) -> None:
    if isinstance(body, dict) and body.get("Labels", {}) and not refusals(body, DEFAULT):
        assert invariants(body) or body["Labels"]["orchestra.project"] != "shop"


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from(["Labels", "HostConfig", "Image"]), json_values))
@settings(max_examples=200, deadline=None)
def test_no_body_makes_the_policy_fail(body: dict[str, Any]) -> None:
    assert refusals(body, DEFAULT)
    assert refusals(full() | {"HostConfig": body}, DEFAULT)
    for refusal in refusals(full() | body, DEFAULT):
        (refusal.pointer + refusal.message).encode()


@given(st.sampled_from(DANGEROUS), bodies)
@settings(max_examples=200, deadline=None)
def test_no_spec_makes_a_dangerous_field_harmless(dangerous: tuple[str, Any], body: dict[str, Any]) -> None:
    key, value = dangerous
    body["HostConfig"][key] = value
    assert refusals(body, DEFAULT)


def test_a_body_of_the_plainest_spec_passes() -> None:
    assert refusals(body_of(base()), DEFAULT) == []
