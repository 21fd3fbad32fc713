"""Remedies: what could be changed so that hosts which one filter refuses would take a container of this shape.

By the filter's name; a filter that is not here has none. What they propose is only tried: fixes.py keeps what helps.
"""

from collections.abc import Callable, Mapping

from scheduler.placement.fleet import Fleet
from scheduler.placement.remedies import amounts, company, gpus, hosts, spec
from scheduler.placement.remedies.base import Ask, Change
from scheduler.placement.types import Ints, Shape

__all__ = ["REMEDIES", "Ask", "Change"]

Remedy = Callable[[Shape, Fleet, Ints, Ask], list[Change]]

REMEDIES: Mapping[str, tuple[Remedy, ...]] = {
    "ready": (hosts.get_going,),
    "availability": (hosts.uncordon,),
    "projects": (hosts.let_project,),
    "taints": (spec.tolerate,),
    "labels": (spec.drop_constraints, hosts.set_labels),
    "architecture": (spec.other_architecture,),
    "volume": (spec.new_volume,),
    "image": (spec.push_image,),
    "affinity": (company.prefer_beside,),
    "apart": (company.prefer_apart,),
    "at most": (company.raise_most,),
    "port": (spec.choose_ports, spec.other_port),
    "gpus": (gpus.fewer, gpus.any_model),
    "resources": (amounts.lower_needs,),
    "cpu": (amounts.lower_cpu,),
    "memory": (amounts.lower_memory,),
}
