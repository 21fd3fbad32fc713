"""What the engine says of its machine: capacity, images, clock and disk, every half minute, into the host's rows.

Before: the engine's info and image list. After: placement reads capacity and images, the console shows the conditions.
"""

from dataclasses import asdict

from containers.agent.hands import Hands
from core.lib.brief import database_visit
from core.lib.clock import utc_now
from hosts.conditions import Capacity, set_capacity, set_condition
from hosts.engine.types import EngineInfo
from hosts.images import note_images

SKEW_S = 5.0  # certificates and log times begin to suffer; nothing of ours compares two machines' clocks
DISK_LEAST_BYTES = 1024**3
_NOT_KEPT = ("clock", "data_root_free_bytes")  # they change with every look


def write_facts(hands: Hands) -> None:
    """Ask the engine and write what has changed."""
    info = hands.engine.info()
    images = hands.engine.images()
    seen = Capacity(
        cpu_millis=info.cpu_count * 1000,
        memory_bytes=info.memory_bytes,
        architecture=info.architecture,
        facts={key: value for key, value in asdict(info).items() if key not in _NOT_KEPT} | {"gpus": list(info.gpus)},
        gpus=info.gpus,
    )
    with database_visit():
        set_capacity(hands.host_id, seen, actor=hands.actor, hold=hands.hold)
        note_images(hands.host_id, images, hold=hands.hold)
        for name, message in (("clock", _clock(info)), ("disk", _disk(info))):
            set_condition(hands.host_id, name, bad=bool(message), message=message, actor=hands.actor, hold=hands.hold)


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
