"""containers/spec: what parse reads, and every limit with its pointer and its words."""

from typing import Any

import pytest

from containers.spec import (
    Constraint,
    ContainerSpec,
    HealthCheck,
    HttpProbe,
    PortSpec,
    Resources,
    SpecErrors,
    TcpProbe,
    TmpfsMount,
    VolumeMount,
    parse,
    parse_constraint,
)

FULL: dict[str, Any] = {
    "name": "web",
    "image": "registry:5000/shop/web:1.4",
    "command": ["serve"],
    "entrypoint": ["/bin/web"],
    "env": {"B": "2", "A": "1\n2"},
    "labels": {"team": "shop"},
    "ports": [{"container_port": 80, "protocol": "udp", "host_port": 8080, "host_address": "0.0.0.0"}],
    "volumes": [{"name": "data", "path": "/data//x/", "read_only": True}],
    "tmpfs": [{"path": "/tmp", "size": "16m"}],
    "resources": {"cpu": "0.5", "memory": "256m", "cpu_limit": 1, "memory_limit": "512m"},
    "user": "1000:1000",
    "workdir": "/app",
    "init": False,
    "stop_signal": "SIGint",
    "stop_grace": 3,
    "read_only": True,
    "health_check": {"test": "curl -f http://localhost", "interval": 1, "timeout": 2, "retries": 4, "start_period": 5},
    "restart": "always",
    "constraints": ["zone=fra,ams", "disk!=hdd", "gpu"],
}


def base(**fields: Any) -> dict[str, Any]:
    return {"name": "web", "image": "nginx", **fields}


def errors_of(data: object) -> dict[str, str]:
    with pytest.raises(SpecErrors) as caught:
        parse(data)
    return {error.pointer: error.message for error in caught.value.errors}


def test_a_full_spec_is_typed() -> None:
    assert parse(FULL) == ContainerSpec(
        name="web",
        image="registry:5000/shop/web:1.4",
        command=("serve",),
        entrypoint=("/bin/web",),
        env=(("A", "1\n2"), ("B", "2")),
        labels=(("team", "shop"),),
        ports=(PortSpec(80, "udp", 8080, "0.0.0.0"),),
        volumes=(VolumeMount("data", "/data/x", read_only=True),),
        tmpfs=(TmpfsMount("/tmp", 16 * 1024**2),),
        resources=Resources(500, 256 * 1024**2, 1000, 512 * 1024**2),
        user="1000:1000",
        workdir="/app",
        init=False,
        stop_signal="INT",
        stop_grace_s=3,
        read_only=True,
        health_check=HealthCheck(("CMD-SHELL", "curl -f http://localhost"), 1, 2, 4, 5),
        restart="always",
        constraints=(
            Constraint("zone", "=", ("ams", "fra")),
            Constraint("disk", "!=", ("hdd",)),
            Constraint("gpu", "exists"),
        ),
    )


def test_the_ways_of_a_health_check() -> None:
    def read(**check: Any) -> HealthCheck | None:
        return parse(base(health_check=check)).health_check

    assert read(http={"port": 80}) == HealthCheck(http=HttpProbe(80, "/", 200, 399))
    assert read(http={"port": 80, "status": 204}) == HealthCheck(http=HttpProbe(80, "/", 204, 204))
    whole = {"port": 80, "path": "/healthz?a=1", "status": "200-299", "host_header": "shop.example.com:8080"}
    assert read(http=whole, retries=1) == HealthCheck(
        http=HttpProbe(80, "/healthz?a=1", 200, 299, "shop.example.com:8080"), retries=1
    )
    assert read(tcp={"port": 5432}, test=None, interval=2) == HealthCheck(tcp=TcpProbe(5432), interval_s=2)


def test_name_and_image_are_enough_and_null_means_not_given() -> None:
    nothing = dict.fromkeys(FULL.keys() - {"name", "image"})
    assert parse(base()) == parse(base(**nothing)) == ContainerSpec(name="web", image="nginx")


def test_ten_terabytes_are_a_valid_wish() -> None:
    assert parse(base(resources={"memory": "10t"})).resources.memory_request_bytes == 10 * 1024**4


