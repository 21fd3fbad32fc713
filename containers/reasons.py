"""Why an attempt ended or waits: the codes of Container.reason, and which of them lie with the host. Pure.

The agent writes them, the restart controller reads them, the console translates them.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Codes; the words for people stand in Container.message beside them."""

    EXIT = "exit"
    OUT_OF_MEMORY = "out-of-memory"
    VANISHED = "vanished"
    STOPPED = "stopped"
    PREEMPTED = "preempted"
    IMAGE_MISSING = "image-missing"
    REGISTRY = "registry"
    REGISTRY_DENIED = "registry-denied"
    PORT_TAKEN = "port-taken"
    DISK_FULL = "disk-full"
    GPU_REFUSED = "gpu-refused"
    INVALID = "invalid"
    POLICY = "policy"
    REFUSED = "refused"
    DEADLINE = "deadline"
    HOST_LOST = "host-lost"


# The container never ran and another host may do better: tried elsewhere even with restart none (MODEL 1).
OF_THE_HOST = frozenset(
    {
        Reason.PORT_TAKEN,
        Reason.DISK_FULL,
        Reason.GPU_REFUSED,
        Reason.REFUSED,
        Reason.DEADLINE,
        Reason.IMAGE_MISSING,
        Reason.REGISTRY,
    }
)
