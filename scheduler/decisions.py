"""Keeps decisions: why containers were placed where they are, or why no host fits; a row for each group of a pass.

A group are the containers of one shape, one service and one outcome; the explanation of a shape stands in the row of
its first group alone. So a thousand replicas are one row, and a pass writes as many rows as there are kinds of wishes.
Before: binding, which draws the rows up before it binds, because each container's row names its decision.
After: the API's decision views.
"""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from containers.models import Container
from containers.states import Status
from scheduler.advice import advice_json
from scheduler.models import Decision, Verdict
from scheduler.placement.explain import scored
from scheduler.placement.types import Explanation, Scored
from scheduler.placement.types import Verdict as Placed

log = logging.getLogger(__name__)

_INTO = (
    "scheduler_decision (id, service_id, verdict, message, members, terms, group_size, same_as, hosts_total, funnel,"
    " refused, scores)"
)
_ROW = f"({', '.join(['%s'] * 12)})"
_MANY = 10  # from so many on a COPY costs less than a statement with all their values


class Decided(NamedTuple):
    """One container's part. `words` say why it waits, "" when it was placed; `seen` is shared by its group."""

    verdict: Placed
    service_id: UUID | str | None
    words: str
    seen: Explanation


@dataclass(slots=True)
class Group:
    """A decision before it is a row. `size`: how many containers share the explanation, of whichever service."""

    service_id: UUID | str | None
    placed: bool
    words: str
    seen: Explanation
    id: int = 0
    members: list[Placed] = field(default_factory=list)
    same_as: int | None = None
    size: int = 0


