"""What was learnt a moment ago and may be forgotten: a table whose entries age, of a bounded size.

Before: images.py learns something of a registry or an engine. After: a batch of containers asks only once.
"""

import threading
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.lib.clock import monotonic_s

K = TypeVar("K")
V = TypeVar("V")

MOST = 1000


@dataclass(slots=True)
class Memory(Generic[K, V]):
    """Keeps each value for `for_s` seconds, and never more than `most` of them: the oldest go first."""

    for_s: float
    most: int = MOST
    _kept: dict[K, tuple[float, V]] = field(default_factory=dict)  # in the order of their times
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: K) -> V | None:
        """The value, None when it is old or was never known."""
        with self._guard:
            at_s, value = self._kept.get(key, (0.0, None))
            return value if value is not None and monotonic_s() - at_s < self.for_s else None

    def put(self, key: K, value: V) -> None:
        """Know it from now on."""
        with self._guard:
            now_s = monotonic_s()
            self._kept.pop(key, None)
            self._kept[key] = (now_s, value)
            for old, (at_s, _) in list(self._kept.items()):
                if len(self._kept) <= self.most and now_s - at_s < self.for_s:
                    break
                del self._kept[old]

    def __len__(self) -> int:
        return len(self._kept)
