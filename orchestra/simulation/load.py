"""How much a made-up container uses: a share of its own of what it may, that follows the day or stays as it is.

A day passes in ten minutes, so that somebody who looks sees the curve. Pure but for the clock that is handed in.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from hosts.engine.fake.container import FakeContainer

DAY_S: Final = 600.0
NIGHT: Final = 0.35  # of the usual, when the fewest want something
MIB: Final = 1024**2

Curve = Literal["day", "flat"]


@dataclass(frozen=True, slots=True)
class Load:
    """What `FakeFleet.load` calls: thousandths of a CPU and bytes. `seconds`: any clock that goes on."""

    curve: Curve
    seconds: Callable[[], float]

    def __call__(self, container: FakeContainer) -> tuple[int, int]:
        own = zlib.crc32(container.id.encode())
        now_s = self.seconds()
        wave = self._day(now_s) * (1 + 0.1 * math.sin(now_s / 17 + own % 628 / 100))
        cpu_millis = 5 + own % 180
        memory_bytes = (24 + own // 180 % 200) * MIB
        return max(1, int(cpu_millis * wave)), int(memory_bytes * (0.9 + 0.1 * wave))

    def _day(self, now_s: float) -> float:
        if self.curve == "flat":
            return 1.0
        return NIGHT + (1 - NIGHT) * (1 - math.cos(2 * math.pi * now_s / DAY_S))