class Draft:
    """The decisions of a pass, or of a part of it: drawn up, then kept. `ids`: of each container's decision."""

    def __init__(self, decided: Iterable[Decided]) -> None:
        self.groups: list[Group] = []
        self.ids: dict[str, int] = {}
        found: dict[tuple[int, UUID | str | None, bool, str], Group] = {}
        for verdict, service, words, seen in decided:
            key = (id(seen), service, verdict.host is not None, words)
            group = found.get(key)
            if group is None:
                group = found[key] = Group(service, verdict.host is not None, words, seen)
                self.groups.append(group)
            group.members.append(verdict)
        self._number()

    def _number(self) -> None:
        sizes: dict[int, int] = {}
        first: dict[int, int] = {}
        for group, row_id in zip(self.groups, _new_ids(len(self.groups)), strict=True):
            group.id = row_id
            group.same_as = first.setdefault(id(group.seen), row_id)
            sizes[id(group.seen)] = sizes.get(id(group.seen), 0) + len(group.members)
            self.ids.update(dict.fromkeys((one.container for one in group.members), row_id))
        for group in self.groups:
            group.size = sizes[id(group.seen)]
            group.same_as = None if group.same_as == group.id else group.same_as

    def keep(self, only: Collection[str] | None = None) -> None:
        """Write them, in the caller's transaction. `only`: without those who lost a race."""
        if only is not None and len(only) < len(self.ids):
            self._strike_out(only)
        if not self.groups:
            return
        rows = [_row(group) for group in self.groups]
        with connection.cursor() as cursor:
            if len(rows) < _MANY:
                every = ", ".join([_ROW] * len(rows))
                values = [value for row in rows for value in row]
                cursor.execute(f"INSERT INTO {_INTO} VALUES {every}", values)  # nosec B608
                return
            with cursor.copy(f"COPY {_INTO} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def _strike_out(self, only: Collection[str]) -> None:
        """An explanation stays as long as anybody is left who shares it."""
        sizes: dict[int, int] = {}
        for group in self.groups:
            group.members = [one for one in group.members if one.container in only]
            sizes[id(group.seen)] = sizes.get(id(group.seen), 0) + len(group.members)
        for group in self.groups:
            group.size = sizes[id(group.seen)]
        self.groups = [one for one in self.groups if one.size and (one.members or one.same_as is None)]


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT orchestra_time_id() FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _row(group: Group) -> tuple[Any, ...]:
    """In the order of the COPY's columns."""
    if group.placed:
        members: list[Any] = [(one.container, one.host_name, one.values) for one in group.members]
    else:
        members = [(one.container,) for one in group.members]
    return (
        group.id,
        group.service_id,
        (Verdict.PLACED if group.placed else Verdict.REFUSED).value,
        group.words,
        json.dumps(members),
        json.dumps(group.seen.terms if group.placed else ()),
        group.size,
        group.same_as,
        group.seen.hosts_total,
        *(_told_once(group.seen) if group.same_as is None else ("[]", "[]", "[]")),
    )


def _told_once(seen: Explanation) -> tuple[str, str, str]:
    """Funnel, refusals and best scores: what the containers of a group share."""
    alike: dict[tuple[str, str], list[str]] = {}
    try:
        for refusal in seen.refused:
            alike.setdefault((refusal.filter, refusal.reason), []).append(refusal.host)
    except Exception:  # words that cannot be made must not keep a container from its host
        log.exception("a decision is kept without its refused hosts")
    refused = [{"filter": name, "reason": reason, "hosts": hosts} for (name, reason), hosts in alike.items()]
    return (
        json.dumps([step._asdict() for step in seen.funnel]),
        json.dumps(refused),
        json.dumps([_scored(best) for best in seen.best]),
    )


def _scored(one: Scored) -> dict[str, Any]:
    return {"host": one.host, "total": one.total, "terms": dict(one.terms)}


def decision_json(container: Container) -> dict[str, Any]:
    """What the API answers for one attempt; without a decision yet, what its row says."""
    found = latest(container)
    host, score = _place(found, container.pk) if found else (None, None)
    text = container.message if container.status == Status.PENDING else ""
    return {
        "container": container.pk,
        "slot": container.slot_id,
        "status": container.status,
        "text": text or (_told(found, host) if found else "not decided yet"),
        "verdict": found.verdict if found else None,
        "at": found.at if found else None,
        "host": host,
        "score": _scored(score) if score else None,
        "group_size": found.group_size if found else 0,
        "hosts_total": found.hosts_total if found else 0,
        "funnel": found.funnel if found else [],
        "refused": refused_hosts(found.refused) if found else [],
        "scores": found.scores if found else [],
        "now": advice_json(container),
    }


def latest(container: Container) -> Decision | None:
    """The newest decision about this attempt, with its group's explanation filled in."""
    found = Decision.objects.filter(pk=container.decision_id).first() if container.decision_id else None
    if found is not None and found.same_as is not None:
        shared = Decision.objects.filter(pk=found.same_as).first()
        if shared is not None:
            found.funnel, found.refused, found.scores = shared.funnel, shared.refused, shared.scores
    return found


def refused_hosts(kept: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One for each host, in the order of their names: what is said of many hosts alike is kept once."""
    told = ((host, one["filter"], one["reason"]) for one in kept for host in one["hosts"])
    return [{"host": host, "filter": name, "reason": reason} for host, name, reason in sorted(told)]


def _place(decision: Decision, container: UUID) -> tuple[str | None, Scored | None]:
    """Where this one went, and what that was worth when it did."""
    mine = next((one for one in decision.members if one[0] == str(container)), None)
    if decision.verdict == Verdict.REFUSED or mine is None:
        return None, None
    _, host, values = mine
    return host, scored(host, decision.terms, values)


def _told(decision: Decision, host: str | None) -> str:
    """For example "placed on h2: the best of 3 hosts that fit; refused: 1 by memory, 1 by labels"."""
    words = placed_on(host) if host else decision.message
    if decision.verdict == Verdict.REFUSED or not decision.funnel:
        return words
    return f"{words}: {funnel_words(decision.funnel)}"


def placed_on(host: str) -> str:
    return f"placed on {host}"


def funnel_words(funnel: Sequence[Mapping[str, Any]]) -> str:
    """What the filters left, and what they refused."""
    fit = funnel[-1]["left"]
    refused = [f"{step['refused']} by {step['filter']}" for step in funnel if step["refused"]]
    words = "the only host that fits" if fit == 1 else f"the best of {fit} hosts that fit"
    return words + (f"; refused: {', '.join(refused)}" if refused else "")
