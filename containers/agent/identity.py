"""Is the engine at this address the host we think it is? Its marker volume carries the host's uuid.

Before: the first contact, then every half minute, and before a list is believed that lacks most rows. After: the
condition `marker`; an agent does nothing on a host whose marker belongs to another.
"""

from dataclasses import dataclass

from containers.agent.hands import Hands
from containers.agent.observe import Cluster, rows_of
from containers.agent.plan import owner
from core.lib.brief import database_visit
from hosts.models import Host


@dataclass(frozen=True, slots=True)
class Identity:
    """The verdict; `message` says what to do when it is not ours."""

    ours: bool
    message: str = ""


def identify(hands: Hands) -> Identity:
    """Compare the marker, write it where the engine is new or its containers prove that it is the same one."""
    with database_visit():
        host = Host.objects.get(pk=hands.host_id)
    found = hands.engine.read_marker()
    if found == str(host.marker):
        return Identity(ours=True)
    if found is None:
        return _write_marker(hands, host)
    with database_visit():
        other = Host.objects.filter(marker=found).first()
    whose = f"host {other.name!r}" if other else f"another installation's host ({found})"
    return Identity(ours=False, message=f"the engine at {host.url} is {whose}; register it once, under one name")


def _write_marker(hands: Hands, host: Host) -> Identity:
    facts = hands.engine.list(labels=Cluster(hands.cluster).filter)
    rows = rows_of(host.pk, facts)
    known = [one for one in facts if owner(one) in rows]
    expected = any(not row.gone and row.status in ("running", "stopping") for row in rows.values())
    if expected and not known:
        message = f"the engine at {host.url} has neither our marker nor any of this host's containers: another engine?"
        return Identity(ours=False, message=f"{message} Register it as a new host, or mark this one dead.")
    hands.check()
    hands.engine.write_marker(str(host.marker))
    return Identity(ours=True)
