"""The validator of the spec's schema, an independent reader of JSON Schema."""

from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it brings no types, and no stubs are installed

from containers.spec import schema

VALIDATOR: Any = Draft202012Validator(schema())
