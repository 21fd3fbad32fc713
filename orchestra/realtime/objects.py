"""Object topics: one container, service or host, or a service's endpoints, exactly as its GET answers, whenever that
has changed.

Before: the hub says which topics to look at. After: one JSON text for all its subscribers. A stamp is what is
compared to know whether a topic has to be written again; usage and counts are not in it.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from rest_framework.utils.encoders import JSONEncoder

from containers.endpoints import read_endpoints
from containers.models import Container, Service
from containers.queries import OF_IT
from containers.serializers import ContainerSerializer, container_json
from containers.service_queries import see, seen
from containers.service_serializers import EndpointsSerializer, ServiceSerializer, service_json
from hosts.models import Host
from hosts.queries import all_hosts, seen_of
from hosts.serializers import HostSerializer, host_json
from orchestra.realtime.access import Topic

Stamp = tuple[Any, ...]


def read_stamps(topics: Collection[Topic]) -> Mapping[Topic, Stamp | None]:
    """The stamp of each topic now; None: the object is gone."""
    keys: dict[str, set[Any]] = {}
    for topic in topics:
        keys.setdefault(topic.kind, set()).add(topic.key)
    stamps = {kind: _STAMPS[kind](of_kind) for kind, of_kind in keys.items()}
    return {topic: stamps[topic.kind].get(topic.key) for topic in topics}


def read_object(topic: Topic) -> str | None:
    """The object as JSON, or None when it is gone."""
    shown = _OBJECTS[topic.kind](topic)
    return None if shown is None else encode(shown)


def encode(data: object) -> str:
    """As DRF writes it (times, uuids), but in ASCII."""
    return json.dumps(data, cls=JSONEncoder, separators=(",", ":"))


def _container_stamps(keys: set[Any]) -> Mapping[Any, Stamp]:
    """By a slot's id its current attempt, else the attempt with this id, as GET finds it."""
    rows = Container.objects.filter(Q(pk__in=keys) | Q(slot_id__in=keys, superseded=False)).order_by(
        "-is_successor", "attempt"
    )
    by_attempt: dict[UUID, Stamp] = {}
    by_slot: dict[UUID, Stamp] = {}
    fields = ("pk", "slot_id", "superseded", "version", "host__reachable", "host__name")
    for pk, slot_id, superseded, *rest in rows.values_list(*fields):
        by_attempt[pk] = (pk, *rest)
        if not superseded:
            by_slot[slot_id] = (pk, *rest)
    return {key: by_slot.get(key) or by_attempt[key] for key in keys if key in by_slot or key in by_attempt}


def _host_stamps(keys: set[Any]) -> Mapping[Any, Stamp]:
    booked = ("cpu_millis_reserved", "memory_bytes_reserved", "resources_reserved")
    fields = ("pk", "version", *(f"booking__{name}" for name in booked), "gpus_reserved")
    rows = Host.objects.annotate(gpus_reserved=ArrayAgg("gpus__millis_reserved", order_by="gpus__number"))
    return {row[0]: row for row in rows.filter(pk__in=keys).values_list(*fields)}


def _container(topic: Topic) -> Any:
    rows = Container.objects.select_related(*OF_IT).filter(project_id=topic.project_id or 0)
    row = rows.filter(slot_id=topic.key, superseded=False).order_by("is_successor", "-attempt").first()
    row = row or rows.filter(pk=topic.key).first()
    return None if row is None else ContainerSerializer(container_json(row)).data


def _host(topic: Topic) -> Any:
    host: Any = all_hosts(project_ids=topic.project_ids).filter(pk=topic.key).first()
    if host is None:
        return None
    seen, full = seen_of([host.pk], project_ids=topic.project_ids)(host.pk), topic.project_ids is None
    return HostSerializer(host_json(host, seen=seen, containers=host.containers_count, full=full)).data


# --- services


def _service_stamps(keys: set[Any]) -> Mapping[Any, Stamp]:
    """The row, its latest roll-out, and how many of its containers serve; its revision is a change of the row."""
    rows = Service.objects.filter(pk__in=keys, gone_at=None)
    return {
        one.service.pk: (one.service.version, one.counts, one.rollout and (one.rollout.pk, one.rollout.version))
        for one in seen(list(rows))
    }


def _service(topic: Topic) -> Any:
    rows = Service.objects.select_related("project", "revision")
    row = rows.filter(pk=topic.key, project_id=topic.project_id or 0, gone_at=None).first()
    return None if row is None else ServiceSerializer(service_json(see(row))).data


def _endpoint_stamps(keys: set[Any]) -> Mapping[Any, Stamp]:
    """All of them, so that nothing is told when a container changes in another way."""
    return {key: (one.service, one.rows) for key, one in read_endpoints(keys).items()}


def _endpoints(topic: Topic) -> Any:
    found = read_endpoints([topic.key]).get(topic.key)
    return None if found is None else EndpointsSerializer(found.json()).data


_STAMPS: Mapping[str, Callable[[set[Any]], Mapping[Any, Stamp]]] = {
    "object-container": _container_stamps,
    "object-host": _host_stamps,
    "object-service": _service_stamps,
    "object-endpoints": _endpoint_stamps,
}
_OBJECTS: Mapping[str, Callable[[Topic], Any]] = {
    "object-container": _container,
    "object-host": _host,
    "object-service": _service,
    "object-endpoints": _endpoints,
}
