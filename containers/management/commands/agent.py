"""`manage.py agent`: the process that speaks for hosts. Any number may run; they share the hosts."""

import logging
import os
import signal
import socket
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from containers.agent.share import Share
from core.accounts.models import cluster_id
from core.lib.lease import LeaseTimes, Presence
from core.lib.notify import Hints, Listener

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Speak for hosts: observe and command their engines until told to end (TERM or Ctrl-C)."
    requires_system_checks = ()  # `make check` runs them; a start must be quick

    def handle(self, *args: Any, **options: Any) -> None:
        ending = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        name = f"{socket.gethostname()}:{os.getpid()}"
        times = LeaseTimes(settings.LEASE_TTL_S, settings.LEASE_RENEW_S, settings.LEASE_OBSERVE_S)
        presence = Presence(table="hosts_process", role="agent", name=name, times=times)
        share = Share(presence, cluster=cluster_id(), actor=f"agent:{name}")
        listener = Listener(lambda hints: _heard(share, hints), lambda: share.wake(None), name="agent-hints")
        presence.start()
        listener.start()
        log.info("agent %s is up", name)
        ending.wait()
        log.info("agent %s ends: finishing the steps under way, then freeing its hosts", name)
        listener.stop()
        presence.pause()
        share.leave()
        presence.stop()


def _heard(share: Share, hints: Hints) -> None:
    """`work`: rows call for something. `look`: somebody waits for what the engine says."""
    share.wake(_hosts(hints, "work"))
    share.compare(_hosts(hints, "look"))


def _hosts(hints: Hints, kind: str) -> set[int] | None:
    """The hosts that are meant; None when a hint was too long to name them."""
    hosts = hints.get(kind, [])
    return None if hosts is True else {int(host) for host in hosts}
