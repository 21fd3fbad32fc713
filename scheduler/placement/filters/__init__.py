"""Filters: which hosts cannot take a container of this shape, why, and how many of it the others can take.

One file for each theme. The tuple at the bottom is the policy; place() runs it in order, and a host is refused by the
first that refuses it.
"""

from scheduler.placement.filters.base import PLENTY, Filter
from scheduler.placement.filters.claims import KEPT
from scheduler.placement.filters.company import AFFINITY, APART, AT_MOST, caps
from scheduler.placement.filters.gpus import GPUS
from scheduler.placement.filters.host import ARCHITECTURE, AVAILABILITY, HOST, READY
from scheduler.placement.filters.kept import PROJECTS, TAINTS
from scheduler.placement.filters.labels import LABELS
from scheduler.placement.filters.ports import PORT
from scheduler.placement.filters.room import CPU, MEMORY, RESOURCES
from scheduler.placement.filters.where import IMAGE, VOLUME

__all__ = ["AFFINITY", "FILTERS", "PLENTY", "Filter", "caps"]

FILTERS: tuple[Filter, ...] = (
    READY,
    AVAILABILITY,
    HOST,
    PROJECTS,
    TAINTS,
    LABELS,
    ARCHITECTURE,
    VOLUME,
    IMAGE,
    AFFINITY,
    APART,
    AT_MOST,
    PORT,
    GPUS,
    RESOURCES,
    CPU,
    MEMORY,
    KEPT,
)
