"""What a pull's stream of messages adds up to, and when it counts as stalled.

Pure but for the clock it is given. Before: streams.objects. After: engine.py tells the caller's `progress`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hosts.engine.types import PullProgress

DONE = ("Pull complete", "Already exists")


@dataclass
class _Layer:
    bytes_now: int = 0
    bytes_total: int = 0
    done: bool = False


@dataclass
class Tally:
    """Layers seen so far. `moved_at_s` is when anything last changed: engines repeat themselves while they retry."""

    moved_at_s: float
    _layers: dict[str, _Layer] = field(default_factory=dict)
    _seen: tuple[Any, ...] = ()

    def add(self, message: Mapping[str, Any], now_s: float) -> PullProgress:
        status, name = str(message.get("status", "")), str(message.get("id", ""))
        detail = message.get("progressDetail") or {}
        if (name and "progressDetail" in message) or status in DONE:
            self._count(self._layers.setdefault(name, _Layer()), status, detail)
        progress = self._sum(status)
        seen = (progress.layers, progress.layers_done, progress.bytes_now, status, detail.get("current"))
        if seen != self._seen and not status.startswith("Retrying"):
            self._seen, self.moved_at_s = seen, now_s
        return progress

    def _count(self, layer: _Layer, status: str, detail: Mapping[str, Any]) -> None:
        if status == "Downloading":
            layer.bytes_now = int(detail.get("current") or 0)
            layer.bytes_total = max(int(detail.get("total") or 0), layer.bytes_now)
        elif status in ("Download complete", *DONE):
            layer.bytes_now = layer.bytes_total
            layer.done = layer.done or status in DONE

    def _sum(self, text: str) -> PullProgress:
        layers = self._layers.values()
        return PullProgress(
            layers=len(layers),
            layers_done=sum(layer.done for layer in layers),
            bytes_now=sum(layer.bytes_now for layer in layers),
            bytes_total=sum(layer.bytes_total for layer in layers),
            text=text,
        )


def split(ref: str) -> tuple[str, str]:
    """Name and what to take of it: `a:1` -> (a, 1), `a` -> (a, latest), `a:1@sha256:..` -> (a, sha256:..)."""
    name, _, digest = ref.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return head + slash + last, digest or tag or "latest"
