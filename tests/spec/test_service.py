"""A service's spec there and back: what is dumped is read again as the same, whatever its defaults are."""

from typing import Any

import pytest

from containers.spec import dump_service, parse_service


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "web", "container": {"image": "web:1"}},
        {"name": "web", "replicas": 0, "container": {"image": "web:1", "restart": "none"}},
        {"name": "web", "container": {"image": "web:1", "restart": "on-failure", "env": {"A": "1"}}, "stop_delay": 5},
        {"name": "log", "mode": "global", "container": {"image": "log:1"}, "strict": True, "update": {"batch": 3}},
    ],
)
def test_there_and_back(spec: dict[str, Any]) -> None:
    read = parse_service(spec)
    written = dump_service(read)
    assert parse_service(written) == read
    assert dump_service(parse_service(written)) == written
    assert written["container"]["restart"] == spec["container"].get("restart", "always")
