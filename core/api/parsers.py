"""Reads a JSON body, within limits: at most 1 MB, no values that the database could not keep, faults with their place.

Before: the request. After: serializers and containers.spec look at the parsed values.
"""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import JSONParser as PlainJSONParser

from core.lib.problems import FieldProblem, Problem

BODY_BYTES = 1024 * 1024


class JSONParser(PlainJSONParser):
    """JSON with our limits; form bodies are refused (415), which also keeps foreign forms from posting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return parse_json(stream.read(BODY_BYTES + 1))


def parse_json(raw: bytes) -> Any:
    """The value; Problem 413 when too long, 400 with line and column when it is no JSON."""
    if len(raw) > BODY_BYTES:
        raise Problem(413, "body-too-large", f"the body is longer than {BODY_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise _no_json(f"byte {error.start} is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise _no_json(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _no_json("it is nested too deeply") from error
    except ValueError as error:
        raise _no_json(str(error)) from error
    if "\\u" in text:
        _refuse_unkeepable(value)
    return value


def _no_json(why: str) -> Problem:
    return Problem(400, "json-invalid", f"the body is not valid JSON: {why}")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _refuse_unkeepable(value: Any) -> None:
    """NUL and half surrogate pairs are legal escapes in JSON, but no database text."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        pointer, one = waiting.pop()
        if isinstance(one, dict):
            for key, inner in one.items():
                _refuse_text(pointer, key)
                waiting.append((f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", inner))
        elif isinstance(one, list):
            waiting += [(f"{pointer}/{index}", inner) for index, inner in enumerate(one)]
        elif isinstance(one, str):
            _refuse_text(pointer, one)


def _refuse_text(pointer: str, text: str) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        message = "text must hold neither NUL characters nor half surrogate pairs"
        clean = pointer.replace("\0", "?").encode("utf-8", "replace").decode()
        raise Problem(400, "invalid", message, errors=[FieldProblem(clean, "invalid", message)])
