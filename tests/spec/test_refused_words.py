"""Fields that are refused, misspelt, or known from Docker and Compose: each gets its own answer."""

from typing import Any

import pytest

from containers.spec import FieldError, SpecErrors, parse


def errors_of(**fields: Any) -> list[FieldError]:
    with pytest.raises(SpecErrors) as caught:
        parse({"name": "web", "image": "nginx", **fields})
    return list(caught.value.errors)


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("privileged", True, "default capabilities"),
        ("privileged", False, "default capabilities"),
        ("Privileged", True, "default capabilities"),
        ("network_mode", "host", "ports"),
        ("NetworkMode", "host", "ports"),
        ("pid", "host", "its own"),
        ("PidMode", "host", "its own"),
        ("ipc", "host", "/dev/shm"),
        ("uts", "host", "its own"),
        ("userns_mode", "host", "user"),
        ("devices", ["/dev/kvm"], "constraints"),
        ("DeviceRequests", [{"Count": -1}], '{"gpus": {"count": 1}}'),
        ("security_opt", ["seccomp=unconfined"], "no-new-privileges"),
        ("sysctls", {"net.core.somaxconn": "1"}, "constraints"),
        ("cap_add", ["ALL"], "leave it out"),
        ("CapAdd", ["ALL"], "leave it out"),
        ("cap_drop", ["ALL"], "user"),
        ("binds", ["/:/host"], '"path": "/data"'),
        ("volumes_from", ["other"], "same volume"),
        ("links", ["db"], "ports"),
        ("HostConfig", {"Privileged": True}, "Orchestra's fields"),
        ("cgroup_parent", "/", "resources"),
        ("oom_kill_disable", True, "memory_limit"),
    ],
)
def test_a_refused_field_says_why_and_what_instead(key: str, value: Any, instead: str) -> None:
    (error,) = errors_of(**{key: value})
    assert (error.pointer, error.code) == (f"/{key}", "forbidden")
    assert instead in error.message


SOCKETS = ["/var/run/docker.sock", "/run/docker.sock", "//var/run/../run/docker.sock/"]


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ("/:/host", "/volumes/0"),
        ("/etc:/x", "/volumes/0"),
        ("/etc:/x:ro", "/volumes/0"),
        ("./src:/x", "/volumes/0"),
        ("../src:/x", "/volumes/0"),
        ("~/src:/x", "/volumes/0"),
        ("$HOME:/x", "/volumes/0"),
        ("C:\\data:/x", "/volumes/0"),
        ("src/sub:/x", "/volumes/0"),
        ({"type": "bind", "source": "/", "target": "/x"}, "/volumes/0/type"),
        ({"Type": "bind", "Source": "/", "Target": "/x"}, "/volumes/0"),
        ({"source": "/etc", "target": "/x"}, "/volumes/0"),
        ({"name": "/etc", "path": "/x"}, "/volumes/0/name"),
        ({"name": "../etc", "path": "/x"}, "/volumes/0/name"),
        ({"name": "data", "path": "/x", "driver_opts": {"o": "bind", "device": "/"}}, "/volumes/0/driver_opts"),
        ({"name": "data", "path": "/x", "driver": "local"}, "/volumes/0/driver"),
        *((f"{socket}:/x", "/volumes/0") for socket in SOCKETS),
        *(({"type": "bind", "source": socket, "target": "/x"}, "/volumes/0/type") for socket in SOCKETS),
    ],
)
def test_a_bind_is_refused_in_every_spelling(entry: Any, pointer: str) -> None:
    (error,) = errors_of(volumes=[entry])
    assert (error.pointer, error.code) == (pointer, "forbidden")
    assert ("socket" in error.message) == any(socket in str(entry) for socket in SOCKETS)


def test_a_list_of_mounts_names_each_bind() -> None:
    mounts = [{"type": "volume", "source": "data", "target": "/d"}, {"type": "bind", "source": "/etc", "target": "/x"}]
    found = errors_of(mounts=mounts)
    assert [error.pointer for error in found] == ["/mounts", "/mounts/1/type"]
    assert "did you mean volumes" in found[0].message


@pytest.mark.parametrize(
    ("fields", "pointer", "meant"),
    [
        ({"imge": "x"}, "/imge", "image"),
        ({"Command": []}, "/Command", "command"),
        ({"environment": {}}, "/environment", "env"),
        ({"healthcheck": {}}, "/healthcheck", "health_check"),
        ({"mem_limit": "1g"}, "/mem_limit", "resources.memory_limit"),
        ({"cpus": 1}, "/cpus", "resources.cpu_limit"),
        ({"working_dir": "/"}, "/working_dir", "workdir"),
        ({"stop_grace_period": "1s"}, "/stop_grace_period", "stop_grace"),
        ({"resources": {"cpus": 1}}, "/resources/cpus", "cpu_limit"),
        ({"resources": {"memroy": 1}}, "/resources/memroy", "memory"),
        ({"health_check": {"test": "x", "start-period": 1}}, "/health_check/start-period", "start_period"),
    ],
)
def test_a_misspelt_field_is_guessed(fields: dict[str, Any], pointer: str, meant: str) -> None:
    (error,) = errors_of(**fields)
    assert (error.pointer, error.code) == (pointer, "unknown")
    assert f"did you mean {meant}?" in error.message


def test_a_strange_field_gets_the_list_of_fields() -> None:
    (error,) = errors_of(xyzzy=1)
    assert "the fields are name, image, command" in error.message
