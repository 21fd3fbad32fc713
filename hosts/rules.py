"""THE table of verbs for hosts: which may be said to a host as it stands, and the reason why not. Pure.

Before: an action or the admin holds the host. After: a rule that fits refuses with its code, or says that nothing
would change; the console disables its buttons by the same table (`make generate` writes it for TypeScript).
What a host still holds is asked of the database by the action itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.lib.rules import Rule, first_rule
from hosts.states import Availability, Reachable


class HostVerb(StrEnum):
    """What a platform admin says to a host that is there."""

    CORDON = "cordon"
    UNCORDON = "uncordon"
    DRAIN = "drain"
    MARK_DEAD = "mark-dead"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStanding:
    """All that the rules look at. `flapping`: it came and went too often, and gets nothing new for that."""

    availability: Availability
    reachable: Reachable
    flapping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule(Rule[HostVerb]):
    """`words` with {name}."""

    availability: frozenset[Availability] | None = None
    reachable: frozenset[Reachable] | None = None
    flapping: bool | None = None


HOST_RULES: Final[tuple[HostRule, ...]] = (
    HostRule(
        code="already-cordoned",
        words="{name} is cordoned already",
        verbs=frozenset({HostVerb.CORDON}),
        availability=frozenset({Availability.CORDONED}),
        is_idle=True,
    ),
    HostRule(
        code="not-cordoned",
        words="{name} is not cordoned",
        verbs=frozenset({HostVerb.UNCORDON}),
        availability=frozenset({Availability.ACTIVE}),
        flapping=False,
        is_idle=True,
    ),
    HostRule(
        code="already-draining",
        words="{name} is being drained already; `uncordon` ends that",
        verbs=frozenset({HostVerb.DRAIN}),
        availability=frozenset({Availability.DRAINING}),
        is_idle=True,
    ),
    HostRule(
        code="host-answers",
        words="the engine of {name} answers; cordon the host, or stop what runs on it",
        verbs=frozenset({HostVerb.MARK_DEAD}),
        reachable=frozenset({Reachable.OK}),
    ),
)


def host_rule_for(verb: HostVerb, at: HostStanding) -> Rule[HostVerb] | None:
    return first_rule(HOST_RULES, verb, at)
