"""The leader's own question to an engine: do you answer? Used for hosts that their agent doubts, and only to judge.

The one place where the scheduler speaks to an engine; it never changes anything there.
"""

from django.conf import settings
from django.db import connection

from core.accounts.models import cluster_id
from core.lib.vault import VaultError
from hosts.address import engine_address
from hosts.engine import open_engine
from hosts.engine.errors import EngineDown, EngineError, Untrusted
from hosts.models import Host
from scheduler.controllers.silence import Answer


def ask(host_id: int) -> Answer | None:
    """One ping on a fresh connection; None when the host is gone or its keys open nowhere. Runs in its own thread."""
    try:
        host = Host.objects.filter(pk=host_id).first()
        cluster = cluster_id()
    finally:
        connection.close()  # not kept while the engine is silent
    if host is None:
        return None
    try:
        engine = open_engine(engine_address(host), cluster=cluster)
    except VaultError:
        return None  # the condition "keys" says so already
    try:
        engine.ping(timeout_s=settings.HOST_PING_TIMEOUT_S)
    except EngineDown:
        return Answer.REFUSED
    except Untrusted:
        return Answer.OK
    except EngineError:
        return Answer.SILENT
    finally:
        engine.close()
    return Answer.OK
