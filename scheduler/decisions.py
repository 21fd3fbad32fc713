"""Keeps decisions: why a container was placed where it is, or why no host fits.

Containers of one group share one explanation, so that a thousand replicas do not keep a thousand lists of hosts.
Before: binding, in the transaction that binds. After: the API's decision view.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from containers.models import Container
from containers.states import Status
from scheduler.advice import advice_json
from scheduler.models import Decision, Verdict
from scheduler.placement.explain import scored
from scheduler.placement.types import Explanation, Scored
from scheduler.placement.types import Verdict as Placed

_COPY = (
    "COPY scheduler_decision (id, container_id, slot_id, verdict, host_id, host_name, message, score, group_size,"
    " same_as, hosts_total, funnel, refused, scores, service_id) FROM STDIN"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One container's decision before it is a row. `seen` is shared by the containers of a group."""

    container_id: UUID
    slot_id: UUID
    verdict: Placed
    message: str
    seen: Explanation


def keep(decisions: Sequence[Kept]) -> None:
    """Write them; of each shared explanation one full row, and rows that point to it."""
    if not decisions:
        return
    ids = _new_ids([one.container_id for one in decisions])
    first: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for one in decisions:
        sizes[id(one.seen)] = sizes.get(id(one.seen), 0) + 1
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for (row_id, service), one in zip(ids, decisions, strict=True):
            same_as = first.get(id(one.seen))
            first.setdefault(id(one.seen), row_id)
            copy.write_row((*_row(row_id, one, same_as=same_as, group_size=sizes[id(one.seen)]), service))


def _new_ids(containers: Sequence[UUID]) -> list[tuple[int, UUID | None]]:
    """A new id for a decision about each, and the service of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT orchestra_time_id(), (SELECT c.service_id FROM containers_container c WHERE c.id = asked)"
            " FROM unnest(%s::uuid[]) AS asked",
            [list(containers)],
        )
        found: list[tuple[int, UUID | None]] = cursor.fetchall()
        return found


def _row(row_id: int, one: Kept, *, same_as: int | None, group_size: int) -> tuple[Any, ...]:
    """In the order of the COPY's columns, but for the service."""
    placed = one.verdict
    score = scored(placed.host_name, one.seen.terms, placed.values) if placed.host is not None else None
    return (
        row_id,
        one.container_id,
        one.slot_id,
        (Verdict.REFUSED if placed.host is None else Verdict.PLACED).value,
        placed.host,
        placed.host_name,
        one.message,
        json.dumps(_scored(score)) if score else None,
        group_size,
        same_as,
        one.seen.hosts_total,
        *(_told_once(one.seen) if same_as is None else ("[]", "[]", "[]")),
    )


def _told_once(seen: Explanation) -> tuple[str, str, str]:
    """Funnel, refusals and best scores: what the containers of a group share."""
    return (
        json.dumps([step._asdict() for step in seen.funnel]),
        json.dumps([refusal._asdict() for refusal in seen.refused]),
        json.dumps([_scored(best) for best in seen.best]),
    )


def _scored(one: Scored) -> dict[str, Any]:
    return {"host": one.host, "total": one.total, "terms": dict(one.terms)}


def decision_json(container: Container) -> dict[str, Any]:
    """What the API answers for one attempt; without a decision yet, what its row says."""
    found = latest(container.pk)
    text = container.message if container.status == Status.PENDING else ""
    return {
        "container": container.pk,
        "slot": container.slot_id,
        "status": container.status,
        "text": text or (_told(found) if found else "not decided yet"),
        "verdict": found.verdict if found else None,
        "at": found.at if found else None,
        "host": (found.host_name or None) if found else None,
        "score": found.score if found else None,
        "group_size": found.group_size if found else 0,
        "hosts_total": found.hosts_total if found else 0,
        "funnel": found.funnel if found else [],
        "refused": found.refused if found else [],
        "scores": found.scores if found else [],
        "now": advice_json(container),
    }


def latest(container_id: UUID) -> Decision | None:
    """The newest decision about this attempt, with its group's explanation filled in."""
    found = Decision.objects.filter(container_id=container_id).order_by("-id").first()
    if found is not None and found.same_as is not None:
        shared = Decision.objects.filter(pk=found.same_as).first()
        if shared is not None:
            found.funnel, found.refused, found.scores = shared.funnel, shared.refused, shared.scores
    return found


def _told(decision: Decision) -> str:
    """For example "placed on h2: the best of 3 hosts that fit; refused: 1 by memory, 1 by labels"."""
    if decision.verdict == Verdict.REFUSED or not decision.funnel:
        return decision.message
    return f"{decision.message}: {funnel_words(decision.funnel)}"


def funnel_words(funnel: Sequence[Mapping[str, Any]]) -> str:
    """What the filters left, and what they refused."""
    fit = funnel[-1]["left"]
    refused = [f"{step['refused']} by {step['filter']}" for step in funnel if step["refused"]]
    words = "the only host that fits" if fit == 1 else f"the best of {fit} hosts that fit"
    return words + (f"; refused: {', '.join(refused)}" if refused else "")
