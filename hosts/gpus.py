"""The only writer of which GPUs a host has: what an admin says, or else what its engine says.

Before: actions and conditions, which hold the lock of the host's booking, as every binding does. After: the rows that
placement reads and the trigger counts on. A device keeps its number, by which placement knows it, while it is there.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

from core.lib.problems import FieldProblem
from hosts.devices import DEVICE_PATTERN, MODEL_PATTERN, MOST_GPUS
from hosts.models import HostGpu


class GpuSaid(TypedDict):
    """One device as an admin says it: the engine's name for it, and its model ("": not known)."""

    device: str
    model: str


def set_gpus(host_id: int, wanted: Mapping[str, str | None]) -> list[str]:
    """Make these its devices: name -> model, None leaves the model as it is.

    Those that are no longer named go; one that a container has stays until that gives it back, and is told.
    """
    there = {gpu.device: gpu for gpu in HostGpu.objects.filter(host_id=host_id)}
    left = [gpu for name, gpu in there.items() if name not in wanted]
    HostGpu.objects.filter(pk__in=[gpu.pk for gpu in left if not gpu.millis_reserved]).delete()
    kept = [gpu for gpu in left if gpu.millis_reserved]
    HostGpu.objects.filter(pk__in=[gpu.pk for gpu in kept if gpu.is_there]).update(is_there=False)
    for name, model in wanted.items():
        gpu = there.get(name)
        if gpu is not None and (not gpu.is_there or model not in (None, gpu.model)):
            HostGpu.objects.filter(pk=gpu.pk).update(is_there=True, model=gpu.model if model is None else model)
    used = {gpu.number for name, gpu in there.items() if name in wanted} | {gpu.number for gpu in kept}
    free = (number for number in range(MOST_GPUS) if number not in used)
    new = [name for name in wanted if name not in there]
    HostGpu.objects.bulk_create(
        HostGpu(host_id=host_id, number=number, device=name, model=wanted[name] or "")
        for name, number in zip(new, free, strict=False)
    )
    return [gpu.device for gpu in kept]


def gpu_problems(said: Sequence[GpuSaid], *, in_use: Sequence[str] = ()) -> list[FieldProblem]:
    """`in_use`: devices that containers have; a host cannot be without them."""
    if len(said) > MOST_GPUS:
        return [FieldProblem("/gpus", "limit", f"a host has at most {MOST_GPUS} GPUs")]
    problems, seen = [], set()
    for index, gpu in enumerate(said):
        if not re.fullmatch(DEVICE_PATTERN, gpu["device"]) or gpu["device"] == "all":
            words = "a device is named as the engine names it, like GPU-45cbf7b3-f919-7228-7a26-b06628ebefa1, or 0"
            problems.append(FieldProblem(f"/gpus/{index}/device", "invalid", words))
        elif gpu["device"] in seen:
            words = f"{gpu['device']} stands here twice; remove one"
            problems.append(FieldProblem(f"/gpus/{index}/device", "duplicate", words))
        seen.add(gpu["device"])
        if gpu["model"] and not re.fullmatch(MODEL_PATTERN, gpu["model"]):
            words = "a model is named in letters, digits and blanks, at most 64, like A100"
            problems.append(FieldProblem(f"/gpus/{index}/model", "invalid", words))
    for device in in_use:
        if device not in seen:
            words = f"a container here has {device}; leave it in the list, or stop that container first"
            problems.append(FieldProblem("/gpus", "in-use", words))
    return problems
