"""The only writer of what is known of a host: reachable, responsive, conditions, facts and capacity.

Called by the agent that holds the host and by the scheduler's leader, each with its hold, and for the operator's words
"this host is dead" and "uncordon"; every change of a word leaves an event and a hint, a repeated word writes nothing.
Every time written is the database's, which is what the scheduler compares with. A host is locked FOR NO KEY UPDATE, so
that binding, which locks the booking and then refers to the host, never waits for it crosswise.
Before: pings and lists. After: placement, the console.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.events.models import Level
from core.events.record import Happening, record_many
from core.lib.clock import database_now
from core.lib.lease import Hold
from core.lib.notify import hint
from core.lib.problems import Problem
from core.lib.quantity import show_memory
from hosts.gpus import set_gpus
from hosts.models import Host, HostBooking
from hosts.states import CONDITIONS, FLAPPING, Reachable, Responsive

RESERVE_LEAST_BYTES = 256 * 1024**2
RESERVE_SHARE = 0.05
FLAPPING_LIFTED = "host.flapping-lifted"
MOVES: dict[Reachable, frozenset[Reachable]] = {
    Reachable.OK: frozenset(Reachable) - {Reachable.OK},
    Reachable.SUSPECT: frozenset({Reachable.OK, Reachable.REFUSED, Reachable.UNKNOWN}),
    Reachable.REFUSED: frozenset({Reachable.OK, Reachable.SUSPECT, Reachable.UNKNOWN}),
    Reachable.LOST: frozenset({Reachable.SUSPECT, Reachable.REFUSED}),
    Reachable.UNKNOWN: frozenset(),
}
"""target -> sources. A lost host leaves that state only by answering again."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an engine says it has; units in the names."""

    cpu_millis: int
    memory_bytes: int
    architecture: str
    facts: Mapping[str, Any]
    gpus: tuple[str, ...] = ()


def set_reachable(host_id: int, to: Reachable, *, message: str, actor: str, hold: Hold) -> bool:
    """Write a new word for whether the engine answers; False when it stood already or may not follow."""
    with transaction.atomic():
        hold.fence()
        host = Host.objects.select_for_update(no_key=True).filter(pk=host_id).first()
        if host is None or host.reachable == to or Reachable(host.reachable) not in MOVES[to]:
            return False
        Host.objects.filter(pk=host_id).update(reachable=to, reachable_since=database_now())
        loud = to in (Reachable.LOST, Reachable.REFUSED, Reachable.SUSPECT)
        _tell(host, f"host.{to}", actor=actor, message=message, level=Level.WARNING if loud else Level.INFO)
    return True


def declare_dead(host_id: int, *, actor: str) -> Host:
    """Write "lost" on the operator's word, whatever was known before; the locked row. For use in a transaction.

    Problem 409 while the engine answers its agent, 404 when the host was removed meanwhile.
    """
    host = Host.objects.select_for_update(no_key=True).filter(pk=host_id).first()
    if host is None:
        raise Problem(404, "not-found", "the host was removed meanwhile")
    if host.reachable == Reachable.OK:
        raise Problem(409, "host-answers", f"{host.name} answers; cordon it, or stop what runs on it")
    if host.reachable != Reachable.LOST:
        Host.objects.filter(pk=host_id).update(reachable=Reachable.LOST, reachable_since=database_now())
        message = f"{host.name} is lost: an operator says that it is dead"
        _tell(host, "host.lost", actor=actor, message=message, level=Level.WARNING)
    return host


def set_responsive(host_id: int, to: Responsive, *, message: str, actor: str, hold: Hold) -> None:
    """Write whether a full list comes within its deadline; slow is never lost."""
    with transaction.atomic():
        hold.fence()
        host = Host.objects.select_for_update(no_key=True).filter(pk=host_id).first()
        if host is None or host.responsive == to:
            return
        Host.objects.filter(pk=host_id).update(responsive=to)
        slow = to == Responsive.SLOW
        kind = "host.slow" if slow else "host.responsive"
        _tell(host, kind, actor=actor, message=message, level=Level.WARNING if slow else Level.INFO)


