"""The GPUs that a binding takes: placement's numbers become the engine's names, under the lock of the host's booking.

Part of binding.py. The CHECK on each device's row, which a trigger counts on, stands behind this.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hosts.devices import WHOLE_MILLIS


@dataclass(frozen=True, slots=True)
class GpuClaim:
    """So many thousandths of each of these devices, by their numbers; of one of the models, if any is named."""

    numbers: tuple[int, ...]
    millis: int = WHOLE_MILLIS
    models: tuple[str, ...] = ()


@dataclass(slots=True)
class Device:
    name: str
    model: str
    is_shared: bool
    free_millis: int

    def suits(self, claim: GpuClaim) -> bool:
        shared = claim.millis == WHOLE_MILLIS or self.is_shared
        return shared and self.free_millis >= claim.millis and (not claim.models or self.model in claim.models)


Devices = dict[tuple[int, int], Device]  # by host and number


def devices_of(hosts: Iterable[int]) -> Devices:
    """Those that are there, on hosts whose bookings are locked by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.host_id, g.number, g.device, g.model, h.gpu_sharing, %s - g.millis_reserved FROM hosts_hostgpu g"
            " JOIN hosts_host h ON h.id = g.host_id WHERE g.host_id = ANY(%s) AND g.is_there",
            [WHOLE_MILLIS, list(hosts)],
        )
        return {(host, number): Device(*rest) for host, number, *rest in cursor.fetchall()}


def suit(there: Devices, host_id: int, claim: GpuClaim | None) -> bool:
    """Whether all of the claim can be had."""
    if claim is None:
        return True
    found = [there.get((host_id, number)) for number in claim.numbers]
    return bool(found) and all(device is not None and device.suits(claim) for device in found)


def take(there: Devices, host_id: int, claim: GpuClaim | None) -> list[dict[str, Any]]:
    """As it stands on the container's row from now on."""
    if claim is None:
        return []
    devices = [there[host_id, number] for number in claim.numbers]
    for device in devices:
        device.free_millis -= claim.millis
    return [{"device": one.name, "model": one.model, "millis": claim.millis} for one in devices]
