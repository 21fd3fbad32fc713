"""The words for a host: its availability (the operator's wish) and what is known of its engine. Pure.

`reachable` is what the agent and the scheduler's leader found out; slow is a condition of its own and never "lost".
"""

from enum import StrEnum


class Availability(StrEnum):
    """What the operator allows: only active hosts get new containers."""

    ACTIVE = "active"
    CORDONED = "cordoned"
    DRAINING = "draining"


class Reachable(StrEnum):
    """Whether the engine answers. suspect: silent to its agent; refused: the host is there, its engine is not;
    lost: silent to the agent and to the scheduler's leader, its work may go elsewhere."""

    UNKNOWN = "unknown"
    OK = "ok"
    SUSPECT = "suspect"
    REFUSED = "refused"
    LOST = "lost"


class Responsive(StrEnum):
    """Whether a full list came within its deadline."""

    UNKNOWN = "unknown"
    OK = "ok"
    SLOW = "slow"


FLAPPING = "flapping"
CONDITIONS = ("disk", "clock", "overbooked", "marker", "quarantine", "keys", FLAPPING)


def shown_state(availability: str, reachable: str, bad: frozenset[str]) -> str:
    """The one word people see for a host. `bad`: names of the conditions that are not well."""
    if "marker" in bad:
        return "unready"
    if reachable in (Reachable.LOST, Reachable.SUSPECT, Reachable.UNKNOWN):
        return str(reachable)
    if reachable == Reachable.REFUSED:
        return "engine-down"
    if availability != Availability.ACTIVE:
        return str(availability)
    return "unready" if FLAPPING in bad else "ready"
