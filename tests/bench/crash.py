"""P3: kill -9 of a container's first process until its next attempt runs, beside the engine's own restart policy."""

from __future__ import annotations

import time
from typing import Any

from tests.bench.figures import Figure
from tests.bench.raw import PREFIX, body_of, first_process, kill
from tests.bench.rig import LOOK_S, Rig, fresh_name, say
from tests.whole.installation import wait_for

LIMIT_S = 1.0
SETTLE_S = 0.5  # a program that crashes in its first moments is another case


def measure(rig: Rig, *, rounds: int) -> list[Figure]:
    """A container each, since a second crash would wait for its back-off."""
    ours: list[float] = []
    engine: list[float] = []
    for number in range(1, rounds + 1):
        ours.append(_ours(rig))
        engine.append(_engine(rig))
        say(f"crash {number}: ours {ours[-1]:.2f} s, the engine's own policy {engine[-1]:.2f} s")
    return [
        Figure("crash to running again", "s", ours, "", (), "value", LIMIT_S),
        Figure("crash to running again", "s", ours, "engine's restart policy", engine, "difference"),
    ]


def _ours(rig: Rig) -> float:
    name = fresh_name("crash")
    rig.post([("", rig.spec(name, engines=1, restart="always"))])
    rig.await_running(name, 1)
    time.sleep(SETTLE_S)
    pid = first_process(_engine_id(rig, name))
    began_s = time.monotonic()
    kill(pid)
    query = "SELECT 1 FROM containers_container WHERE name = %s AND attempt = 2 AND status = 'running'"
    wait_for(lambda: bool(rig.sql(query, name)), timeout_s=30, what=f"{name} runs again", every_s=LOOK_S)
    took_s = time.monotonic() - began_s
    rig.remove(name)
    return took_s


def _engine_id(rig: Rig, name: str) -> str:
    return str(rig.sql("SELECT engine_id FROM containers_container WHERE name = %s", name)[0][0])


def _engine(rig: Rig) -> float:
    body: dict[str, Any] = body_of(rig.spec("crash", engines=1), rig.image_ref, restarts=True)
    api = rig.raws[0].api
    made = rig.raws[0].run(body, f"{PREFIX}{fresh_name('crash')}")
    time.sleep(SETTLE_S)
    pid = first_process(made)
    began_s = time.monotonic()
    kill(pid)

    def again() -> bool:
        seen = api.inspect_container(made)
        state = seen["State"]  # "Running" also while it waits for its restart
        return bool(seen["RestartCount"] and state["Running"] and not state["Restarting"])

    wait_for(again, timeout_s=30, what="the engine restarts it", every_s=LOOK_S)
    took_s = time.monotonic() - began_s
    rig.clear_raw()
    return took_s
