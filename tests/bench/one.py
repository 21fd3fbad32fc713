"""One container: the API's POST until its row shows running, beside plain docker-py create and start.

The tag is one that nobody has asked the registry for yet, so that ours includes asking it; the image itself is present
on the engines, for both.
"""

from __future__ import annotations

import time

from tests.bench.figures import Figure
from tests.bench.raw import PREFIX, body_of
from tests.bench.rig import Rig, fresh_name, say

LIMIT_MS = 150


def measure(rig: Rig, *, rounds: int) -> list[Figure]:
    """Pairs on the first engine; who begins changes from pair to pair."""
    ours: list[float] = []
    raw: list[float] = []
    for number in range(rounds + 1):
        for side in ("ours", "raw") if number % 2 else ("raw", "ours"):
            if side == "ours":
                ours.append(_ours(rig))
            else:
                raw.append(_raw(rig))
        note = "" if number else " (warm-up)"
        say(f"one container, pair {number}: ours {ours[-1]:.0f} ms, raw {raw[-1]:.0f} ms{note}")
    name = "one container, POST to running"
    return [Figure(name, "ms", ours[1:], "docker-py create + start", raw[1:], "difference", LIMIT_MS)]


def _ours(rig: Rig) -> float:
    name = fresh_name("one")
    spec = rig.spec(name, engines=1, image=rig.fresh_tag())
    first_s, _ = rig.post([("", spec)])
    took_s = rig.await_running(name, 1) - first_s
    rig.remove(name)
    return took_s * 1000


def _raw(rig: Rig) -> float:
    name = f"{PREFIX}{fresh_name('one')}"
    body = body_of(rig.spec("one", engines=1), rig.image_ref)
    began_s = time.monotonic()
    rig.raws[0].run(body, name)
    took_s = time.monotonic() - began_s
    rig.clear_raw()
    return took_s * 1000
