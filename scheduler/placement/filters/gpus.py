"""Whether a host has the GPUs: enough devices with enough free on each, of a model that will do, shared if need be."""

from __future__ import annotations

from typing import Any

import numpy as np

from scheduler.placement.filters.base import Filter, Rows, have, lack
from scheduler.placement.fleet import Fleet
from scheduler.placement.gpus import NONE, WHOLE, GpuWish, Park
from scheduler.placement.types import Ints, Mask, Shape


def no_gpu(shape: Shape, fleet: Fleet) -> Mask | None:
    wish, park = shape.gpus, fleet.park
    if wish is None:
        return None
    if park is None:
        return np.ones(len(fleet), dtype=np.bool_)
    mask = park.fitting(wish) < wish.number
    others = _other_models(wish, park, fleet)
    if others is not None:
        mask |= others
    return mask | ~park.shared if wish.millis < WHOLE else mask


def _other_models(wish: GpuWish, park: Park, fleet: Fleet) -> Mask | None:
    if not wish.models:
        return None
    return fleet.once(
        ("gpu models", wish.models),
        lambda: np.array([wish.models.isdisjoint(park.models_of(row)) for row in range(len(fleet))], dtype=np.bool_),
    )


def seen_gpus(shape: Shape, fleet: Fleet, rows: Ints) -> Any:
    """Of each row: on how many devices there is enough, and the most that is free on one."""
    if shape.gpus is None or fleet.park is None:
        return [(0, 0)] * len(rows)
    there, suiting = fleet.park.free[rows], fleet.park.suiting(shape.gpus)
    if suiting is not None:
        there = np.where(suiting[rows], there, NONE)
    return np.column_stack(((there >= max(shape.gpus.millis, 1)).sum(axis=1), there.max(axis=1, initial=NONE)))


def why_no_gpu(shape: Shape, fleet: Fleet, row: int, seen: Any) -> str:
    wish, park = shape.gpus, fleet.park
    assert wish is not None
    models = () if park is None else park.models_of(row)
    if park is None or not models:
        return f"needs {show_gpus(wish)}, has none"
    if wish.models and wish.models.isdisjoint(models):
        has = " and ".join(model or "GPUs whose model is not known" for model in models)
        return f"has {has}, it asks for {' or '.join(sorted(wish.models))}"
    suiting = park.suiting(wish)
    total = int((park.free[row] != NONE if suiting is None else (park.free[row] != NONE) & suiting[row]).sum())
    if wish.millis < WHOLE and not park.shared[row]:
        return f"needs {show_gpus(wish)}, and its GPUs are not shared"
    enough, most = seen
    if wish.millis < WHOLE:
        return f"needs {show_gpus(wish)}, at most {most / WHOLE:g} is free on one of {total}"
    return f"needs {show_gpus(wish)}, {enough} free of {total}"


def show_gpus(wish: GpuWish) -> str:
    models = "".join(f" {model}" if place == 0 else f" or {model}" for place, model in enumerate(sorted(wish.models)))
    if wish.millis < WHOLE:
        return f"{wish.millis / WHOLE:g} of a GPU{models}"
    return f"{wish.number} {'GPU' if wish.number == 1 else 'GPUs'}{models}"


def sum_no_gpu(shape: Shape, fleet: Fleet, rows: Rows) -> str:
    wish, park = shape.gpus, fleet.park
    assert wish is not None
    devices = 0 if park is None else int((park.free[rows] != NONE).sum())
    if park is None or not devices:
        return f"{have(rows)} no GPU"
    if wish.models and all(wish.models.isdisjoint(park.models_of(row)) for row in rows):
        return f"{have(rows)} no GPU of {' or '.join(sorted(wish.models))}"
    if wish.millis < WHOLE:
        return f"{lack(rows)} GPUs with enough free that may be shared (needs {show_gpus(wish)})"
    fitting = park.fitting(wish)[rows]
    best = int(np.argmax(fitting))
    return f"{lack(rows)} GPUs (needs {show_gpus(wish)}, most free is {fitting[best]} on {fleet.names[rows[best]]})"


GPUS = Filter("gpus", no_gpu, why_no_gpu, sum_no_gpu, seen=seen_gpus)
