"""What a waiting container's row asks of placement: its spec and what is known of its image, as a shape.

Before: snapshot.read has the rows. After: placement. Shapes are shared: of a thousand replicas there is one.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from containers.spec import parse, parse_image
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.types import Volume
from scheduler.reading import as_json

_SPECS: dict[str, Shape] = {}  # by spec hash: parsing a spec costs more than placing it
_SPECS_MAX = 20_000


class Asked(NamedTuple):
    """The columns of a container's row that make its shape, in the order in which the snapshot reads them."""

    spec_hash: str
    spec: Any
    cpu_millis: int
    memory_bytes: int
    image_digest: str
    image_id: str
    image_architecture: str
    only_host: int | None


class Shapes:
    """The shapes of one snapshot. What no host of the fleet asks about is left out, so that more shapes are alike."""

    def __init__(self, fleet: Fleet) -> None:
        self._asks_projects = bool(fleet.projects)
        self._made: dict[tuple[Any, ...], Shape] = {}

    def of(self, asked: Asked, *, project: int, failed_on: frozenset[int] = frozenset()) -> Shape:
        """Raises what parsing its spec raises."""
        plain = _of_spec(asked.spec_hash, asked.spec)
        whose = project if self._asks_projects or plain.volumes else None
        key = (asked.spec_hash, *asked[2:], whose, failed_on)
        shape = self._made.get(key)
        if shape is None:
            shape = self._made[key] = self._shape(plain, asked, project=project, failed_on=failed_on)
        return shape

    def _shape(self, plain: Shape, asked: Asked, *, project: int, failed_on: frozenset[int]) -> Shape:
        architectures = asked.image_architecture
        return replace(
            plain,
            cpu_millis=asked.cpu_millis,
            memory_bytes=asked.memory_bytes,
            image_only_there=asked.image_id if asked.image_id and not asked.image_digest else "",
            architectures=frozenset(architectures.split(",")) if architectures else frozenset(),
            only_host=asked.only_host,
            project=project if self._asks_projects else None,
            volumes=tuple(Volume(project, volume.name) for volume in plain.volumes),
            failed_on=failed_on,
        )


def _of_spec(spec_hash: str, spec: Any) -> Shape:
    """What of a spec placement looks at; volumes still without their project."""
    shape = _SPECS.get(spec_hash)
    if shape is None:
        wanted = parse(as_json(spec))
        shape = Shape(
            ports=tuple(
                PortWish(p.container_port, p.protocol, p.host_port, p.host_address or "") for p in wanted.ports
            ),
            constraints=wanted.constraints,
            tolerations=wanted.tolerations,
            volumes=tuple(Volume(0, volume.name) for volume in wanted.volumes),
            image=engine_name(wanted.image),
        )
        if len(_SPECS) >= _SPECS_MAX:
            _SPECS.clear()
        _SPECS[spec_hash] = shape
    return shape


def engine_name(image: str) -> str:
    """A reference as engines list it: with its tag, without what Docker Hub leaves out."""
    parts = parse_image(image)
    repository = parts.repository.removeprefix("library/")
    name = repository if parts.registry == "docker.io" else f"{parts.registry}/{parts.repository}"
    return f"{name}@{parts.digest}" if parts.digest else f"{name}:{parts.tag}"
