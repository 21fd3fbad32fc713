"""The web process's own door to engines: one client per host, kept between requests, for reading logs; one question.

Before: a view or a consumer that may see the container. After: hosts.engine. The agents have clients of their own, so
that nobody who reads a log takes a place in the pool that commands need.
"""

import threading
from collections import OrderedDict

from django.conf import settings
from django.db import connection

from core.lib.vault import VaultError
from hosts.address import engine_address
from hosts.engine import Engine, EngineAddress, open_engine
from hosts.engine.errors import EngineError, Untrusted
from hosts.models import Host
from hosts.states import Reachable

MOST_CLIENTS = 256  # hosts whose logs one web process reads at a time; beyond, the longest unused is closed

_lock = threading.Lock()
_clients: OrderedDict[tuple[int, str, EngineAddress], Engine] = OrderedDict()


def engine_of(host: Host, *, cluster: str) -> Engine:
    """The client of this host at its present address; nothing is called yet."""
    key = (host.pk, cluster, engine_address(host))
    with _lock:
        if key not in _clients:
            _clients[key] = open_engine(
                key[2], cluster=cluster, deadline_s=settings.ENGINE_DEADLINE_S, pool=settings.ENGINE_POOL
            )
        found = _clients[key]
        _clients.move_to_end(key)
        old = [_clients.popitem(last=False)[1]] if len(_clients) > MOST_CLIENTS else []
    for engine in old:
        engine.close()
    return found


def free_connection() -> None:
    """Give the database its connection back before an engine is waited for, which may take seconds.

    The next query opens one again. Within a transaction nothing happens: there nobody may wait for an engine anyway.
    """
    if not connection.in_atomic_block:
        connection.close()


def answers(host: Host, *, cluster: str) -> bool:
    """Whether the engine answers: its agent says so, or it answers us now, within HOST_PING_TIMEOUT_S.

    One with the wrong certificate does answer; one whose keys nobody can open does not, so that it can be given up.
    Ask outside of transactions: they may not idle for so long.
    """
    if host.reachable == Reachable.OK:
        return True
    try:
        engine = open_engine(engine_address(host), cluster=cluster)
    except (VaultError, EngineError):
        return False
    free_connection()
    try:
        engine.ping(timeout_s=settings.HOST_PING_TIMEOUT_S)
    except Untrusted:
        return True
    except EngineError:
        return False
    finally:
        engine.close()
    return True
