"""The JSON Schema of a spec: valid in itself, refusing what is plainly wrong, and complete."""

import json
from typing import Any

import pytest

from containers.spec import schema
from containers.spec.parse import SPEC
from tests.spec.test_parse import FULL, base
from tests.spec.validator import VALIDATOR


def test_the_schema_is_a_schema_and_plain_json() -> None:
    VALIDATOR.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()
    assert "$ref" not in json.dumps(schema())  # it stands inside the API's own document


def test_every_field_is_described() -> None:
    properties = schema()["properties"]
    assert list(properties) == list(SPEC)
    VALIDATOR.validate(FULL)
    objects = [schema(), *(properties[name] for name in ("resources", "health_check"))]
    objects += [properties[name]["items"] for name in ("ports", "volumes", "tmpfs")]
    for name, field in [pair for each in objects for pair in each["properties"].items()]:
        assert len(field["description"]) > 10, name
    assert schema()["required"] == ["name", "image"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "web"},
        base(name="Web"),
        base(image=5),
        base(image=None),
        base(command="x"),
        base(env={"A": 1}),
        base(env=["A=1"]),
        base(labels={"orchestra.x": "y"}),
        base(ports=[80]),
        base(ports=[{"container_port": 0}]),
        base(ports=[{"container_port": 80, "protocol": "x"}]),
        base(volumes=["/:/host"]),
        base(volumes=[{"type": "bind", "source": "/", "target": "/x"}]),
        base(resources={"memory": "lots"}),
        base(resources={"cpu": -1}),
        base(health_check={"interval": 5}),
        base(restart="no"),
        base(privileged=True),
        base(stop_grace="10s"),
        base(init="yes"),
        base(constraints="gpu"),
    ],
)
def test_the_schema_refuses_what_is_plainly_wrong(data: Any) -> None:
    assert not VALIDATOR.is_valid(data)