def test_all_errors_come_at_once() -> None:
    found = errors_of({"image": "A", "restart": "no", "ports": [{"container_port": 0}, {}], "env": {"A": 1}})
    assert set(found) == {"/name", "/image", "/restart", "/ports/0/container_port", "/ports/1/container_port", "/env/A"}


WRONG: list[tuple[str, Any, str, str]] = [
    ("name", "", "/name", "lower-case"),
    ("name", "Web", "/name", "lower-case"),
    ("name", "-web", "/name", "lower-case"),
    ("name", "a" * 64, "/name", "at most 63"),
    ("name", "web\n", "/name", "U+000A"),
    ("name", 5, "/name", "not a number"),
    ("command", "echo hi", "/command", "list of strings"),
    ("command", ["a", 5], "/command/1", "is a string"),
    ("command", ["a\0"], "/command/0", "U+0000"),
    ("command", ["x"] * 257, "/command", "at most 256"),
    ("command", ["x" * 32769], "/command/0", "at most 32768"),
    ("entrypoint", [""], "/entrypoint/0", "clear the image's entrypoint"),
    ("env", ["A=b"], "/env", '{"NAME": "value"}'),
    ("env", {"A=B": "c"}, "/env/A=B", "without '='"),
    ("env", {"": "c"}, "/env/", "1 to 256"),
    ("env", {"A": None}, "/env/A", "is a string"),
    ("env", {"A": "\x1b[31m"}, "/env/A", "U+001B"),
    ("env", {"A": "\ud800"}, "/env/A", "U+D800"),
    ("env", {"A/~": 1}, "/env/A~1~0", "is a string"),
    ("env", {f"K{n}": "" for n in range(501)}, "/env", "at most 500"),
    ("env", {f"K{n}": "x" * 20000 for n in range(4)}, "/env", "at most 65536"),
    ("labels", {"orchestra.role": "x"}, "/labels/orchestra.role", "never begins"),
    ("labels", {"Orchestra.role": "x"}, "/labels/Orchestra.role", "never begins"),
    ("labels", {f"k{n}": "" for n in range(101)}, "/labels", "at most 100"),
    ("labels", {"a b": "x"}, "/labels/a b", "blanks"),
    ("ports", {"80": 80}, "/ports", "is a list"),
    ("ports", [{"container_port": n} for n in range(1, 52)], "/ports", "at most 50"),
    ("ports", ["8080:80"], "/ports/0", '{"container_port": 80, "host_port": 8080}'),
    ("ports", [80], "/ports/0", '{"container_port": 80}'),
    ("ports", [{"container_port": 65536}], "/ports/0/container_port", "from 1 to 65535"),
    ("ports", [{"container_port": "80"}], "/ports/0/container_port", "whole number"),
    ("ports", [{"container_port": True}], "/ports/0/container_port", "not true"),
    ("ports", [{"container_port": 10**5000}], "/ports/0/container_port", "too many digits"),
    ("ports", [{"container_port": 80, "host_port": 0}], "/ports/0/host_port", "from 1"),
    ("ports", [{"container_port": 80, "protocol": "TCP"}], "/ports/0/protocol", "tcp, udp"),
    ("ports", [{"container_port": 80, "host_address": "localhost"}], "/ports/0/host_address", "IP address"),
    ("ports", [{"container_port": 80, "host_address": "fe80::1%eth0"}], "/ports/0/host_address", "IP address"),
    ("ports", [{"container_port": 80}, {"container_port": 80}], "/ports/1", "twice"),
    ("volumes", ["data:/data"], "/volumes/0", '{"name": "data", "path": "/data"}'),
    ("volumes", ["\x1f\ud800:/x\x1b"], "/volumes/0", '{"name": "data", "path": "/data"}'),
    ("volumes", [{"name": "data", "path": "data"}], "/volumes/0/path", "absolute"),
    ("volumes", [{"name": "data", "path": "/data/../etc"}], "/volumes/0/path", "'..'"),
    ("volumes", [{"name": "data", "path": "/"}], "/volumes/0/path", "nothing can be mounted"),
    ("volumes", [{"name": "data", "path": "//proc/x"}], "/volumes/0/path", "nothing can be mounted"),
    ("volumes", [{"name": "Data!", "path": "/data"}], "/volumes/0/name", "lower-case"),
    ("volumes", [{"path": "/data"}], "/volumes/0/name", "missing"),
    ("volumes", [{"name": "a", "path": "/d"}, {"name": "b", "path": "/d/"}], "/volumes/1/path", "taken by /volumes/0"),
    ("tmpfs", ["/tmp"], "/tmpfs/0", '"size": "64m"'),
    ("tmpfs", [{"path": "/tmp", "size": "1k"}], "/tmpfs/0/size", "from 64 KiB"),
    ("tmpfs", [{"path": "/sys"}], "/tmpfs/0/path", "nothing can be mounted"),
    ("resources", {"cpu": "lots"}, "/resources/cpu", '"500m"'),
    ("resources", {"cpu": 1025}, "/resources/cpu", "to 1024 CPUs"),
    ("resources", {"cpu": float("nan")}, "/resources/cpu", "nan"),
    ("resources", {"cpu": -1}, "/resources/cpu", "negative"),
    ("resources", {"cpu_limit": "0.001"}, "/resources/cpu_limit", "from 0.01 CPU"),
    ("resources", {"memory": "65t"}, "/resources/memory", "to 64 TiB"),
    ("resources", {"memory_limit": "5m"}, "/resources/memory_limit", "from 6 MiB"),
    ("resources", {"memory": "2g", "memory_limit": "1g"}, "/resources/memory_limit", "below the request of 2 GiB"),
    ("resources", {"cpu": 2, "cpu_limit": 1}, "/resources/cpu_limit", "below the request of 2 CPUs"),
    ("resources", {"gpus": 2}, "/resources/gpus", '{"count": 1}'),
    ("resources", {"gpus": {}}, "/resources/gpus/count", "add count"),
    ("resources", {"gpus": {"models": ["A100"]}}, "/resources/gpus/count", "add count"),
    ("resources", {"gpus": {"count": 0}}, "/resources/gpus/count", "from 1 to 64"),
    ("resources", {"gpus": {"count": 1, "share": "0.5"}}, "/resources/gpus/share", "remove one of them"),
    ("resources", {"gpus": {"share": 1}}, "/resources/gpus/share", "for whole ones write count"),
    ("resources", {"gpus": {"share": "half"}}, "/resources/gpus/share", '"500m"'),
    ("resources", {"gpus": {"count": 1, "models": "A100"}}, "/resources/gpus/models", '["A100"]'),
    ("resources", {"gpus": {"count": 1, "models": ["A100,T4"]}}, "/resources/gpus/models/0", "like A100"),
    ("resources", {"gpus": {"count": 1, "device_ids": ["0"]}}, "/resources/gpus/device_ids", "no field"),
    ("user", "a b", "/user", "1000:1000"),
    ("user", "1000:", "/user", "1000:1000"),
    ("user", str(2**31), "/user", "go up to"),
    ("user", 1000, "/user", "not a number"),
    ("workdir", "app", "/workdir", "absolute"),
    ("workdir", "/a/./b", "/workdir", "write '/a/b'"),
    ("init", "yes", "/init", "true or false"),
    ("init", 1, "/init", "true or false"),
    ("stop_signal", "SIGFOO", "/stop_signal", "one of TERM"),
    ("stop_signal", "STOP", "/stop_signal", "one of TERM"),
    ("stop_signal", 15, "/stop_signal", "one of TERM"),
    ("stop_grace", -1, "/stop_grace", "from 0 to 3600"),
    ("stop_grace", "10s", "/stop_grace", "in seconds"),
    ("stop_grace", 1.5, "/stop_grace", "whole number"),
    ("health_check", "curl", "/health_check", '"test"'),
    ("health_check", {}, "/health_check/test", "missing; add test"),
    ("health_check", {"test": None, "tcp": None}, "/health_check/test", "missing; add test"),
    ("health_check", {"test": "x", "tcp": {"port": 1}}, "/health_check/tcp", "has test and tcp; remove all but one"),
    ("health_check", {"http": {"port": 1}, "tcp": {"port": 1}}, "/health_check/tcp", "has http and tcp"),
    ("health_check", {"http": 80}, "/health_check/http", '{"port": 80, "path": "/healthz"}'),
    ("health_check", {"http": {}}, "/health_check/http/port", "missing"),
    ("health_check", {"http": {"port": 0}}, "/health_check/http/port", "from 1 to 65535"),
    ("health_check", {"http": {"port": 80, "path": "healthz"}}, "/health_check/http/path", 'begins with "/"'),
    ("health_check", {"http": {"port": 80, "path": "/a b"}}, "/health_check/http/path", "%20"),
    ("health_check", {"http": {"port": 80, "path": "/\r\nX: y"}}, "/health_check/http/path", "not allowed"),
    ("health_check", {"http": {"port": 80, "status": "2xx"}}, "/health_check/http/status", '"200-399" or "204"'),
    ("health_check", {"http": {"port": 80, "status": True}}, "/health_check/http/status", "not true"),
    ("health_check", {"http": {"port": 80, "status": "399-200"}}, "/health_check/http/status", '"200-399"'),
    ("health_check", {"http": {"port": 80, "host_header": "a/b"}}, "/health_check/http/host_header", "host name"),
    ("health_check", {"http": {"port": 80, "url": "/"}}, "/health_check/http/url", "no field"),
    ("health_check", {"tcp": {"port": "ssh"}}, "/health_check/tcp/port", "whole number"),
    ("health_check", {"test": ["curl"]}, "/health_check/test", '"CMD"'),
    ("health_check", {"test": ["CMD"]}, "/health_check/test", '"CMD"'),
    ("health_check", {"test": " "}, "/health_check/test", '"CMD"'),
    ("health_check", {"test": "x", "interval": 0}, "/health_check/interval", "from 1 to 3600"),
    ("health_check", {"test": "x", "retries": 101}, "/health_check/retries", "from 1 to 100"),
    ("restart", "unless-stopped", "/restart", 'write "always"'),
    ("restart", ["always"], "/restart", "one of none"),
    ("constraints", "gpu", "/constraints", "is a list"),
    ("constraints", ["zone == fra"], "/constraints/0", "did you mean 'zone=fra'"),
    ("constraints", ["zone="], "/constraints/0", "zone=fra"),
    ("constraints", ["gpu", "gpu"], "/constraints/1", "twice"),
    ("constraints", ["zone in a,b", "zone=b,a"], "/constraints/1", "twice"),
    ("affinity", {"service": "db"}, "/affinity", "is a list"),
    ("affinity", [{"apart": True}], "/affinity/0/service", "beside which"),
    ("affinity", [{"service": "db", "label": "a=b"}], "/affinity/0/label", "in one way"),
    ("affinity", [{"service": "Db"}], "/affinity/0/service", "service's name"),
    ("affinity", [{"label": "team"}], "/affinity/0/label", '"team=shop"'),
    ("affinity", [{"service": "db", "within": "a b"}], "/affinity/0/within", '"zone"'),
    ("affinity", [{"service": "db", "prefer": 0}], "/affinity/0/prefer", "from 1 to 100"),
    ("affinity", [{"service": "db", "weight": 5}], "/affinity/0/weight", "no field"),
    ("affinity", [{"service": "db"}, {"service": "db", "within": "host"}], "/affinity/1", "twice"),
    ("needs", ["license"], "/needs", '{"license": 1}'),
    ("needs", {"License": 1}, "/needs/License", "lower-case"),
    ("needs", {"license": "1"}, "/needs/license", "whole number"),
    ("placement_policy", "Bin pack", "/placement_policy", "policy's name"),
    ("priority", 1001, "/priority", "from -1000 to 1000"),
    ("priority", "high", "/priority", "whole number"),
    ("priority", True, "/priority", "whole number"),
    ("max_per", [1], "/max_per", '{"host": 1, "zone": 3}'),
    ("max_per", {"host": 0}, "/max_per/host", "from 1 to"),
    ("max_per", {"a b": 1}, "/max_per/a b", '"zone"'),
    ("tolerations", "spot", "/tolerations", "is a list"),
    ("tolerations", ["spot", "a b"], "/tolerations/1", '"dedicated=ml"'),
    ("tolerations", [True], "/tolerations/0", '"dedicated=ml"'),
    ("constraints", ["!zone=fra"], "/constraints/0", '"!spot"'),
    ("constraints", ["cores>many"], "/constraints/0", "compare with a number"),
    ("constraints", ["cores>=8"], "/constraints/0", "compare with a number"),
    ("constraints", ["cores<1,2"], "/constraints/0", "compare with a number"),
]


