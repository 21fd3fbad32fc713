"""The bell between processes: `hint` rings it inside the writer's transaction, `Listener` hears it.

A hint says "something of this kind changed, look" and is never an input: who hears it reads the rows.
Before it on the road: every writer of rows. After it: the loops of scheduler and agent, the hub of the web.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Literal

import psycopg
from django.conf import settings
from django.db import connection, connections

CHANNEL = "orchestra_hint"
RING = "SELECT pg_notify(%s, %s)"
LISTENER = "orchestra listener"
IDS_MAX = 100
KIND_BYTES_MAX = 7_000
PAYLOAD_BYTES_MAX = 7_900  # PostgreSQL refuses 8,000
BACK_OFF_FIRST_S = 0.1
BACK_OFF_MOST_S = 2.0
PROBE_EVERY_S = 5.0

Ids = list[Any] | Literal[True]
Hints = dict[str, Ids]
"""kind -> ids, or True for "many: look at all of them"."""

log = logging.getLogger(__name__)


def hint(**kinds: Iterable[object] | Literal[True]) -> None:
    """Ring once, inside the current transaction of the default connection: `hint(container=[uuid], host=[3])`."""
    payload = pack({kind: ids if ids is True else list(ids) for kind, ids in kinds.items()})
    if payload:
        with connection.cursor() as cursor:
            cursor.execute(RING, [CHANNEL, payload])


def pack(hints: Hints) -> str:
    """The payload of one NOTIFY; empty when there is nothing to say. Kinds that are too long become `true`."""
    short = {kind: _shorten(ids) for kind, ids in hints.items() if ids is True or ids}
    while len(text := _dump(short)) > PAYLOAD_BYTES_MAX:
        short[max(short, key=lambda kind: len(_dump(short[kind])))] = True
    return text if short else ""


def merge(into: Hints, more: Hints) -> Hints:
    """Add the ids of `more` to `into` (which is changed and returned), each id once, `True` above all."""
    for kind, ids in more.items():
        had = into.get(kind, [])
        into[kind] = True if had is True or ids is True else list(dict.fromkeys([*had, *ids]))
    return into


def unpack(payload: str) -> Hints:
    """Read one payload. What is not ours is an empty hint: the bell never breaks its hearer."""
    try:
        data = json.loads(payload)
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    return {str(kind): ids for kind, ids in data.items() if ids is True or isinstance(ids, list)}


def listen_dsn() -> tuple[str, dict[str, Any]]:
    """(conninfo, keywords) of a raw connection for LISTEN: DATABASE_LISTEN_URL, else the default database.

    Keeps the password, which a finished connection no longer tells. For the embedded database asking for the
    parameters also starts the server.
    """
    keywords: dict[str, Any] = {
        "autocommit": True,
        "connect_timeout": 3,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 5_000,
        "application_name": LISTENER,
    }
    url = getattr(settings, "DATABASE_LISTEN_URL", "")
    if url:
        return str(url), keywords
    params = connections["default"].get_connection_params()
    for of_django in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(of_django, None)
    return "", {**params, **keywords}


class Listener(threading.Thread):
    """One LISTEN connection in a thread of its own. Reconnects for ever; never raises out.

    `on_hint(hints)` gets all notifications that wait, merged. `on_gap()` is called after every connect, the first
    included: anything may have been missed. Both are called in this thread and must be quick.
    With DATABASE_LISTEN_URL=off (only a transaction pooler is at hand) it calls `on_gap` every `poll_s` instead.
    """

    def __init__(
        self,
        on_hint: Callable[[Hints], None],
        on_gap: Callable[[], None],
        poll_s: float = 1.0,
        name: str = "listener",
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._on_hint = on_hint
        self._on_gap = on_gap
        self._poll_s = poll_s
        self._stopping = threading.Event()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Ask the thread to end and wait a little; it is a daemon, so a frozen database holds nobody up."""
        self._stopping.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout_s)

    def run(self) -> None:
        back_off_s = BACK_OFF_FIRST_S
        while not self._stopping.is_set():
            try:
                if getattr(settings, "DATABASE_LISTEN_URL", "") == "off":
                    self._poll()
                else:
                    self._listen()
                back_off_s = BACK_OFF_FIRST_S
            except _Lost as lost:
                if lost.was_connected:
                    back_off_s = BACK_OFF_FIRST_S
                log.warning("listen connection lost, again in %.1f s: %s", back_off_s, lost)
                self._stopping.wait(back_off_s)
                back_off_s = min(back_off_s * 2, BACK_OFF_MOST_S)
            except Exception:  # a fault of the hearer: the bell goes on
                log.exception("listener: what it called failed")
                self._stopping.wait(back_off_s)

    def _poll(self) -> None:
        while not self._stopping.wait(self._poll_s):
            self._on_gap()

    def _listen(self) -> None:
        was_connected = False
        try:
            conninfo, keywords = listen_dsn()
            with psycopg.connect(conninfo, **keywords) as conn:
                conn.execute(f"LISTEN {CHANNEL}")
                was_connected = True
                self._on_gap()
                self._hear(conn)
        except (psycopg.Error, OSError) as error:
            raise _Lost(error, was_connected=was_connected) from error

    def _hear(self, conn: psycopg.Connection[Any]) -> None:
        silent_s = 0.0
        while not self._stopping.is_set():
            hints = _waiting(conn, timeout_s=self._poll_s)
            if hints is not None:
                silent_s = 0.0
                if hints:
                    self._on_hint(hints)
                continue
            silent_s += self._poll_s
            if silent_s >= PROBE_EVERY_S:
                conn.execute("SELECT 1")  # a dead peer shows itself here at the latest
                silent_s = 0.0


class _Lost(Exception):
    def __init__(self, cause: Exception, *, was_connected: bool) -> None:
        super().__init__(str(cause).strip() or type(cause).__name__)
        self.was_connected = was_connected


def _waiting(conn: psycopg.Connection[Any], *, timeout_s: float) -> Hints | None:
    """Wait for a notification, then take all that are there, merged. None when nothing came."""
    notes = list(conn.notifies(timeout=timeout_s, stop_after=1))
    if not notes:
        return None
    notes += conn.notifies(timeout=0)
    merged: Hints = {}
    for note in notes:
        merge(merged, unpack(note.payload))
    return merged


def _shorten(ids: Ids) -> Ids:
    if ids is True or len(ids) > IDS_MAX or len(_dump(ids)) > KIND_BYTES_MAX:
        return True
    return ids


def _dump(value: object) -> str:
    return json.dumps(value, default=str, separators=(",", ":"))
