"""Services for tables: a few words make what the planner sees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from containers.spec.service import UpdatePolicy
from containers.states import Desired, Health, Status
from scheduler.controllers.services.plan import plan_service
from scheduler.controllers.services.types import Attempt, Change, Note, RolloutSeen, ServiceSeen, Slot
from tests.scheduler.services.rows import NOW, SERVICE

OLD, NEW = 1, 2
LONG_AGO = NOW - timedelta(hours=1)


def before(seconds: float) -> Any:
    return NOW - timedelta(seconds=seconds)


def ident(key: str, number: int = 1) -> UUID:
    return uuid5(SERVICE, f"{key}/{number}")


def attempt(key: str = "1", revision: int = NEW, **values: Any) -> Attempt:
    """Running and ready for an hour, with the wanted revision, unless said otherwise."""
    number = values.pop("attempt", 1)
    one = Attempt(
        id=ident(key, number),
        slot_key=key,
        attempt=number,
        revision_id=revision,
        round=revision,
        is_successor=False,
        status=Status.RUNNING,
        desired=Desired.RUN,
        health=Health.NONE,
        created_at=LONG_AGO,
        bound_at=LONG_AGO,
        started_at=LONG_AGO,
        ready_since=LONG_AGO,
        watched_until=NOW,
        host_id=1,
    )
    one = replace(one, **values)
    return one if one.serves else replace(one, ready_since=None)


def successor(key: str = "1", revision: int = NEW, **values: Any) -> Attempt:
    return attempt(key, revision, **{"attempt": 2, "is_successor": True, **values})


def crashed(key: str = "1", revision: int = NEW, **values: Any) -> Attempt:
    return attempt(key, revision, **{"status": Status.FAILED, "ended_at": before(1), **values})


def pending(key: str = "1", revision: int = NEW, **values: Any) -> Attempt:
    nowhere = {"status": Status.PENDING, "bound_at": None, "started_at": None, "host_id": None, "created_at": NOW}
    return attempt(key, revision, **{**nowhere, **values})


def rollout(**values: Any) -> RolloutSeen:
    """Number 2, from the old revision to the new one."""
    return replace(RolloutSeen(2, 2, "update", "running", NEW, OLD, LONG_AGO, LONG_AGO), **values)


def service(*slots: Slot | Attempt, policy: UpdatePolicy | None = None, **values: Any) -> ServiceSeen:
    """As many replicas as slots; an attempt stands for a slot with this occupant; a roll-out of the new revision."""
    full = [one if isinstance(one, Slot) else Slot(one.slot_key, one) for one in slots]
    wish: dict[str, Any] = {"mode": "replicated", "replicas": len(full), "revision_id": NEW, "fresh_from": 0}
    wish |= {"rollout": rollout(), "policy": policy or UpdatePolicy(), "slots": {one.key: one for one in full}}
    return ServiceSeen(id=SERVICE, name="web", **{**wish, **values})


def asked(seen: ServiceSeen) -> Sequence[Change]:
    """What is planned, without notes."""
    return [one for one in plan_service(seen, NOW, jitter=1.0).changes if not isinstance(one, Note)]


def kinds(seen: ServiceSeen) -> list[str]:
    return [type(one).__name__ for one in asked(seen)]


def words(seen: ServiceSeen) -> str:
    """The note of the roll-out, "" without one."""
    found = [one.why for one in plan_service(seen, NOW, jitter=1.0).changes if isinstance(one, Note)]
    return found[0] if found else ""
