"""How soon a container is bound after the commit of its request: one after the other, prints JSON in milliseconds.

Run beside a scheduler process. The end is the notification of the transaction that bound it, on a connection of its
own: nothing is polled.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

SAMPLES = 300
FIRST = 20  # that do not count
PAUSE_S = 0.05
PATIENCE_S = 10.0


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestra.settings")
    import django

    django.setup()
    import psycopg

    from containers import actions
    from core.accounts.models import default_project
    from core.lib.lease import LeaseTimes, Presence
    from core.lib.notify import CHANNEL, listen_dsn
    from hosts.models import HostHold

    agent = Presence(table="hosts_process", role="agent", name="bench", times=LeaseTimes())
    agent.start()
    HostHold.objects.update(agent=agent.incarnation)
    conninfo, keywords = listen_dsn()
    took = []
    with psycopg.connect(conninfo, **keywords) as hearer:
        hearer.execute(f"LISTEN {CHANNEL}")
        await_first_looks(hearer)
        for number in range(SAMPLES):
            spec = {"name": f"one-{number}", "image": "x:1", "resources": {"cpu": "50m", "memory": "64m"}}
            row = actions.run(default_project(), spec, actor="bench")
            committed_s = time.perf_counter()
            took.append((await_bound(hearer, str(row.pk)) - committed_s) * 1000)
            time.sleep(PAUSE_S)
    agent.stop()
    print(json.dumps(took[FIRST:]))  # noqa: T201


def await_first_looks(hearer: Any) -> None:
    """Each loop of the leader has had its first turn: those look at everything, and are measured by passes.py."""
    from scheduler.daemon import LOOPS

    end_s = time.monotonic() + 60
    while hearer.execute("SELECT count(DISTINCT name) FROM scheduler_looprun").fetchone() != (len(LOOPS),):
        if time.monotonic() > end_s:
            raise SystemExit("no scheduler leads, or one of its loops never came to its end")
        time.sleep(0.1)


def await_bound(hearer: Any, container: str) -> float:
    """The moment at which the news of the transaction that bound it came."""
    end_s = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end_s:
        for note in hearer.notifies(timeout=1.0, stop_after=1):
            heard_s = time.perf_counter()
            kinds = json.loads(note.payload)
            if container in (kinds.get("container") or []) and kinds.get("work"):
                return heard_s
    raise SystemExit(f"{container} was not bound within {PATIENCE_S} s")


if __name__ == "__main__":
    main()
