"""Binding without a look before: one statement binds all that wait, writes their events and says which they were.

For those that claim nothing but room, which are nearly all. The statement itself asks whether each still waits, is
wanted, and has a host that takes work; whether there is room, the database says, which refuses all of it when one does
not fit. Then binding.py looks at each.
"""

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

from containers.states import Desired, Status
from containers.transitions.write import once_more_on_deadlock
from core.events.record import insert_from
from core.lib.lease import Hold
from core.lib.notify import CHANNEL, RING, pack
from core.lib.requests import current_request_id
from hosts.states import Availability, Reachable


class Place(NamedTuple):
    """The verdict for a container that claims nothing but CPU and memory. `id`: the text of its UUID."""

    id: str
    host_id: int
    host_name: str
    decision_id: int | None = None  # that tells why this host
    service_id: str | None = None  # who is told of it, too


BOUND = "which_were_bound"  # null: all of them
# Row by row in the given order, which is that of the ids: two batches never wait for each other crosswise.
_IN_ORDER = "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)"
_EVENT = f"""
  SELECT 'container.bound', %s, 'container', p.id::text, 'placed on ' || p.host, 'info', p.project_id, p.host_id,
    jsonb_build_object('name', p.name, 'slot', p.slot_id, 'attempt', p.attempt, 'from', '{Status.PENDING}',
      'to', '{Status.BOUND}', 'host_id', p.host_id, 'host', p.host)
  FROM placed p
"""
# The version is what the row's trigger would write, which need not be called then.
_BIND = f"""
WITH placed AS (
  UPDATE containers_container c SET status = '{Status.BOUND}', status_since = now(), bound_at = now(), reason = '',
    message = '', host_id = m.host_id, decision_id = COALESCE(m.decision_id, c.decision_id), version = c.version + 1,
    changed_xid = pg_current_xact_id()::text::bigint
  FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bigint[]) AS m(id, host_id, host, decision_id)
  WHERE c.id = m.id AND c.status = '{Status.PENDING}' AND c.desired = '{Desired.RUN}' AND (m.host_id IN (
    SELECT id FROM hosts_host WHERE id = ANY(%s) AND availability = '{Availability.ACTIVE}'
      AND reachable = '{Reachable.OK}'
  )) IS TRUE
  RETURNING c.id, c.name, c.project_id, c.slot_id, c.attempt, c.service_id, c.host_id, m.host
), told AS ({insert_from(_EVENT)})
SELECT CASE WHEN count(*) < %s THEN COALESCE(array_agg(id::text), ARRAY[]::text[]) END AS {BOUND}
FROM placed
"""
_BIND_AND_RING = f"{_IN_ORDER}; {_BIND}; {RING}"


def bind_at_once(places: Sequence[Place], *, actor: str, hold: Hold | None = None) -> Collection[str]:
    """The ids that were bound. Raises IntegrityError when not all of them fit, and HoldLost as move_many does."""
    if not connection.in_atomic_block:
        return once_more_on_deadlock(_bind)(places, _BIND_AND_RING, actor=actor, hold=hold)
    try:
        return _bind(places, f"SAVEPOINT at_once; {_BIND_AND_RING}; RELEASE SAVEPOINT at_once", actor=actor, hold=hold)
    except IntegrityError:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT at_once; RELEASE SAVEPOINT at_once")
        raise


def _bind(places: Sequence[Place], text: str, *, actor: str, hold: Hold | None) -> Collection[str]:
    """All in one message to the server: a container that waits alone is bound as soon as that is there and back."""
    ids, hosts, names, decisions, services = zip(*sorted(places, key=attrgetter("id")), strict=True)
    told = ("NULL" if one is None else str(one) for one in decisions)
    values: list[Any] = [_array(ids), _array(map(str, hosts)), _texts(names), _array(told), list(set(hosts))]
    values += [current_request_id(), actor, len(ids), CHANNEL, _hint(ids, hosts, services)]
    with connection.cursor() as cursor:
        if hold is None:
            cursor.execute(text, values)
        else:
            cursor.execute(f"{hold.fencing}; {text}", [hold.key, *values])
            hold.judge(cursor.fetchone())
        while cursor.description is None or cursor.description[0].name != BOUND:
            assert cursor.nextset(), "the answer is not there"
        (some,) = cursor.fetchone()
    return frozenset(ids if some is None else some)


def _hint(ids: Sequence[str], hosts: Iterable[int], services: Iterable[str | None]) -> str:
    """The agents of these hosts have work. Also of one that was not bound: who hears it looks, and finds nothing."""
    told = sorted({one for one in services if one is not None})
    return pack({"container": list(ids), "work": sorted(set(hosts)), "service": told, "event": True})


def _array(values: Iterable[str]) -> str:
    """As PostgreSQL writes an array; the driver's own way, one by one, takes longer than the binding."""
    return f"{{{','.join(values)}}}"


def _texts(values: Sequence[str]) -> str:
    """The same for any words."""
    quoted = {value: '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in set(values)}
    return _array([quoted[value] for value in values])