@pytest.mark.parametrize(("field", "value", "pointer", "words"), WRONG)
def test_one_wrong_field_is_named_and_explained(field: str, value: Any, pointer: str, words: str) -> None:
    found = errors_of(base(**{field: value}))
    assert list(found) == [pointer]
    assert words in found[pointer]


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), ("0.0.0.0", "10.0.0.1"), ("10.0.0.1", None), ("10.0.0.1", "10.0.0.1"), ("::", "10.0.0.1")],
)
def test_a_host_port_is_asked_for_once(first: str | None, second: str | None) -> None:
    ports = [
        {"container_port": 80, "host_port": 8080, "host_address": first},
        {"container_port": 81, "host_port": 8080, "host_address": second},
    ]
    assert list(errors_of(base(ports=ports))) == ["/ports/1/host_port"]
    ports[1]["protocol"] = "udp"
    assert len(parse(base(ports=ports)).ports) == 2


def test_a_host_port_may_be_taken_on_two_addresses() -> None:
    ports = [{"container_port": 80, "host_port": 80, "host_address": f"10.0.0.{n}"} for n in (1, 2)]
    assert len(parse(base(ports=ports)).ports) == 2


@pytest.mark.parametrize("data", [None, [], "web", 5, True, float("inf")])
def test_a_spec_is_an_object(data: object) -> None:
    assert "as an object" in errors_of(data)[""]


