"""Host rows -> the columns placement reads; ports, volumes and images only where a waiting shape needs them.

Before: snapshot.read, inside its transaction. After: placement.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings

from containers.reasons import Reason
from containers.states import Status
from hosts.queries import usage_of
from hosts.states import FLAPPING, Reachable, Responsive
from hosts.taints import Taint, parse_taint
from scheduler.company import read_counts
from scheduler.gpus import park_of, read_gpus
from scheduler.placement import Fleet, Shape
from scheduler.placement.fleet import Countable, PortTable
from scheduler.placement.ports import listen_address
from scheduler.placement.types import Volume
from scheduler.reading import as_json, query

PORT_BARRED_S = 600
NOBODY = -1  # no project has this id
BLOCKING_CONDITIONS = ("marker", "disk", "keys", FLAPPING)
BLOCKED = " OR ".join(f"h.conditions #>> '{{{name},status}}' = 'bad'" for name in BLOCKING_CONDITIONS)
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
BLOCKED_WORDS = {FLAPPING: "it was lost several times lately and must be steady first"}
UNREADY_WORDS = {
    Reachable.UNKNOWN: "its engine has not answered yet",
    Reachable.SUSPECT: "its engine does not answer",
    Reachable.REFUSED: "its engine is down",
    Reachable.LOST: "it is lost",
}


def read_fleet(counts: Mapping[int, int] | None = None) -> Fleet:
    """`counts`: of containers by host, where they are known already."""
    hosts = query(
        "SELECT h.id, h.name, h.availability, h.reachable,"
        f" CASE WHEN {BLOCKED} THEN h.conditions ELSE '{{}}' END, h.labels, h.architecture, h.data_address,"
        " b.cpu_millis_allocatable, b.cpu_millis_reserved, b.memory_bytes_allocatable, b.memory_bytes_reserved,"
        " h.responsive, (SELECT p.id FROM hosts_hosthold o JOIN hosts_process p ON p.id = o.agent"
        " AND NOT p.retired WHERE o.host_id = h.id), h.taints, h.projects,"
        " b.resources_allocatable, b.resources_reserved, h.gpu_sharing"
        ' FROM hosts_host h JOIN hosts_hostbooking b ON b.host_id = h.id ORDER BY h.name COLLATE "C"'
    )
    return fleet_of(hosts, read_counts() if counts is None else counts, read_gpus())


def fleet_of(
    hosts: Sequence[tuple[Any, ...]], counts: Mapping[int, int], gpus: Sequence[tuple[int, int, str, int]] = ()
) -> Fleet:
    """Columns from the host query's rows, and from those of the hosts' GPUs."""
    columns = list(zip(*hosts, strict=True)) or [()] * 19
    ids, names, availability, reachable, conditions, labels, architectures, addresses = columns[:8]
    words = tuple(map(_unready, reachable, columns[12], columns[13], conditions, columns[10]))
    return Fleet(
        ids=np.array(ids, dtype=np.int64),
        names=names,
        ready=np.array([not word for word in words], dtype=np.bool_),
        unready_words=words,
        availability=availability,
        cpu_allocatable=np.array(columns[8], dtype=np.int64),
        cpu_reserved=np.array(columns[9], dtype=np.int64),
        memory_allocatable=np.array(columns[10], dtype=np.int64),
        memory_reserved=np.array(columns[11], dtype=np.int64),
        containers=np.array([counts.get(host, 0) for host in ids], dtype=np.int64),
        labels=tuple(as_json(text) for text in labels),
        architectures=tuple(ARCHITECTURES.get(name, name) for name in architectures),
        data_addresses=tuple(map(listen_address, addresses)),
        taints=tuple(map(_taints, columns[14])) if any(text != "[]" for text in columns[14]) else (),
        projects=_projects(columns[15]),
        resources=_resources(columns[16], columns[17]),
        park=park_of(gpus, ids, columns[18]) if gpus else None,
        port_range=settings.PORT_RANGE,
    )


@lru_cache(maxsize=4096)
def _taints(text: str) -> tuple[Taint, ...]:
    return tuple(taint for one in as_json(text) if (taint := parse_taint(one)) is not None)


def _resources(allocatable: Sequence[str], reserved: Sequence[str]) -> dict[str, Countable]:
    names = sorted({name for text in set(allocatable) for name in as_json(text)})
    return {name: Countable(_amounts(name, allocatable), _amounts(name, reserved)) for name in names}


def _amounts(name: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([as_json(text).get(name, 0) for text in texts], dtype=np.int64)


def _projects(columns: Sequence[str]) -> tuple[frozenset[int], ...]:
    """Per host the projects that may use it; one that is kept for a project that is not there is for nobody."""
    if all(text == "[]" for text in columns):
        return ()
    ids = dict(query("SELECT name, id FROM accounts_project"))
    sets = {text: frozenset(ids.get(name, NOBODY) for name in as_json(text)) for text in set(columns)}
    return tuple(sets[text] for text in columns)


def _unready(reachable: str, responsive: str, speaker: UUID | None, conditions: Any, memory_allocatable: int) -> str:
    """Why a host takes nothing at the moment, "" when it does. Project members read it: no words of the engine."""
    if reachable != Reachable.OK:
        return UNREADY_WORDS[Reachable(reachable)]
    if speaker is None:
        return "no agent speaks for it"
    seen = as_json(conditions)
    for name in BLOCKING_CONDITIONS:
        if seen.get(name, {}).get("status") == "bad":
            return BLOCKED_WORDS.get(name, f"its condition {name} is bad, ask an admin")
    if responsive == Responsive.SLOW:
        return "its engine is slow to answer"
    return "" if memory_allocatable else "its capacity is not known yet"


# --- what only some shapes need


def read_more(fleet: Fleet, rows: Mapping[int, int], shapes: Sequence[Shape], *, now: datetime) -> None:
    if any(shape.ports for shape in shapes):
        fleet.used_ports.update(_ports(query("SELECT host_id, address, protocol, port FROM containers_hostport"), rows))
        fleet.barred_ports.update(_ports(_barred(now), rows))
        fleet.count_ports()
    volumes = {volume for shape in shapes for volume in shape.volumes}
    if volumes:
        for project, name, host in query("SELECT project_id, name, host_id FROM containers_volume"):
            if Volume(project, name) in volumes:
                fleet.volumes[Volume(project, name)] = rows.get(host, -1)
    fleet.images = _images({name for shape in shapes for name in (shape.image, shape.image_only_there) if name}, rows)


def read_usage(fleet: Fleet, rows: Mapping[int, int]) -> None:
    """Shares of CPU and memory in use by the last readings; a host without a fresh one counts as half used."""
    cpu, memory = np.full(len(fleet), 0.5), np.full(len(fleet), 0.5)
    for host, used in usage_of(rows).items():
        row = rows[host]
        cpu[row] = used.cpu_millis / max(int(fleet.cpu_allocatable[row]), 1)
        memory[row] = used.memory_bytes / max(int(fleet.memory_allocatable[row]), 1)
    fleet.used = (cpu, memory)


def _ports(held: Iterable[tuple[Any, ...]], rows: Mapping[int, int]) -> PortTable:
    table: PortTable = {}
    for host, address, protocol, port in held:
        if host in rows:
            key = (rows[host], port)
            table[key] = table.get(key, frozenset()) | {(address, protocol)}
    return table


def _barred(now: datetime) -> list[tuple[Any, ...]]:
    """Ports of attempts that failed because something outside of us held them, for ten minutes."""
    return [
        (host, port["host_address"], port["protocol"], port["host_port"])
        for host, ports in query(
            "SELECT host_id, ports FROM containers_container WHERE status = %s AND reason = %s"
            " AND status_since > %s - make_interval(secs => %s)",
            [Status.FAILED.value, Reason.PORT_TAKEN.value, now, PORT_BARRED_S],
        )
        for port in as_json(ports)
    ]


def _images(names: set[str], rows: Mapping[int, int]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    if names:
        listed = list(names)
        for host, ref, image_id in query(
            "SELECT host_id, ref, image_id FROM hosts_hostimage WHERE ref = ANY(%s) OR image_id = ANY(%s)",
            [listed, listed],
        ):
            for name in names & {ref, image_id}:
                if host in rows:
                    found.setdefault(name, set()).add(rows[host])
    return {name: frozenset(at) for name, at in found.items()}
