"""Tables of rules: which verb may be said to an object as it stands, and the reason why not. Pure.

Before: containers, hosts and services have a table each. After: an action refuses by the first rule that fits, or
changes nothing; orchestra.rules_file writes the same tables for the console.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Word]):
    """Fits where all its conditions do. A table's own rule adds one field for each fact of a standing, named like it:
    the value or the values that it fits; None fits all.

    `words` are for people, with {name} and what else the table says. `is_idle`: not refused, because saying it again is
    no error, but nothing changes by it.
    """

    code: str
    words: str
    verbs: frozenset[Word]
    is_idle: bool = False

    def fits(self, verb: Word, at: DataclassInstance) -> bool:
        when = self.conditions()
        return verb in self.verbs and all(getattr(at, fact) in values for fact, values in when.items())

    def conditions(self) -> Mapping[str, frozenset[object]]:
        """By fact, the values that it fits; facts that make no difference are left out."""
        found = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _OF_ALL}
        return {
            fact: value if isinstance(value, frozenset) else frozenset({value})
            for fact, value in found.items()
            if value is not None
        }


_OF_ALL = frozenset(one.name for one in fields(Rule))


def first_rule(rules: Iterable[Rule[Word]], verb: Word, at: DataclassInstance) -> Rule[Word] | None:
    """The first rule that fits; None: the verb is allowed and does something."""
    return next((rule for rule in rules if rule.fits(verb, at)), None)
