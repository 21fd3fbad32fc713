"""What a waiting container's row asks of placement: its spec and what is known of its image, as a shape.

Before: snapshot.read has the rows. After: placement. Shapes are shared: of a thousand replicas there is one.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from containers.spec import Affinity, parse, parse_image
from scheduler.company import kin_of
from scheduler.gpus import wish_of
from scheduler.placement import Fleet, PortWish, Shape
from scheduler.placement.company import AtMost, Kin, Near
from scheduler.placement.policy import Policy
from scheduler.placement.types import Volume
from scheduler.policies import Policies
from scheduler.reading import as_json, query

log = logging.getLogger(__name__)

_SPECS: dict[str, "Plain"] = {}  # by spec hash: parsing a spec costs more than placing it
_EARLIER: dict[str, "Plain"] = {}  # what was in it before it was full
_SPECS_MAX = 20_000


class Plain(NamedTuple):
    """What of a spec placement looks at, still without its project; `rules` are those about other containers."""

    shape: Shape
    labels: tuple[tuple[str, str], ...]
    rules: tuple[Affinity, ...]
    max_per: tuple[tuple[str, int], ...]
    policy: str  # "": the project's


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
    service: str | None


class Shapes:
    """The shapes of one snapshot. What nobody asks about is left out, so that more shapes are alike: a project where no
    host is kept for some, a service or a label that no rule names."""

    def __init__(self, fleet: Fleet, policies: Policies, *, kin: Iterable[Kin] = ()) -> None:
        self.policies = policies
        self._asks_projects = any(fleet.projects)
        self._kin = {*kin, *(kin for kin, _ in fleet.shunned)}
        self.asked: set[Policy] = set()  # what they are weighed by; known after `kin`
        self._same: dict[tuple[Any, ...], Shape] = {}  # of rows that are alike
        self._made: dict[tuple[Any, ...], Shape] = {}  # and of those that differ only in what nobody asks about

    def kin(self, waiting: Iterable[tuple[int, Asked]]) -> set[Kin]:
        """All that the rules of these (project, columns) and of those that are there name; asked before any shape."""
        seen = set()
        for project, asked in waiting:
            if (key := (project, asked.spec_hash, asked.service)) in seen:
                continue
            seen.add(key)
            try:
                self._kin |= self._named(project, asked)
            except Exception as error:  # told when its own shape is made: one that is wrong must not stop the others
                log.debug("a container's rules cannot be read: %s", error)
        return self._kin

    def _named(self, project: int, asked: Asked) -> set[Kin]:
        plain = plain_of(asked.spec_hash, asked.spec)
        self.asked.add(self.policies.of(project, plain.policy))
        named = {kin_of(project, service=rule.service, label=rule.label) for rule in plain.rules}
        if asked.service and (plain.max_per or self._counts_own(project, plain)):
            named.add(Kin(project, "service", asked.service))
        return named

    def _counts_own(self, project: int, plain: Plain) -> bool:
        return self.policies.of(project, plain.policy).asks("fewest", "zones")

    def of(
        self, asked: Asked, *, project: int, failed_on: frozenset[int] = frozenset(), was_on: int | None = None
    ) -> Shape:
        """Raises what parsing its spec raises, and UnknownPolicy."""
        same = (project, asked.spec_hash, *asked[2:], failed_on, was_on)
        shape = self._same.get(same)
        if shape is None:
            shape = self._same[same] = self._new(asked, project=project, failed_on=failed_on, was_on=was_on)
        return shape

    def _new(self, asked: Asked, *, project: int, failed_on: frozenset[int], was_on: int | None) -> Shape:
        plain = plain_of(asked.spec_hash, asked.spec)
        chosen = self.policies.of(project, plain.policy)
        was_on = was_on if chosen.asks("stay") else None
        in_company = bool(self._kin)
        whose = project if self._asks_projects or plain.shape.volumes or in_company else None
        key = (asked.spec_hash, *asked[2:8], asked.service if in_company else None, whose, failed_on, chosen, was_on)
        shape = self._made.get(key)
        if shape is None:
            shape = self._made[key] = replace(
                self._shape(plain, asked, project=project), failed_on=failed_on, was_on=was_on, policy=chosen
            )
        return shape

    def _shape(self, plain: Plain, asked: Asked, *, project: int) -> Shape:
        architectures = asked.image_architecture
        near = [
            Near(kin_of(project, service=r.service, label=r.label), r.within, r.apart, r.prefer or 0)
            for r in plain.rules
        ]
        own = Kin(project, "service", asked.service or "")
        return replace(
            plain.shape,
            cpu_millis=asked.cpu_millis,
            memory_bytes=asked.memory_bytes,
            image_only_there=asked.image_id if asked.image_id and not asked.image_digest else "",
            architectures=frozenset(architectures.split(",")) if architectures else frozenset(),
            only_host=asked.only_host,
            project=project if self._asks_projects else None,
            volumes=tuple(Volume(project, volume.name) for volume in plain.shape.volumes),
            near=tuple(rule for rule in near if not rule.weight),
            likes=tuple(rule for rule in near if rule.weight),
            at_most=tuple(AtMost(own, within, most) for within, most in plain.max_per if asked.service),
            counted=self._counted(own, plain, project),
            own=own if asked.service and self._counts_own(project, plain) else None,
        )

    def _counted(self, own: Kin, plain: Plain, project: int) -> frozenset[Kin]:
        if not self._kin:
            return frozenset()
        return frozenset({own, *(Kin(project, "label", f"{key}={value}") for key, value in plain.labels)} & self._kin)


def learn_specs(examples: Mapping[str, UUID]) -> None:
    """Read those specs that are not known yet: thousands of rows share a few, and each is long."""
    for spec_hash, spec in unknown_specs(examples).items():
        try:
            plain_of(spec_hash, spec)
        except Exception as error:  # told when its own shape is made
            log.debug("a spec cannot be read: %s", error)


def unknown_specs(examples: Mapping[str, UUID]) -> dict[str, Any]:
    """The specs that `plain_of` must be given, by their hashes; `examples`: a container with each."""
    ids = [example for spec_hash, example in examples.items() if spec_hash not in _SPECS]
    if not ids:
        return {}
    return dict(query("SELECT spec_hash, spec FROM containers_container WHERE id = ANY(%s)", [ids]))


def plain_of(spec_hash: str, spec: Any) -> Plain:
    """`spec`: its JSON; not needed where it is known already."""
    plain = _SPECS.get(spec_hash) or _EARLIER.get(spec_hash)
    if plain is None:
        wanted = parse(as_json(spec))
        shape = Shape(
            ports=tuple(
                PortWish(p.container_port, p.protocol, p.host_port, p.host_address or "") for p in wanted.ports
            ),
            constraints=wanted.constraints,
            tolerations=wanted.tolerations,
            needs=wanted.needs,
            gpus=wish_of(wanted.resources.gpus),
            priority=wanted.priority,
            volumes=tuple(Volume(0, volume.name) for volume in wanted.volumes),
            image=engine_name(wanted.image),
        )
        if len(_SPECS) >= _SPECS_MAX:
            _EARLIER.clear()  # who was told that a spec is known finds it here for a good while
            _EARLIER.update(_SPECS)
            _SPECS.clear()
        plain = _SPECS[spec_hash] = Plain(
            shape, wanted.labels, wanted.affinity, wanted.max_per, wanted.placement_policy
        )
    return plain


def engine_name(image: str) -> str:
    """A reference as engines list it: with its tag, without what Docker Hub leaves out."""
    parts = parse_image(image)
    repository = parts.repository.removeprefix("library/")
    name = repository if parts.registry == "docker.io" else f"{parts.registry}/{parts.repository}"
    return f"{name}@{parts.digest}" if parts.digest else f"{name}:{parts.tag}"
