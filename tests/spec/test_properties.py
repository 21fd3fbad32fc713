"""What holds for every spec, and for everything that is none."""

import copy
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from containers.spec import SpecErrors, dump, parse, spec_hash
from containers.spec.errors import MAX_ERRORS
from containers.spec.parse import SPEC
from tests.spec.strategies import broken, json_values, specs
from tests.spec.validator import VALIDATOR


@given(specs)
@settings(max_examples=150, deadline=None)
def test_valid_specs_are_read_back_from_their_dump(data: dict[str, Any]) -> None:
    spec = parse(data)
    assert parse(dump(spec)) == spec
    assert parse(json.loads(json.dumps(dump(spec)))) == spec
    assert spec_hash(parse(dump(spec) | {"name": "other"})) == spec_hash(spec)
    assert hash(spec) == hash(parse(copy.deepcopy(data)))


@given(specs)
@settings(max_examples=150, deadline=None)
def test_what_the_parser_accepts_the_schema_accepts(data: dict[str, Any]) -> None:
    VALIDATOR.validate(data)
    VALIDATOR.validate(dump(parse(data)))


@given(broken())
@settings(max_examples=500, deadline=None)
def test_what_is_nearly_a_spec_is_read_or_refused_in_order(data: Any) -> None:
    before = copy.deepcopy(data)
    try:
        spec = parse(data)
    except SpecErrors as refused:
        check_errors(refused)
    else:
        VALIDATOR.validate(data)
        assert parse(dump(spec)) == spec
    assert repr(data) == repr(before)


@given(json_values | st.dictionaries(st.sampled_from(sorted(SPEC)), json_values))
@settings(max_examples=250, deadline=None)
def test_any_json_is_read_or_refused_in_order(data: Any) -> None:
    try:
        parse(data)
    except SpecErrors as refused:
        check_errors(refused)
    else:
        VALIDATOR.validate(data)


def check_errors(refused: SpecErrors) -> None:
    """Every error can be shown and sent, points into a document, and says something."""
    assert 1 <= len(refused.errors) <= MAX_ERRORS + 1
    for error in refused.errors:
        assert error.pointer == "" or error.pointer.startswith("/")
        assert error.code in {"invalid", "required", "unknown", "forbidden", "duplicate", "limit"}
        assert 10 <= len(error.message) <= 1000
        (error.pointer + error.message).encode()
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", error.pointer + error.message)
