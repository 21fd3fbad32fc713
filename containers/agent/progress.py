"""A pull as its row tells it: how far it is, when it last moved, and that it ends when nobody wants it any more.

Before: images.py pulls. After: the console shows `progress`; observe.py counts the seconds since it moved.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from containers.agent.hands import Hands
from containers.models import Container
from containers.states import Desired
from core.lib.brief import database_visit
from core.lib.clock import monotonic_s
from hosts.engine.types import PullProgress

TOLD_EVERY_S = 1.0
UNPACKING = "Extracting"  # engines say so only while it moves, and count no bytes of ours then


class NotWanted(Exception):
    """Somebody asked for a stop meanwhile: the step ends in order, the next one stops it."""


class PullNeeded(Exception):
    """The image must be pulled first, which takes long: not by the hands that bring up what is present."""


@dataclass(slots=True)
class Pull:
    """One image that is being pulled, by one row for all that wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    moved_s: float = 0.0  # monotonic


class Teller:
    """Writes a pull's progress on its row, at most once a second. Raises NotWanted, which ends the pull.

    `moved_at` is in seconds by the database's clock. Only more than ever counts: an engine whose pull begins again
    and again moves nothing.
    """

    def __init__(self, hands: Hands, row: Container, pull: Pull) -> None:
        self.hands, self.row, self.pull = hands, row, pull
        self._told_s = 0.0
        self._looked_s = monotonic_s()
        self._most = (int(row.progress.get("layers_done", 0)), int(row.progress.get("bytes_now", 0)))
        self._moved_at_s: float | None = row.progress.get("moved_at")

    def __call__(self, now: PullProgress) -> None:
        """The engine said something of the pull."""
        so_far = (now.layers_done, now.bytes_now)
        if now.text == UNPACKING or any(new > old for new, old in zip(so_far, self._most, strict=True)):
            self.pull.moved_s = monotonic_s()
        self._most = (max(so_far[0], self._most[0]), max(so_far[1], self._most[1]))
        told = {
            "layers": now.layers,
            "layers_done": now.layers_done,
            "bytes_now": now.bytes_now,
            "bytes_total": now.bytes_total,
            "text": now.text,
        }
        self._tell(told)

    def waiting(self) -> None:
        """Another row pulls the same image: what that one moves is our progress too."""
        self._tell({"text": "Waiting for the same pull"})

    def queued(self) -> None:
        """Others pull from the same registry, and it is not our turn yet: that is no standstill of ours."""
        self.pull.moved_s = monotonic_s()
        self._tell({"text": "Waiting for its turn at the registry"})

    def _tell(self, told: dict[str, Any]) -> None:
        if monotonic_s() - self._told_s < TOLD_EVERY_S:
            return
        self._told_s = monotonic_s()
        at_s = self._still_wanted_at_s()
        if self.pull.moved_s >= self._looked_s or self._moved_at_s is None:
            self._moved_at_s = at_s
        self._looked_s = self._told_s
        self.hands.note(self.row.id, progress={**told, "moved_at": self._moved_at_s})

    def _still_wanted_at_s(self) -> float:
        """The database's time, while the row shall run."""
        with database_visit(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT desired, extract(epoch FROM now())::float FROM containers_container WHERE id = %s",
                [self.row.id],
            )
            desired, at_s = cursor.fetchone() or (None, 0.0)
        if desired != Desired.RUN:
            raise NotWanted(f"{self.row.id} shall not run any more")
        return float(at_s)
