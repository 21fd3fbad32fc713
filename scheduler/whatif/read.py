"""Rows -> what what-if reckons with: the fleet, and who stands where, alike ones counted together.

Read in one look and kept for some seconds in this process: many may ask at once, and the fleet is large. Before: a view
asks. After: forecast.loss and forecast.more, which are pure.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID, uuid5

from containers.models import Service
from containers.spec import ContainerSpec, dump, spec_hash
from containers.states import ON_ENGINE
from core.accounts.models import Project
from core.lib.clock import monotonic_s
from scheduler.fleet import read_fleet
from scheduler.forecast.loss import Load, Loss, each_host, each_value, losses
from scheduler.outlook import wish_of
from scheduler.placement import Fleet, Request, Shape, merge
from scheduler.reading import newest, query
from scheduler.shapes import Asked
from scheduler.snapshot import Pending, row_of_wish, rows_where, shaped

KEPT_S: Final = 5.0
ALIKE: Final = UUID(int=1)

# Alike in everything that placement looks at; the spec itself is read once for each hash.
_STANDING = """
SELECT min(c.id::text)::uuid, c.host_id, c.project_id, c.spec_hash, c.cpu_millis, c.memory_bytes, c.image_digest,
  c.image_id, c.image_architecture, c.only_host_id, s.name, count(*),
  c.only_host_id IS NULL AND c.desired = 'run'
    AND CASE WHEN s.id IS NULL THEN c.restart = 'always' ELSE NOT s.strict END
  {more}
FROM containers_container c LEFT JOIN containers_service s ON s.id = c.service_id
WHERE c.status = ANY(%s) AND NOT c.superseded AND c.host_id IS NOT NULL
GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, s.id ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """The fleet and what waits; `rows` of those that are alike, each with its row of the fleet and its shape."""

    at: datetime
    fleet: Fleet
    rows: Sequence[tuple[tuple[Any, ...], int, Shape]]
    waiting: Sequence[Pending]


@dataclass(frozen=True, slots=True)
class Standing:
    """The fleet, who stands where, and what waits; nobody changes it."""

    at: datetime
    fleet: Fleet
    loads: Sequence[Load]
    waiting: Sequence[Request]


class Kept:
    """The last look, for as long as it is fresh; one look at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: Standing | None = None
        self._until_s = 0.0
        self._losses: dict[str, list[Loss]] = {}

    def standing(self) -> Standing:
        with self._lock:
            return self._fresh()

    def losses(self, label: str) -> tuple[Standing, list[Loss]]:
        """Of each host, or ("zone") of all hosts with one value of a label; the worst first."""
        with self._lock:
            found = self._fresh()
            if label not in self._losses:
                fleet = found.fleet
                domains = each_value(fleet, label) if label else each_host(fleet)
                worst = sorted(losses(fleet, found.loads, domains), key=lambda one: (-one.unplaced, one.name))
                self._losses[label] = worst
            return found, self._losses[label]

    def forget(self) -> None:
        self._until_s = 0.0

    def _fresh(self) -> Standing:
        if self._found is None or monotonic_s() >= self._until_s:
            self._found, self._losses = read(), {}
            self._until_s = monotonic_s() + KEPT_S
        return self._found


KEPT: Final = Kept()


def read() -> Standing:
    found = look()
    loads = [Load(at, shape, row[11], row[12] and not shape.volumes) for row, at, shape in found.rows]
    wishes = ((one.key, one.shape) for one in found.waiting if one.shape is not None)
    return Standing(found.at, found.fleet, loads, merge(wishes))


def look(more: str = "", params: Sequence[Any] = ()) -> Looked:
    """All that stands on a host, alike ones together; `more`: columns beside those of what-if, with their params."""
    with newest() as now:
        rows = query(_STANDING.format(more=more), [*params, sorted(ON_ENGINE)])
        hashes = sorted({row[3] for row in rows})
        specs = dict(
            query(
                "SELECT DISTINCT ON (spec_hash) spec_hash, spec FROM containers_container WHERE spec_hash = ANY(%s)"
                " ORDER BY spec_hash",
                [hashes],
            )
        )
        waiting = rows_where("status = 'pending' AND desired = 'run'", [])
        fleet = read_fleet()
        alike: dict[tuple[Any, ...], UUID] = {}
        asked = []
        for row in rows:
            if row[2:11] not in alike:
                key = alike[row[2:11]] = uuid5(ALIKE, repr(row[2:11]))
                asked.append(row_of_wish(key, row[2], Asked(row[3], specs[row[3]], *row[4:11])))
        pending = shaped([*asked, *waiting], fleet, now)
    shapes = {one.id: one.shape for one in pending}
    at = {int(host): row for row, host in enumerate(fleet.ids.tolist())}
    found = []
    for row in rows:
        shape = shapes[alike[row[2:11]]]
        if shape is not None and row[1] in at:
            found.append((row, at[row[1]], shape))
    return Looked(now, fleet, found, pending[len(asked) :])


def shape_of(service: Service) -> tuple[Shape, Fleet]:
    """What one more container of it asks for, and the fleet as it is; raises what is wrong with its spec as words."""
    assert service.revision is not None
    return _shape(service.project_id, wish_of(service.revision, service.name))


def shape_of_spec(spec: ContainerSpec, project: Project) -> tuple[Shape, Fleet]:
    """The same of one that nobody has asked for: as a container of a service of its name, of an image not known yet."""
    asked = Asked(
        spec_hash=spec_hash(spec),
        spec=json.dumps(dump(spec)),
        cpu_millis=spec.resources.cpu_request_millis,
        memory_bytes=spec.resources.memory_request_bytes,
        image_digest="",
        image_id="",
        image_architecture="",
        only_host=None,
        service=spec.name,
    )
    return _shape(project.pk, asked)


def _shape(project: int, asked: Asked) -> tuple[Shape, Fleet]:
    with newest() as now:
        fleet = read_fleet()
        (found,) = shaped([row_of_wish(ALIKE, project, asked)], fleet, now, with_kept=True)
    if found.shape is None:
        raise ValueError(found.error)
    return found.shape, fleet
