"""Hypothesis strategies: JSON of valid specs, any JSON, and valid JSON with one part replaced by any JSON."""

import copy
from typing import Any

from hypothesis import strategies as st

from containers.spec.fields import SIGNALS

Json = Any

json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
words = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,10}[A-Za-z0-9])?", fullmatch=True)
lines = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), min_size=0, max_size=30
)
images = st.sampled_from(
    [
        "nginx",
        "nginx:1.27-alpine",
        "shop/web:1",
        "registry:5000/shop/web:1.4",
        "localhost/web",
        "127.0.0.1:5000/a/b_c/d-e.f",
        "[::1]:5000/web:x",
        "ghcr.io/a/b@sha256:" + "0a" * 32,
        "Registry.example.com/web:1@sha256:" + "ff" * 32,
    ]
)
keys = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.(-]{0,20}", fullmatch=True).filter(
    lambda key: not key.lower().startswith("orchestra.")
)
parts = st.from_regex(r"[a-zA-Z0-9_-]{1,8}", fullmatch=True)
paths = st.lists(parts, min_size=2, max_size=4).map(lambda found: "/srv/" + "/".join(found))
volume_names = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)
users = st.sampled_from(["root", "1000", "1000:1000", "app:app", "_apt", "0:staff", "svc$"])
constraints = st.one_of(
    words,
    st.tuples(words, st.sampled_from(["=", "!="]), st.lists(words, min_size=1, max_size=3)).map(
        lambda found: f"{found[0]}{found[1]}{','.join(found[2])}"
    ),
    words.map(lambda word: f"!{word}"),
    st.tuples(words, st.sampled_from("<>"), st.integers(-99, 10**12)).map(lambda found: "".join(map(str, found))),
    st.tuples(words, st.sampled_from(["in", "not in"]), st.lists(words, min_size=1, max_size=3)).map(
        lambda found: f"{found[0]} {found[1]} ({', '.join(found[2])})"
    ),
)
memories = st.one_of(
    st.integers(6 * 1024**2, 64 * 1024**4),
    st.integers(6, 4096).flatmap(lambda n: st.sampled_from([f"{n}m", f"{n}M", f"{n}Mi", f"{n}MiB", f"{n}.5g"])),
)
cpus = st.one_of(
    st.integers(1, 1024),
    st.floats(0.01, 1024, allow_nan=False),
    st.integers(10, 100_000).map(lambda n: f"{n}m"),
    st.sampled_from(["0.5", "1", "2.25"]),
)

rules = st.tuples(
    st.one_of(
        st.fixed_dictionaries({"service": names}, optional={"label": st.none()}),
        st.fixed_dictionaries({"label": st.tuples(keys, words).map("=".join)}),
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "apart": st.booleans(),
            "within": st.none() | st.just("host") | words,
            "prefer": st.none() | st.integers(1, 100),
        },
    ),
).map(lambda found: found[0] | found[1])

