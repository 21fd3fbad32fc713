"""What stands on some hosts only: a volume's data, an image that no registry has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scheduler.placement.filters.base import Filter, Rows, do, names
from scheduler.placement.fleet import Fleet
from scheduler.placement.types import Ints, Mask, Shape


def volume_elsewhere(shape: Shape, fleet: Fleet) -> Mask | None:
    held = [fleet.volumes[volume] for volume in shape.volumes if volume in fleet.volumes]
    if not held:
        return None
    mask = np.zeros(len(fleet), dtype=np.bool_)
    for row in held:
        mask |= ~fleet.rows_mask([row])
    return mask


def held_elsewhere(shape: Shape, fleet: Fleet) -> str:
    parts = []
    for volume in shape.volumes:
        row = fleet.volumes.get(volume)
        if row is not None:
            parts.append(f"{volume.name} is on {fleet.names[row] if row >= 0 else 'a host that is gone'}")
    return ", ".join(parts)


def seen_volumes(shape: Shape, fleet: Fleet, rows: Ints) -> Sequence[str]:
    return [held_elsewhere(shape, fleet)] * len(rows)


def why_volume_elsewhere(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return f"volume {seen}"


def sum_volume_elsewhere(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{do(rows)} not hold its data (volume {held_elsewhere(shape, fleet)})"


def image_elsewhere(shape: Shape, fleet: Fleet) -> Mask | None:
    return ~fleet.rows_mask(fleet.images.get(shape.image_only_there, ())) if shape.image_only_there else None


def where_image_is(shape: Shape, fleet: Fleet) -> str:
    rows = sorted(fleet.images.get(shape.image_only_there, ()))
    place = f"only on {names(fleet, rows)}" if rows else "on no host any more"
    return f"image {shape.image or shape.image_only_there} is in no registry and {place}"


def why_image_elsewhere(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    return where_image_is(shape, fleet)


def sum_image_elsewhere(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    return f"{do(rows)} not have the image ({where_image_is(shape, fleet)})"


VOLUME = Filter("volume", volume_elsewhere, why_volume_elsewhere, sum_volume_elsewhere, seen=seen_volumes)
IMAGE = Filter("image", image_elsewhere, why_image_elsewhere, sum_image_elsewhere)
