"""The wish for a service, typed: how many of a container, where, and how one revision replaces another.

The container itself is a ContainerSpec with the service's name; a revision keeps it. What stands here is the
service's own and changes without a new revision.
"""

from dataclasses import dataclass
from typing import Literal

from containers.spec.types import ContainerSpec

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
    """What a person writes. `strict`: never two of one slot, not even while a host is silent.

    `stop_delay_s`: how long a container that shall end has been out of the endpoints before it is told to.
    """

    name: str
    container: ContainerSpec
    mode: Mode = "replicated"
    replicas: int = 1
    update: UpdatePolicy = UpdatePolicy()
    stop_delay_s: int = 0
    strict: bool = False

    @property
    def exclusive(self) -> bool:
        """Two containers of one slot cannot live side by side: it is replaced stop-first."""
        return is_exclusive(self.container)


def is_exclusive(container: ContainerSpec) -> bool:
    """A volume is its slot's alone, and a fixed host port can be had once on a host."""
    return bool(container.volumes) or any(port.host_port is not None for port in container.ports)