ports = st.fixed_dictionaries(
    {"container_port": st.integers(1, 65535)},
    optional={
        "protocol": st.sampled_from(["tcp", "udp"]),
        "host_port": st.none() | st.integers(1, 65535),
        "host_address": st.none() | st.ip_addresses().map(str),
    },
)
volumes = st.fixed_dictionaries({"name": volume_names, "path": paths}, optional={"read_only": st.booleans()})
tmpfs = st.fixed_dictionaries({"path": paths.map(lambda path: "/tmpfs" + path)}, optional={"size": memories})
models = st.lists(st.sampled_from(["A100", "T4", "Quadro RTX 6000"]), max_size=3)
gpus = st.one_of(
    st.fixed_dictionaries({"count": st.integers(1, 64)}, optional={"models": models, "share": st.none()}),
    st.fixed_dictionaries({"share": st.sampled_from([0.5, "0.25", "1m", "999m"])}, optional={"models": models}),
)
requests = st.fixed_dictionaries({}, optional={"cpu": cpus, "memory": memories, "gpus": st.none() | gpus})
limits = st.fixed_dictionaries({}, optional={"cpu_limit": cpus, "memory_limit": memories})
http_probes = st.fixed_dictionaries(
    {"port": st.integers(1, 65535)},
    optional={
        "path": st.none() | st.sampled_from(["/", "/healthz?full=1", "/a%20b"]),
        "status": st.none() | st.sampled_from(["200-399", "204", "200-599", 404]),
        "host_header": st.none() | st.sampled_from(["shop.example.com", "shop:8080", "[::1]:80"]),
    },
)
tests = (
    st.just(["NONE"])
    | st.lists(lines, max_size=3).map(lambda rest: ["CMD", "probe", *rest])
    | lines.map(lambda line: f"probe {line}")
)
ways = st.one_of(
    st.fixed_dictionaries({"test": tests}, optional={"http": st.none(), "tcp": st.none()}),
    st.fixed_dictionaries({"http": http_probes}, optional={"test": st.none()}),
    st.fixed_dictionaries({"tcp": st.fixed_dictionaries({"port": st.integers(1, 65535)})}),
)
rhythms = st.fixed_dictionaries(
    {},
    optional={
        "interval": st.integers(1, 3600),
        "timeout": st.integers(1, 3600),
        "retries": st.integers(1, 100),
        "start_period": st.integers(0, 3600),
    },
)
health_checks = st.tuples(ways, rhythms).map(lambda found: found[0] | found[1])


def _unique_ports(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Host ports apart from each other, so that no two of them can clash."""
    return [
        {**port, "container_port": 1000 + index, **({"host_port": 2000 + index} if port.get("host_port") else {})}
        for index, port in enumerate(found)
    ]


specs: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": names, "image": images},
    optional={
        "command": st.none() | st.lists(lines, max_size=4),
        "entrypoint": st.none() | st.lists(lines.filter(bool), max_size=3),
        "env": st.dictionaries(keys, lines, max_size=5),
        "labels": st.dictionaries(keys, lines, max_size=5),
        "ports": st.lists(ports, max_size=4).map(_unique_ports),
        "volumes": st.lists(volumes, max_size=3, unique_by=lambda volume: volume["path"]),
        "tmpfs": st.lists(tmpfs, max_size=3, unique_by=lambda mount: mount["path"]),
        "resources": st.none() | requests | limits,
        "user": st.none() | users,
        "workdir": st.none() | paths,
        "init": st.booleans(),
        "stop_signal": st.none() | st.sampled_from([*SIGNALS, *(f"SIG{name}" for name in SIGNALS), "term", "SigInt"]),
        "stop_grace": st.integers(0, 3600),
        "read_only": st.booleans(),
        "health_check": st.none() | health_checks,
        "restart": st.sampled_from(["none", "on-failure", "always"]),
        "constraints": st.lists(constraints, max_size=3, unique_by=lambda rule: str(sorted(rule))),
        "affinity": st.lists(rules, max_size=3, unique_by=lambda rule: (rule.get("service"), rule.get("label"))),
        "needs": st.dictionaries(volume_names, st.integers(1, 10**6), max_size=3),
        "placement_policy": st.none() | names,
        "priority": st.integers(-1000, 1000),
        "max_per": st.dictionaries(words, st.integers(1, 10_000), max_size=3),
        "tolerations": st.lists(st.one_of(words, st.just("*"), st.tuples(words, words).map("=".join)), max_size=3),
    },
)


def places(value: Json, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value, its own included."""
    found = [path]
    if isinstance(value, dict):
        for key in value:
            found += places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            found += places(entry, (*path, index))
    return found


def replaced(value: Json, path: tuple[Any, ...], new: Json) -> Json:
    """A copy with another value at the path."""
    if not path:
        return new
    result = copy.deepcopy(value)
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return result


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[Json] = specs) -> Json:
    """A valid value with one part replaced by any JSON, or with any key added to one of its objects."""
    value = draw(whole)
    path = draw(st.sampled_from(places(value)))
    new = draw(json_values)
    if draw(st.booleans()):
        target = value
        for key in path:
            target = target[key]
        if isinstance(target, dict):
            return replaced(value, (*path, draw(st.text(max_size=12))), new)
    return replaced(value, path, new)
