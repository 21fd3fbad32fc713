"""The operator's word "this host is dead": what follows from it, shown before or done.

Every attempt there that occupies a slot is lost together with its successor's row, whatever its restart rule says,
because the operator has seen what we cannot. Slots with volumes there stay: their data is nowhere else.
Before: the API or the admin asked the engine (hosts.connect.answers). After: placement finds the successors hosts.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from containers.models import Container
from containers.reasons import Reason
from containers.states import ON_ENGINE, By, Desired, Status
from containers.transitions import Move, add_next, move_many
from core.events.models import Level
from core.events.record import Happening, record
from core.lib.problems import Problem
from hosts.conditions import declare_dead
from hosts.models import Host
from hosts.rules import HostVerb, host_rule_for
from hosts.states import Reachable

NAMED_IN_EVENT: Final = 200


@dataclass(frozen=True, slots=True)
class Affected:
    """One attempt on the host. `was`: its status; `successor`: the row that follows, once there."""

    id: UUID
    slot: UUID
    project: str
    name: str
    was: str
    replaced: bool
    why: str
    volumes: tuple[str, ...] = ()
    successor: UUID | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """What follows, or followed. `moves` are lost here, and run elsewhere where they are `replaced`."""

    host: str
    moves: Sequence[Affected]
    stays: Sequence[Affected]
    refusal: str = ""


def preview(host: Host, *, answers: bool) -> Following:
    """What `mark_dead` would do now; changes nothing."""
    moves, stays = _affected(host)
    return Following(host.name, moves, stays, _refusal(host, answers=answers))


@transaction.atomic
def mark_dead(host: Host, *, answers: bool, actor: str) -> Following:
    """Do it, in one transaction. `answers`: what the engine said a moment ago.

    Problem 409 while the engine answers. May be said again: then it takes what was there in between.
    """
    row = declare_dead(host.pk, actor=actor)
    if refusal := _refusal(row, answers=answers):
        raise Problem(409, "host-answers", refusal)
    wished, stays = _affected(row)
    words = f"host {row.name} was marked dead"
    moves = [Move(one.id, Status.LOST, reason=Reason.HOST_LOST, message=words) for one in wished]
    moved = move_many(moves, by=By.OPERATOR, actor=actor)
    done = [_followed(one, words, actor=actor) for one in wished if one.id in moved]
    following = Following(row.name, done, stays)
    _tell(row, following, actor=actor)
    return following


def summary(following: Following) -> str:
    """One sentence for people."""
    replaced = sum(one.replaced for one in following.moves)
    ended = len(following.moves) - replaced
    words = [f"{replaced} replaced elsewhere"]
    words += [f"{ended} ended for good, as was asked before"] if ended else []
    stay = ", ".join(f"{one.name} ({', '.join(one.volumes)})" for one in following.stays[:5])
    more = f" and {len(following.stays) - 5} more" if len(following.stays) > 5 else ""
    words += [f"{len(following.stays)} stay with their volumes: {stay}{more}"] if following.stays else []
    return f"{following.host}: {'; '.join(words)}"


def following_json(following: Following, *, done: bool) -> dict[str, Any]:
    """The object as the API answers it; `done`: it happened."""
    return {**asdict(following), "done": done, "summary": summary(following)}


def _followed(lost: Affected, words: str, *, actor: str) -> Affected:
    """The lost attempt with its successor's row, unless a stop was asked for meanwhile."""
    made = add_next(lost.id, actor=actor, message=words) if lost.replaced else None
    if made is None and lost.replaced:
        return replace(lost, replaced=False, why="no new attempt: it was taken back meanwhile")
    return replace(lost, successor=made)


def _refusal(host: Host, *, answers: bool) -> str:
    at = replace(host.standing(), reachable=Reachable.OK) if answers else host.standing()
    rule = host_rule_for(HostVerb.MARK_DEAD, at)
    return rule.words.format(name=host.name) if rule else ""


def _affected(host: Host) -> tuple[list[Affected], list[Affected]]:
    """What moves and what stays, by name."""
    rows = Container.objects.filter(host=host, status__in=[one.value for one in ON_ENGINE]).select_related("project")
    found = [_judged(row) for row in rows.order_by("project__name", "name", "id")]
    return [one for one in found if not one.volumes], [one for one in found if one.volumes]


def _judged(row: Container) -> Affected:
    volumes = tuple(volume["name"] for volume in row.spec.get("volumes", []))
    replaced = not volumes and (row.desired == Desired.RUN or (row.desired == Desired.STOP and row.restart_asked))
    if volumes:
        why = f"its data is on this host only: {', '.join(volumes)}"
    else:
        why = "runs elsewhere" if replaced else f"no new attempt: {row.desired} was asked for"
    return Affected(row.pk, row.slot_id, row.project.name, row.name, row.status, replaced, why, volumes)


def _tell(host: Host, following: Following, *, actor: str) -> None:
    record(
        Happening(
            kind="host.marked-dead",
            actor=actor,
            object_kind="host",
            object_id=str(host.pk),
            host_id=host.pk,
            level=Level.WARNING,
            message=f"marked dead; {summary(following)}",
            data={"name": host.name, "moved": _named(following.moves), "stay": _named(following.stays)},
        )
    )


def _named(affected: Sequence[Affected]) -> dict[str, Any]:
    listed = [{"container": str(one.id), "name": f"{one.project}/{one.name}"} for one in affected[:NAMED_IN_EVENT]]
    return {"count": len(affected), "first": listed}
