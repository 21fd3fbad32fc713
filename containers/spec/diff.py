"""What differs between two canonical specs: one line for each value, under its JSON pointer. Pure.

Before: two revisions of a service. After: the page that shows what a roll-out changes. Objects are compared by key,
so that of the environment only the variables that differ are told; lists by index.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from containers.spec.errors import step

_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` None: it was not there; `after` None: it is not there any more. No canonical spec holds a null."""

    path: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """In the order of the fields: those of `before`, then what was added."""
    return list(_between("", before, after))


def _between(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from _between(path + step(key), before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(path, before, after)
    elif before is _ABSENT or after is _ABSENT:
        yield from _of_one(path, before, after)
    elif before != after or type(before) is not type(after):
        yield Difference(path, before, after)


def _of_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    for index in range(max(len(before), len(after))):
        was = before[index] if index < len(before) else _ABSENT
        is_ = after[index] if index < len(after) else _ABSENT
        yield from _between(f"{path}/{index}", was, is_)


def _of_one(path: str, before: Any, after: Any) -> Iterator[Difference]:
    """What came or went is told by its parts, where it has any: a variable is a line, also if it is the first."""
    there = after if before is _ABSENT else before
    if isinstance(there, Mapping) and there:
        empty: Mapping[str, Any] = {}
        yield from _between(path, empty if before is _ABSENT else before, empty if after is _ABSENT else after)
    else:
        yield Difference(path, None if before is _ABSENT else before, None if after is _ABSENT else after)
