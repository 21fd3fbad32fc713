"""The small words of which the spec's grammar is made: text, whole, flag, choice, many, pairs, record.

A Kind reads one JSON value into its typed form, raising SpecErrors with pointers below that value, and carries the
JSON Schema of what it reads: parser and schema come from one table (fields.py, parse.py) and cannot drift apart.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from containers.spec.errors import FieldError, SpecErrors, below, shown, step, wrong

T = TypeVar("T")
Schema = Mapping[str, Any]
Values = dict[str, Any]

# Control characters end up in terminals and logs, NUL ends strings in C, lone surrogates have no UTF-8.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNPRINTABLE_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How a value is read and how the schema describes it."""

    read: Callable[[object], T]
    schema: Schema

    def described(self, description: str, **more: object) -> "Kind[T]":
        """The same kind with words (and a default or examples) for the API's documentation."""
        return Kind(self.read, {**self.schema, "description": description, **more})


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object: the attribute it fills and the kind of its value."""

    attribute: str
    kind: Kind[Any]
    required: bool = False


def text(pattern: str | None = None, *, longest: int, say: str, shortest: int = 1, lines: bool = False) -> Kind[str]:
    """A string; `say` tells what is expected. Control characters are refused; `lines` allows line breaks and tabs."""
    forbidden = _UNPRINTABLE_LINES if lines else _UNPRINTABLE

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise wrong(f"{say}, not {_type_name(value)}")
        if len(value) > longest:
            raise wrong(f"{say}; {len(value)} characters are too many, at most {longest}", code="limit")
        found = forbidden.search(value)
        if found:
            raise wrong(f"{say}; the character U+{ord(found.group()):04X} is not allowed, remove it")
        if len(value) < shortest or (pattern and not re.fullmatch(pattern, value)):
            raise wrong(f"{say}, not {shown(value)}")
        return value

    schema: Values = {"type": "string", "minLength": shortest, "maxLength": longest}
    return Kind(read, {**schema, "pattern": f"^(?:{pattern})$"} if pattern else schema)


def _type_name(value: object) -> str:
    """What came instead of a string, without its value, which may be secret."""
    if value is None or isinstance(value, list | tuple | Mapping):
        return shown(value)
    return "true or false" if isinstance(value, bool) else "a number"


def whole(low: int, high: int, *, say: str) -> Kind[int]:
    """A whole number in a range."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise wrong(f"{say}: a whole number from {low} to {high}, not {shown(value)}")
        return value

    return Kind(read, {"type": "integer", "minimum": low, "maximum": high})


def flag(*, say: str) -> Kind[bool]:
    """True or false, never a text or a number that looks like it."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise wrong(f"{say}: true or false, not {shown(value)}")
        return value

    return Kind(read, {"type": "boolean"})


def choice(names: Iterable[str], *, say: str, instead: Mapping[str, str] | None = None) -> Kind[str]:
    """One of some words; `instead` answers well-known words of other systems."""
    allowed = tuple(names)

    def read(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        advice = (instead or {}).get(value, "") if isinstance(value, str) else ""
        raise wrong(f"{say}: one of {', '.join(allowed)}; not {shown(value)}" + (f" ({advice})" if advice else ""))

    return Kind(read, {"type": "string", "enum": list(allowed)})


def many(item: Kind[T], *, most: int, say: str) -> Kind[tuple[T, ...]]:
    """A list; all of its wrong items are reported."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise wrong(f"{say}, not {shown(value)}")
        problems: list[FieldError] = []
        if len(value) > most:
            problems.append(FieldError("", "limit", f"{len(value)} entries are too many; at most {most}"))
        items = [_attempt(item, entry, at=step(index), into=problems) for index, entry in enumerate(value[:most])]
        if problems:
            raise SpecErrors(problems)
        return tuple(entry for entry in items if entry is not None)

    return Kind(read, {"type": "array", "items": dict(item.schema), "maxItems": most})


def _attempt(kind: Kind[T], value: object, *, at: str, into: list[FieldError]) -> T | None:
    try:
        return kind.read(value)
    except SpecErrors as error:
        into.extend(below(at, error.errors))
        return None


def pairs(
    key: Kind[str], value: Kind[str], *, most: int, most_bytes: int, say: str
) -> Kind[tuple[tuple[str, str], ...]]:
    """An object of strings, as pairs sorted by key, with a cap on their number and on their bytes together."""

    def read(given: object) -> tuple[tuple[str, str], ...]:
        if not isinstance(given, Mapping):
            raise wrong(f"{say}, not {shown(given)}")
        if len(given) > most:
            raise wrong(f"{len(given)} entries are too many; at most {most}", code="limit")
        problems: list[FieldError] = []
        for name, content in given.items():
            _attempt(key, name, at=step(name if isinstance(name, str) else shown(name)), into=problems)
            _attempt(value, content, at=step(name if isinstance(name, str) else shown(name)), into=problems)
        if problems:
            raise SpecErrors(problems)
        size_bytes = sum(len(name.encode()) + len(content.encode()) + 2 for name, content in given.items())
        if size_bytes > most_bytes:
            raise wrong(f"{size_bytes} bytes in all are too many; at most {most_bytes}", code="limit")
        return tuple(sorted(given.items()))

    schema = {"type": "object", "maxProperties": most, "propertyNames": dict(key.schema)}
    return Kind(read, {**schema, "additionalProperties": dict(value.schema)})


def record(
    build: Callable[..., T],
    fields: Mapping[str, Field],
    *,
    say: str,
    unknown: Callable[[Mapping[Any, object], Iterable[str]], list[FieldError]],
    check: Callable[[Values], Iterable[FieldError]] = lambda values: (),
) -> Kind[T]:
    """An object. `unknown` answers for keys that are not fields, `check` for what holds between fields.

    null means "not given" for every field that is not required.
    """

    def read(value: object) -> T:
        if not isinstance(value, Mapping):
            raise wrong(f"{say}, not {shown(value)}")
        problems = unknown(value, fields)
        values: Values = {}
        for name, field in fields.items():
            _read_field(value, name, field=field, into=values, problems=problems)
        problems.extend(check(values))
        if problems:
            raise SpecErrors(problems)
        return build(**values)

    return Kind(read, _record_schema(fields))


def _read_field(
    data: Mapping[str, object], name: str, *, field: Field, into: Values, problems: list[FieldError]
) -> None:
    given = data.get(name)
    if given is None:
        if field.required:
            words = f"is missing; add {name}: {field.kind.schema.get('description', 'it is required')}"
            problems.append(FieldError(step(name), "required", words))
        return
    before = len(problems)
    value = _attempt(field.kind, given, at=step(name), into=problems)
    if len(problems) == before:
        into[field.attribute] = value


def _record_schema(fields: Mapping[str, Field]) -> Schema:
    properties = {
        name: dict(field.kind.schema) if field.required else nullable(field.kind.schema)
        for name, field in fields.items()
    }
    required = [name for name, field in fields.items() if field.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def nullable(schema: Schema) -> Values:
    """The schema that accepts null besides."""
    result = dict(schema)
    if "anyOf" in result:
        result["anyOf"] = [*result["anyOf"], {"type": "null"}]
    if "type" in result:
        types = result["type"]
        result["type"] = [*(types if isinstance(types, list) else [types]), "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    return result
