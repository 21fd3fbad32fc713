"""Wishes: run, then stop, then remove; a wish only goes forward and survives everything but its own fulfilment.

A stop may be held for some seconds, in which it can be taken back; any other wish takes its place.
"""

from uuid import UUID

from django.db import connection

from containers.states import FINAL, By, Desired, Status, goes_forward
from containers.transitions.moves import Move, move_many
from containers.transitions.write import Row, happening, lock, once_more_on_deadlock, tell

_WORDS = {
    (Desired.STOP, False): ("container.stop-asked", "it shall stop"),
    (Desired.STOP, True): ("container.restart-asked", "it shall stop and a new attempt shall follow"),
    (Desired.REMOVE, False): ("container.remove-asked", "it shall be removed"),
}
_UNASKED = {"unasked": True}


@once_more_on_deadlock
def hold_stop(container_id: UUID, *, delay_s: float, actor: str, message: str = "", unasked: bool = False) -> None:
    """Keep a stop for later, at the database's clock; until then `release_stop` takes it back."""
    row = lock([container_id])[container_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_container SET stop_at = now() + make_interval(secs => %s), stop_by = %s,"
            " generation = generation + 1 WHERE id = %s",
            [delay_s, actor, container_id],
        )
    message = message or f"it shall stop in {delay_s:g} s, unless that is taken back"
    data = _UNASKED if unasked else None
    tell([row], [happening(row, "container.stop-held", actor=actor, message=message, data=data)])


@once_more_on_deadlock
def release_stop(container_id: UUID, *, actor: str) -> bool:
    """Take a held stop back; False when none was held."""
    row = lock([container_id])[container_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_container SET stop_at = NULL, stop_by = '', generation = generation + 1"
            " WHERE id = %s AND stop_at IS NOT NULL",
            [container_id],
        )
        if not cursor.rowcount:
            return False
    tell([row], [happening(row, "container.stop-released", actor=actor, message="it shall go on: no stop is waiting")])
    return True


@once_more_on_deadlock
def want(
    container_id: UUID,
    desired: Desired,
    *,
    actor: str,
    then_restart: bool = False,
    message: str = "",
    unasked: bool = False,
) -> bool:
    """Set the wish of an attempt; False when nothing changed, because it goes at least as far already.

    A pending attempt is cancelled at once. `then_restart` asks the restart controller for a next attempt; a plain
    stop takes that back. With `remove` the slot's earlier attempts go too. `unasked`: no person wished for this, and
    the brakes count it.
    """
    row = lock([container_id]).get(container_id)
    if row is None or not (goes_forward(row.desired, desired) or desired == Desired.STOP == row.desired):
        return False
    if not _write_wish(row, desired, then_restart=then_restart):
        return False
    kind, words = _WORDS[(desired, then_restart)]
    told = happening(row, kind, actor=actor, message=message or words, data=_UNASKED if unasked else None)
    tell([row], [told], work=[row.host_id], ended=row.status in FINAL)
    if row.status == Status.PENDING:
        cancelled = Move(row.id, Status.CANCELLED, reason="cancelled", message="taken back before it had a host")
        move_many([cancelled], by=By.ACTION, actor=actor)
    return True


def _write_wish(row: Row, desired: Desired, *, then_restart: bool) -> bool:
    """Whether it was another wish than before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE containers_container SET desired = %s, restart_asked = %s, generation = generation + 1,"
            " stop_at = NULL, stop_by = '' WHERE id = %s AND (desired, restart_asked) <> (%s, %s)",
            [desired.value, then_restart, row.id, desired.value, then_restart],
        )
        changed = bool(cursor.rowcount)
        if desired == Desired.REMOVE:
            cursor.execute(
                "UPDATE containers_container SET desired = %s WHERE slot_id = %s AND superseded AND desired <> %s",
                [desired.value, row.slot_id, desired.value],
            )
    return changed
