"""containers/spec/dump.py: the canonical form, what is left out of it, and the hash."""

from typing import Any

from containers.spec import dump, parse, spec_hash
from tests.spec.test_parse import FULL, base


def test_defaults_are_left_out() -> None:
    assert dump(parse(base())) == {"name": "web", "image": "nginx"}
    assert dump(parse(base(init=True, restart="none", stop_grace=10, resources={"cpu": 0}, env={}, command=[]))) == {
        "name": "web",
        "image": "nginx",
    }


def test_the_canonical_form_is_stable() -> None:
    assert dump(parse(FULL)) == FULL | {
        "env": {"A": "1\n2", "B": "2"},
        "volumes": [{"name": "data", "path": "/data/x", "read_only": True}],
        "resources": {"cpu": "0.5", "memory": "256m", "cpu_limit": "1", "memory_limit": "512m"},
        "stop_signal": "INT",
        "health_check": {
            "test": ["CMD-SHELL", "curl -f http://localhost"],
            "interval": 1,
            "timeout": 2,
            "retries": 4,
            "start_period": 5,
        },
        "constraints": ["zone=ams,fra", "disk!=hdd", "gpu"],
    }


def test_what_the_agent_asks_is_stored_without_its_defaults() -> None:
    times = {"interval": 10, "timeout": 5, "retries": 3, "start_period": 0}
    http = base(health_check={"http": {"port": 80, "status": "200-399"}})
    assert dump(parse(http))["health_check"] == {"http": {"port": 80, "path": "/"}} | times
    one = base(health_check={"http": {"port": 80, "status": "204-204", "host_header": "x"}})
    asked = {"port": 80, "path": "/", "status": "204", "host_header": "x"}
    assert dump(parse(one))["health_check"] == {"http": asked} | times
    assert dump(parse(base(health_check={"tcp": {"port": 1}})))["health_check"] == {"tcp": {"port": 1}} | times


def test_an_empty_entrypoint_is_kept_because_it_clears_the_images() -> None:
    spec = parse(base(entrypoint=[]))
    assert spec.entrypoint == ()
    assert dump(spec)["entrypoint"] == []
    assert parse(dump(spec)) == spec


def test_hashes_of_stored_specs_never_change() -> None:
    """When this fails, every running container would look changed: give new fields a default that dump leaves out."""
    assert spec_hash(parse(base())) == "87132e95dfbdfe0f3b4b5fc5d97e77562f531773bb439b3b9624ef0863f7fcbb"
    assert spec_hash(parse(FULL)) == "c6b8fde57531faac5afcfbd15f3817eeab71c08e9117442d6e109164bd490bdc"


def test_the_name_and_the_order_of_sets_do_not_count() -> None:
    one = base(ports=[{"container_port": 1}, {"container_port": 2}], env={"A": "1", "B": "2"}, constraints=["a", "b"])
    other = one | {
        "name": "other",
        "ports": one["ports"][::-1],
        "env": {"B": "2", "A": "1"},
        "constraints": ["b", "a"],
    }
    assert spec_hash(parse(one)) == spec_hash(parse(other))


CHANGES: list[dict[str, Any]] = [
    {"image": "nginx:2"},
    {"command": ["a", "b"]},
    {"command": ["b", "a"]},
    {"entrypoint": []},
    {"env": {"A": "1"}},
    {"labels": {"A": "1"}},
    {"ports": [{"container_port": 80}]},
    {"ports": [{"container_port": 80, "protocol": "udp"}]},
    {"ports": [{"container_port": 80, "host_port": 80}]},
    {"ports": [{"container_port": 80, "host_address": "::1"}]},
    {"volumes": [{"name": "d", "path": "/d"}]},
    {"volumes": [{"name": "d", "path": "/d", "read_only": True}]},
    {"tmpfs": [{"path": "/d"}]},
    {"tmpfs": [{"path": "/d", "size": "1m"}]},
    {"resources": {"cpu": 1}},
    {"resources": {"memory": "1g"}},
    {"resources": {"cpu_limit": 1}},
    {"resources": {"memory_limit": "1g"}},
    {"resources": {"gpus": {"count": 1}}},
    {"resources": {"gpus": {"count": 2}}},
    {"resources": {"gpus": {"share": "0.5"}}},
    {"resources": {"gpus": {"count": 1, "models": ["A100"]}}},
    {"user": "1"},
    {"workdir": "/"},
    {"init": False},
    {"stop_signal": "INT"},
    {"stop_grace": 0},
    {"read_only": True},
    {"health_check": {"test": "x"}},
    {"health_check": {"test": "x", "interval": 1}},
    {"health_check": {"http": {"port": 80}}},
    {"health_check": {"http": {"port": 80, "path": "/x"}}},
    {"health_check": {"http": {"port": 80, "status": "200-299"}}},
    {"health_check": {"http": {"port": 80, "host_header": "x"}}},
    {"health_check": {"tcp": {"port": 80}}},
    {"restart": "always"},
    {"constraints": ["a"]},
    {"constraints": ["a=b"]},
    {"constraints": ["a!=b"]},
    {"constraints": ["!a"]},
    {"constraints": ["a>1"]},
    {"constraints": ["a<1"]},
    {"affinity": [{"service": "a"}]},
    {"affinity": [{"service": "a", "apart": True}]},
    {"affinity": [{"service": "a", "within": "zone"}]},
    {"affinity": [{"service": "a", "prefer": 1}]},
    {"affinity": [{"label": "a=b"}]},
    {"placement_policy": "binpack"},
    {"priority": 1},
    {"priority": -1},
    {"needs": {"a": 1}},
    {"needs": {"a": 2}},
    {"max_per": {"host": 1}},
    {"max_per": {"zone": 1}},
    {"max_per": {"host": 2}},
    {"tolerations": ["a"]},
    {"tolerations": ["a=b"]},
    {"tolerations": ["*"]},
]


def test_everything_else_counts() -> None:
    """No two of these specs do the same work, so no two hashes are equal."""
    hashes = {spec_hash(parse(base(**change))): change for change in [{}, *CHANGES]}
    assert len(hashes) == len(CHANGES) + 1
