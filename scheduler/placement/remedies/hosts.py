"""What somebody could do on a host: uncordon it, get it going again, label it, open it for the project.

Part of remedies. Each names the first host that it would help on, and on how many others the same would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from containers.spec.types import Constraint
from scheduler.placement.filters.host import why_not_ready
from scheduler.placement.fleet import Fleet
from scheduler.placement.remedies.base import (
    EFFORT_LABEL,
    EFFORT_PROJECT,
    EFFORT_READY,
    EFFORT_UNCORDON,
    GROUPS,
    Ask,
    Change,
    grouped,
    of_fleet,
    of_row,
    put,
)
from scheduler.placement.types import Ints, Shape

ACTIVE = "active"
TRUE = "true"  # of a label whose value nobody asks for


def get_going(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    found = []
    for why, at in grouped(rows, lambda row: why_not_ready(shape, fleet, row))[:GROUPS]:
        row, host = at[0], fleet.names[at[0]]
        make = of_fleet(partial(_ready, row))
        words = f"get {host} going again ({why})"
        found.append(Change("ready", "state", "ready", words, EFFORT_READY, make, why, host, len(at) - 1))
    return found


def _ready(row: int, fleet: Fleet) -> dict[str, Any]:
    ready = fleet.ready.copy()
    ready[row] = True
    return {"ready": ready, "unready_words": put(fleet.unready_words, row, "")}


def uncordon(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    found = []
    for was, at in grouped(rows, lambda row: fleet.availability[row]):
        row, host = at[0], fleet.names[at[0]]
        make = of_row(row, availability=ACTIVE)
        words = f"uncordon {host}" if was == "cordoned" else f"end the draining of {host} (uncordon it)"
        found.append(Change("uncordon", "availability", ACTIVE, words, EFFORT_UNCORDON, make, was, host, len(at) - 1))
    return found


def let_project(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    row, host = int(rows[0]), fleet.names[int(rows[0])]
    make = of_row(row, projects=fleet.projects[row] | {shape.project})
    words = f"allow {ask.project} on {host}"
    return [Change("project", "projects", ask.project, words, EFFORT_PROJECT, make, ask.project, host, len(rows) - 1)]


# --- labels


def set_labels(shape: Shape, fleet: Fleet, rows: Ints, ask: Ask) -> list[Change]:
    """The labels that would satisfy the constraints a host breaks, of the hosts that lack least."""
    found = []
    groups = grouped(rows, lambda row: wanted_labels(shape.constraints, fleet.labels[row]))
    for wanted, at in sorted(groups, key=lambda one: (len(one[0]), -len(one[1])))[:GROUPS]:
        row, host = at[0], fleet.names[at[0]]
        labels = {key: value for key, value in {**fleet.labels[row], **dict(wanted)}.items() if value is not None}
        make = of_row(row, labels=labels)
        words = label_words(dict(wanted), host)
        shown = ", ".join(show_label(*one) for one in wanted)
        found.append(Change("label", "labels", dict(wanted), words, EFFORT_LABEL, make, shown, host, len(at) - 1))
    return found


def wanted_labels(
    rules: tuple[Constraint, ...], labels: Mapping[str, str]
) -> tuple[tuple[str, str | None], ...] | None:
    """Labels to set, or (None) to take away; None: what a host is, like its number of cores, is not made by a label."""
    wanted: dict[str, str | None] = {}
    for rule in rules:
        if rule.holds(labels):
            continue
        if rule.op in ("<", ">"):
            return None
        wanted[rule.key] = rule.values[0] if rule.op == "=" else TRUE if rule.op == "exists" else None
    return tuple(sorted(wanted.items()))


def show_label(key: str, value: str | None) -> str:
    return f"!{key}" if value is None else f"{key}={value}"


def label_words(wanted: Mapping[str, str | None], host: str) -> str:
    parts = []
    added = [show_label(key, value) for key, value in wanted.items() if value is not None]
    gone = [key for key, value in wanted.items() if value is None]
    if added:
        parts.append(f"add {'label' if len(added) == 1 else 'labels'} {', '.join(added)} to host {host}")
    if gone:
        parts.append(f"take {'label' if len(gone) == 1 else 'labels'} {', '.join(gone)} off host {host}")
    return " and ".join(parts)
