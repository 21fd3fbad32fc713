"""What the engine says of its machine: capacity, images, clock and disk, every half minute, into the host's rows.

Before: the engine's info and image list. After: placement reads capacity and images, the console shows the conditions.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from containers.agent.hands import Hands
from core.lib.brief import database_visit
from core.lib.clock import monotonic_s, utc_now
from hosts.conditions import Capacity, set_capacity, set_condition
from hosts.engine.types import EngineInfo, ImageFacts
from hosts.images import note_images

SKEW_S = 5.0  # certificates and log times begin to suffer; nothing of ours compares two machines' clocks
DISK_LEAST_BYTES = 1024**3
WRITE_AGAIN_S = 300.0  # also what stands: it heals what another hand wrote
_NOT_KEPT = ("clock", "data_root_free_bytes")  # they change with every look


class Machine:
    """What is known of one host's machine, and what of it stands in the rows."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self._stands: object = None
        self._written_s = 0.0

    def look(self, *, version: int | None) -> None:
        """Ask the engine, and write what it says unless all of it stands already.

        `version`: of the host's row as it was seen last; somebody may have changed what counts, such as its reserve.
        """
        info = self.hands.engine.info()
        images = self.hands.engine.images()
        said = (info_as_kept(info), images, _clock(info), _disk(info), version)
        if said == self._stands and monotonic_s() - self._written_s < WRITE_AGAIN_S:
            return
        self._stands = None
        over = write_facts(self.hands, info, images)
        self._stands, self._written_s = None if over else said, monotonic_s()  # its room may come back at any time


def info_as_kept(info: EngineInfo) -> dict[str, Any]:
    return {key: value for key, value in asdict(info).items() if key not in _NOT_KEPT} | {"gpus": list(info.gpus)}


def write_facts(hands: Hands, info: EngineInfo, images: Iterable[ImageFacts]) -> bool:
    """Write what has changed; whether more is reserved than there is."""
    seen = Capacity(
        cpu_millis=info.cpu_count * 1000,
        memory_bytes=info.memory_bytes,
        architecture=info.architecture,
        facts=info_as_kept(info),
        gpus=info.gpus,
    )
    with database_visit():
        over = set_capacity(hands.host_id, seen, actor=hands.actor, hold=hands.hold)
        note_images(hands.host_id, images, hold=hands.hold)
        for name, message in (("clock", _clock(info)), ("disk", _disk(info))):
            set_condition(hands.host_id, name, bad=bool(message), message=message, actor=hands.actor, hold=hands.hold)
    return over


def _clock(info: EngineInfo) -> str:
    skew_s = 0.0 if info.clock is None else (info.clock - utc_now()).total_seconds()
    if abs(skew_s) < SKEW_S:
        return ""
    return f"its clock is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} ours: set it by NTP"


def _disk(info: EngineInfo) -> str:
    free = info.data_root_free_bytes
    if free is None or free >= DISK_LEAST_BYTES:
        return ""
    return f"{free // 1024**2} MiB are left where its engine keeps images and containers: free some space"
