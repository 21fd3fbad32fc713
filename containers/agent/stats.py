"""CPU and memory of a host and its containers, every few seconds, into the samples table.

Before: the engine's cgroup files or its stats call. After: hosts.metrics, one COPY and one hint per turn.
"""

from uuid import UUID

from containers.agent.hands import Hands
from containers.agent.plan import live_name
from containers.models import Container
from containers.states import Status
from core.lib.brief import database_visit
from hosts.metrics import Usage, write_samples


def measure(hands: Hands) -> int:
    """Take one reading of everything that runs; the number of samples written."""
    with database_visit():
        running = list(
            Container.objects.filter(host_id=hands.host_id, status=Status.RUNNING).values_list("id", flat=True)
        )
    names: dict[str, UUID] = {live_name(container_id): container_id for container_id in running}
    used = [
        Usage(names[sample.name], sample.cpu_millis, sample.memory_bytes)
        for sample in hands.engine.stats(tuple(names))
        if sample.name in names
    ]
    whole = hands.engine.host_usage()
    if whole is not None:
        used.append(Usage(None, whole.cpu_millis, whole.memory_bytes))
    elif used:  # a remote engine does not tell about its machine: at least what its containers use
        used.append(Usage(None, sum(u.cpu_millis for u in used), sum(u.memory_bytes for u in used)))
    with database_visit():
        write_samples(hands.host_id, used, hold=hands.hold)
    return len(used)
