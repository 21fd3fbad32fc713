"""The one exception for "no, and here is why" that any floor may raise.

It carries a status number, a stable code and sentences for people, and knows no web framework.
Before: actions, parsers and loaders find a reason. After: core.api.problems writes it as problem+json.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901) into the sent body."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """A refusal: `status` as in HTTP, `code` for programs, `detail` for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldProblem] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


def field_problem(pointer: str, code: str, message: str) -> Problem:
    """A refused body with exactly one wrong field."""
    return Problem(400, "invalid", message, errors=[FieldProblem(pointer, code, message)])


def name_taken(pointer: str, message: str) -> Problem:
    """Another object has this name already."""
    return Problem(409, "name-taken", message, errors=[FieldProblem(pointer, "name-taken", message)])


def check_generation(expected: int | None, actual: int) -> None:
    """Refuse a change made from an old view of the object; call it with the row locked."""
    if expected is not None and expected != actual:
        raise Problem(412, "precondition-failed", f"it has changed: you saw generation {expected}, it is at {actual}")
