"""Known hosts -> the columns placement reads; ports, volumes and images only where a waiting shape needs them.

Before: snapshot.read, inside its transaction; known_hosts.py reads the rows. After: placement.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings

from containers.reasons import Reason
from containers.states import Status
from hosts.queries import usage_of
from scheduler.company import read_counts
from scheduler.gpus import park_of, read_gpus
from scheduler.known_hosts import KnownHosts, numbers
from scheduler.placement import Fleet, Shape
from scheduler.placement.fleet import OF_HOSTS, Countable, PortTable
from scheduler.placement.types import Volume
from scheduler.reading import as_json, query

PORT_BARRED_S = 600
NOBODY = -1  # no project has this id


def read_fleet(counts: Mapping[int, int] | None = None, known: KnownHosts | None = None) -> Fleet:
    """`counts`: of containers by host, where they are known already; `known`: what a loop keeps between its passes."""
    known = known or KnownHosts()
    known.look()
    return fleet_of(known, read_counts() if counts is None else counts, read_gpus())


def no_fleet() -> Fleet:
    return fleet_of(KnownHosts(), {})


def fleet_of(known: KnownHosts, counts: Mapping[int, int], gpus: Sequence[tuple[int, int, str, int]] = ()) -> Fleet:
    """Of the hosts as they were looked at last, and the rows of their GPUs."""
    ids, columns, booked = known.ids, known.columns, known.booked()
    words = known.words(booked)
    return Fleet(
        ids=numbers(ids),
        names=columns.names,
        ready=np.array([not word for word in words], dtype=np.bool_),
        unready_words=words,
        availability=columns.availability,
        cpu_allocatable=numbers([one.cpu_allocatable for one in booked]),
        cpu_reserved=numbers([one.cpu_reserved for one in booked]),
        memory_allocatable=numbers([one.memory_allocatable for one in booked]),
        memory_reserved=numbers([one.memory_reserved for one in booked]),
        containers=numbers([counts.get(host, 0) for host in ids]),
        labels=columns.labels,
        architectures=columns.architectures,
        data_addresses=columns.data_addresses,
        taints=columns.taints,
        projects=_projects(columns.projects),
        resources=_resources([one.resources_allocatable for one in booked], [one.resources_reserved for one in booked]),
        park=park_of(gpus, ids, columns.gpu_sharing) if gpus else None,
        port_range=settings.PORT_RANGE,
        columns={OF_HOSTS: columns.reckoned},
    )


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
