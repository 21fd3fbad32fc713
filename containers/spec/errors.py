"""What is wrong with a spec: one FieldError for each place, all of them together in one SpecErrors.

The readers of this folder raise them; the API turns them into the `errors` of a problem document. Values of
environment variables never stand in a message, because they may be secrets.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

MAX_ERRORS: Final = 100


@dataclass(frozen=True, slots=True)
class FieldError:
    """`pointer` is an RFC 6901 JSON pointer; `code` is invalid, required, unknown, forbidden, duplicate or limit."""

    pointer: str
    code: str
    message: str


class SpecErrors(ValueError):
    """Everything that is wrong, in the order it was found."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        found = tuple(errors)
        if len(found) > MAX_ERRORS:
            rest = len(found) - MAX_ERRORS
            found = (*found[:MAX_ERRORS], FieldError("", "limit", f"and {rest} more errors; correct these first"))
        self.errors: tuple[FieldError, ...] = found
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.message}" for error in found))


def wrong(message: str, *, code: str = "invalid", at: str = "") -> SpecErrors:
    """One error, ready to raise."""
    return SpecErrors([FieldError(at, code, message)])


def below(prefix: str, errors: Iterable[FieldError]) -> list[FieldError]:
    """The errors of a part, as errors of the whole."""
    return [replace(error, pointer=prefix + error.pointer) for error in errors]


def step(key: object) -> str:
    """One step of a JSON pointer, escaped; what cannot be printed or encoded is replaced, what is long is cut."""
    printable = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", str(key)[:256])
    return "/" + printable.replace("~", "~0").replace("/", "~1")


def shown(value: object) -> str:
    """A value in a message: short, printable, and never the inside of a list or an object."""
    if isinstance(value, str):
        text = ascii(value) if re.search(r"[\ud800-\udfff]", value[:60]) else repr(value[:60])
        return text if len(value) <= 60 else f"{text}..."
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 128 else "a number with too many digits"
    if isinstance(value, float):
        return repr(value)
    if value is None:
        return "null"
    return "a list" if isinstance(value, list | tuple) else "an object"