def test_the_number_of_errors_has_a_limit() -> None:
    with pytest.raises(SpecErrors) as caught:
        parse(base(env={f"K{n}": n for n in range(400)}, **{f"x{n}": n for n in range(400)}))
    assert len(caught.value.errors) == 101
    assert "more errors" in caught.value.errors[-1].message


def test_values_of_variables_stand_in_no_message() -> None:
    secret = "hunter2hunter2"
    found = errors_of(base(env={"A": secret + "\0", "B": secret * 4000, "C": 271828}, command=[secret + "\0"]))
    assert not [words for words in found.values() if secret in words or "271828" in words]


@pytest.mark.parametrize(
    ("rule", "labels", "fits"),
    [
        ("zone=fra", {"zone": "fra"}, True),
        ("zone=fra", {"zone": "ams"}, False),
        ("zone=fra", {}, False),
        ("zone=fra,ams", {"zone": "ams"}, True),
        ("zone!=fra", {"zone": "ams"}, True),
        ("zone!=fra", {"zone": "fra"}, False),
        ("zone!=fra", {}, True),
        ("gpu", {"gpu": ""}, True),
        ("gpu", {}, False),
        ("!gpu", {}, True),
        ("!gpu", {"gpu": ""}, False),
        ("zone in (fra, ams)", {"zone": "ams"}, True),
        ("zone in fra", {"zone": "ams"}, False),
        ("zone not in (fra,ams)", {"zone": "ams"}, False),
        ("zone not in fra", {}, True),
        ("cores>8", {"cores": "16"}, True),
        ("cores>8", {"cores": "8"}, False),
        ("cores>8", {"cores": "many"}, False),
        ("cores>8", {}, False),
        ("cores<8", {"cores": "7.5"}, True),
        ("cores<8", {"cores": "10"}, False),
        ("cores<-1", {"cores": "-2"}, True),
    ],
)
def test_a_constraint_holds_or_not(rule: str, labels: dict[str, str], fits: bool) -> None:
    constraint = parse_constraint(rule)
    assert constraint.holds(labels) is fits
    assert parse_constraint(str(constraint)) == constraint