def set_condition(host_id: int, name: str, *, bad: bool, message: str, actor: str, hold: Hold) -> None:
    """Write one named condition (hosts.states.CONDITIONS); a change of its status leaves an event."""
    if name not in CONDITIONS:
        raise ValueError(f"{name!r} is no condition of a host: {', '.join(CONDITIONS)}")
    with transaction.atomic():
        hold.fence()
        host = Host.objects.select_for_update(no_key=True).filter(pk=host_id).first()
        if host is None:
            return
        status = "bad" if bad else "ok"
        old = host.conditions.get(name, {})
        if (old.get("status"), old.get("message")) == (status, message):
            return
        changed = old.get("status") != status
        since = database_now().isoformat() if changed else old["since"]
        conditions = {**host.conditions, name: {"status": status, "message": message, "since": since}}
        Host.objects.filter(pk=host_id).update(conditions=conditions)
        if changed and (bad or old):
            level = Level.WARNING if bad else Level.INFO
            _tell(host, f"host.{name}-{status}", actor=actor, message=message, level=level)
        else:
            hint(host=[host_id])


def lift_flapping(host: Host, *, actor: str) -> None:
    """A person trusts the host again: it takes new work at once, and what was before is forgiven.

    `host` is a locked row; for use in a transaction.
    """
    old = host.conditions.get(FLAPPING, {})
    if old.get("status") != "bad":
        return
    message = f"{host.name} need not be steady first: somebody has uncordoned it"
    lifted = {"status": "ok", "message": message, "since": database_now().isoformat()}
    Host.objects.filter(pk=host.pk).update(conditions={**host.conditions, FLAPPING: lifted})
    _tell(host, FLAPPING_LIFTED, actor=actor, message=message, level=Level.INFO)


def set_capacity(host_id: int, seen: Capacity, *, actor: str, hold: Hold) -> bool:
    """Write facts and capacity. Allocatable never falls below what is reserved: the host is `overbooked` instead, and
    the answer True."""
    with transaction.atomic():
        hold.fence()
        host = Host.objects.select_for_update(no_key=True).get(pk=host_id)
        booking = HostBooking.objects.select_for_update().get(pk=host_id)
        cpu, memory = seen.cpu_millis, max(0, seen.memory_bytes - reserve_bytes(host, seen.memory_bytes))
        wanted = {
            "cpu_millis_allocatable": max(cpu, booking.cpu_millis_reserved),
            "memory_bytes_allocatable": max(memory, booking.memory_bytes_reserved),
        }
        if any(getattr(booking, name) != value for name, value in wanted.items()):
            HostBooking.objects.filter(pk=host_id).update(**wanted)
        facts = {
            "cpu_millis": seen.cpu_millis,
            "memory_bytes": seen.memory_bytes,
            "architecture": seen.architecture,
            "facts": dict(seen.facts),
        }
        missed = [] if host.gpus_said else set_gpus(host_id, dict.fromkeys(seen.gpus))
        if any(getattr(host, name) != value for name, value in facts.items()):
            Host.objects.filter(pk=host_id).update(**facts)
            hint(host=[host_id])
    over = cpu < booking.cpu_millis_reserved or memory < booking.memory_bytes_reserved
    message = (
        f"{show_memory(booking.memory_bytes_reserved)} reserved, {show_memory(memory)} allocatable" if over else ""
    )
    if missed:
        words = f"containers have GPUs that its engine no longer names: {', '.join(missed)}"
        over, message = True, "; ".join(filter(None, (message, words)))
    set_condition(host_id, "overbooked", bad=over, message=message, actor=actor, hold=hold)
    return over


def reserve_bytes(host: Host, memory_bytes: int) -> int:
    """What is kept back for the host itself: its setting, or the larger of 256 MiB and 5 %."""
    if host.reserve_memory_bytes is not None:
        return host.reserve_memory_bytes
    return max(RESERVE_LEAST_BYTES, int(memory_bytes * RESERVE_SHARE))


def _tell(host: Host, kind: str, *, actor: str, message: str, level: str) -> None:
    record_many(
        [
            Happening(
                kind=kind,
                actor=actor,
                object_kind="host",
                object_id=str(host.pk),
                host_id=host.pk,
                message=message,
                level=level,
                data={"name": host.name},
            )
        ]
    )
    hint(host=[host.pk], event=True)
