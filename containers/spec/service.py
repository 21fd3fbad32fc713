"""The wish for a service, typed: how many of a container, where, and how one revision replaces another.

The container itself is a ContainerSpec with the service's name; a revision keeps it. What stands here is the
service's own and changes without a new revision.
"""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["replicated", "global"]
Order = Literal["start-first", "stop-first"]
OnFailure = Literal["pause", "roll-back"]


@dataclass(frozen=True, slots=True)
class UpdatePolicy:
    """How containers are replaced. Counts are containers; a new one is proved when ready for `health_window_s`."""

    order: Order = "start-first"
    max_surge: int = 1
    max_unavailable: int = 0
    batch: int = 1
    health_window_s: int = 5
    start_deadline_s: int = 120
    failure_threshold: int = 1
    on_failure: OnFailure = "roll-back"
    hold_after_first: bool = False


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What a person writes besides the container. `strict`: never two of one slot, not even while a host is silent."""

    mode: Mode = "replicated"
    replicas: int = 1
    update: UpdatePolicy = UpdatePolicy()
    stop_delay_s: int = 0
    strict: bool = False
