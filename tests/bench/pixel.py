"""Engine exit to the browser's pixel: kill -9 of a container's process until the containers page has painted it.

Both clocks are this machine's. The page is watched by a MutationObserver: when a row's word for its state changes, the
next animation frame is awaited and then the task after it, which runs when that frame has been painted. Beside it: when
a docker-py client of the same engine has the `die` event.
"""

from __future__ import annotations

import json
import random
import threading
import time
from functools import partial

from tests.bench.chromium import Chromium
from tests.bench.figures import Figure
from tests.bench.raw import first_process, kill
from tests.bench.rig import Rig, fresh_name, say
from tests.whole.installation import wait_for

LIMIT_MS = 300
BATCH = 10
WATCH = """
(() => {
  const states = {};
  globalThis.painted = {};
  const look = () => {
    for (const row of document.querySelectorAll('[role=row]')) {
      const name = /PREFIX-\\d+-/.exec(row.textContent)?.[0];
      const state = row.children[1]?.textContent; // after the tick
      if (!name || states[name] === state) continue;
      states[name] = state;
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => { painted[name + state] = performance.timeOrigin + performance.now(); };
        after.port2.postMessage(0);
      });
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
  return true;
})()
"""
LOG_IN = """
fetch('/api/v1/login', { method: 'POST', headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: 'test', password: 'not-used-by-anyone' }) }).then((answer) => answer.status)
"""


class Deaths:
    """When a client of the engine heard of each death: docker-py's event stream, in a thread."""

    def __init__(self, rig: Rig) -> None:
        self.heard_s: dict[str, float] = {}
        self._events = rig.raws[0].api.events(decode=True, filters={"event": "die"})
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for event in self._events:
            self.heard_s.setdefault(event["id"], time.time())

    def close(self) -> None:
        self._events.close()


def measure(rig: Rig, *, kills: int) -> list[Figure]:
    """As many as asked for, in batches that fit on the screen, at moments that no timer of ours can share."""
    ours: list[float] = []
    engine: list[float] = []
    deaths = Deaths(rig)
    try:
        with Chromium() as page:
            page.go(f"{rig.installation.url}/login", until="document.readyState === 'complete'")
            status = page.evaluate(LOG_IN)
            if status != 200:
                raise RuntimeError(f"login in the page: {status}")
            while len(ours) < kills:
                _batch(rig, page, deaths, (ours, engine))
                say(f"pixel: {len(ours)} of {kills} kills, the last {ours[-1]:.0f} ms (event {engine[-1]:.0f} ms)")
    finally:
        deaths.close()
    name = "engine exit to the browser's pixel"
    beside = "die event at a client"
    return [
        Figure(f"{name}, median", "ms", ours, beside, engine, "difference"),
        Figure(f"{name}, p95", "ms", ours, "", (), "value", LIMIT_MS, percentile=95),
    ]


def _batch(rig: Rig, page: Chromium, deaths: Deaths, found: tuple[list[float], list[float]]) -> None:
    prefix = fresh_name("pixel")
    names = [f"{prefix}-{number}-" for number in range(BATCH)]
    rig.post([("", rig.spec(f"{name}x", engines=1)) for name in names])
    rig.await_running(prefix, BATCH)
    try:
        _kill_each(rig, page, deaths, found, prefix=prefix)
    finally:
        rig.remove(prefix)


def _kill_each(
    rig: Rig, page: Chromium, deaths: Deaths, found: tuple[list[float], list[float]], *, prefix: str
) -> None:
    shown = f"document.body?.textContent.split('{prefix}').length > {BATCH}"
    page.go(f"{rig.installation.url}/p/default/containers?q={prefix}", until=shown)
    page.evaluate(WATCH.replace("PREFIX", prefix))
    time.sleep(1.0)
    for name in [f"{prefix}-{number}-" for number in range(BATCH)]:
        query = "SELECT engine_id FROM containers_container WHERE name = %s"
        engine_id = str(rig.sql(query, f"{name}x")[0][0])
        pid = first_process(engine_id)
        time.sleep(random.uniform(0.4, 0.8))
        at_s = kill(pid)
        wait_for(partial(_is_painted, page, name), timeout_s=10, what=f"{name} painted", every_s=0.4)
        found[0].append(_painted(page)[name] - at_s * 1000)
        found[1].append((deaths.heard_s[engine_id] - at_s) * 1000)


def _is_painted(page: Chromium, name: str) -> bool:
    return name in _painted(page)


def _painted(page: Chromium) -> dict[str, float]:
    """Moment of the painted end by name, in milliseconds of the wall clock."""
    painted = json.loads(page.evaluate("JSON.stringify(painted)"))
    return {f"{name.rpartition('-')[0]}-": at_ms for name, at_ms in painted.items() if name.lower().endswith("failed")}
