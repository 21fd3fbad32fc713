"""Which image exactly runs: a tag is resolved once, by the first host's agent, and pinned on the row.

Pulled by digest from then on. An image that only this engine has is pinned by its id, and placement keeps to the
hosts that have it. Before: bring_up in apply.py. After: the create body.
"""

import logging
import threading
from dataclasses import dataclass, field

from containers.agent.hands import Hands
from containers.models import Container
from containers.spec import parse_image
from core.lib.clock import monotonic_s
from hosts.engine.errors import Deadline, EngineError, ImageMissing, RegistryError
from hosts.engine.types import ImageFacts, PullProgress, Resolved

log = logging.getLogger(__name__)

RESOLVED_FOR_S = 10.0
SILENT_REGISTRY_FOR_S = 60.0
PROGRESS_EVERY_S = 1.0


@dataclass(slots=True)
class ImageDesk:
    """What one host's agent remembers of registries for some seconds, so that a batch asks once."""

    _resolved: dict[str, tuple[float, Resolved]] = field(default_factory=dict)
    _silent: dict[str, tuple[float, EngineError]] = field(default_factory=dict)
    _pulling: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def provide(self, hands: Hands, row: Container) -> str:
        """Make the image present and return the reference to create with. ImageMissing, RegistryError, DiskFull ..."""
        if row.image_id:
            hands.engine.image(row.image_id)
            return row.image_id
        ref = str(row.spec["image"])
        if not row.image_digest:
            local = _local_only(hands, ref)
            digest = None if local else self._digest(hands, ref)
            if digest is None:
                return self._pin_local(hands, row, local or hands.engine.image(ref))
            row.image_digest = digest
        image = self._present(hands, row, f"{_repository(ref)}@{row.image_digest}")
        hands.note(row.id, image_digest=row.image_digest, image_architecture=image.architecture)
        return f"{_repository(ref)}@{row.image_digest}"

    def _pin_local(self, hands: Hands, row: Container, image: ImageFacts) -> str:
        hands.note(row.id, image_id=image.id, image_architecture=image.architecture)
        return image.id

    def _digest(self, hands: Hands, ref: str) -> str | None:
        """The registry's word; None when it cannot be asked and the engine has the image anyway."""
        parsed = parse_image(ref)
        if parsed.digest:
            return parsed.digest
        known = self._resolved.get(ref)
        if known and monotonic_s() - known[0] < RESOLVED_FOR_S:
            return known[1].digest
        try:
            resolved = self._ask(hands, ref)
        except (ImageMissing, RegistryError, Deadline) as error:
            try:
                hands.engine.image(ref)
            except ImageMissing:
                raise error from None
            log.info("%s: %s is used as the engine has it, its registry says: %s", hands.host_name, ref, error)
            return None
        self._resolved[ref] = (monotonic_s(), resolved)
        return resolved.digest

    def _ask(self, hands: Hands, ref: str) -> Resolved:
        """Ask the registry, unless it was silent a moment ago: ten containers shall not wait for it ten times."""
        registry = _repository(ref).split("/")[0]
        silent = self._silent.get(registry)
        if silent and monotonic_s() - silent[0] < SILENT_REGISTRY_FOR_S:
            raise silent[1]
        try:
            return hands.engine.resolve(ref)
        except (RegistryError, Deadline) as error:
            self._silent[registry] = (monotonic_s(), error)
            raise

    def _present(self, hands: Hands, row: Container, exact: str) -> ImageFacts:
        """The image by digest, pulled when it is missing; one pull at a time for one image."""
        try:
            return hands.engine.image(exact)
        except ImageMissing:
            pass
        with self._guard:
            lock = self._pulling.setdefault(exact, threading.Lock())
        with lock:
            try:
                return hands.engine.image(exact)
            except ImageMissing:
                hands.check()
                return hands.engine.pull(exact, progress=_Teller(hands, row))


class _Teller:
    """Writes a pull's progress on the row, at most once a second."""

    def __init__(self, hands: Hands, row: Container) -> None:
        self.hands, self.row, self.told_s = hands, row, 0.0

    def __call__(self, progress: PullProgress) -> None:
        if monotonic_s() - self.told_s < PROGRESS_EVERY_S:
            return
        self.told_s = monotonic_s()
        self.hands.note(
            self.row.id,
            progress={
                "layers": progress.layers,
                "layers_done": progress.layers_done,
                "bytes_now": progress.bytes_now,
                "bytes_total": progress.bytes_total,
                "text": progress.text,
            },
        )


def _local_only(hands: Hands, ref: str) -> ImageFacts | None:
    """The engine's image when it bears this name and never came from a registry (built or imported there)."""
    try:
        image = hands.engine.image(ref)
    except ImageMissing:
        return None
    return image if not image.digests else None


def _repository(ref: str) -> str:
    return ref.partition("@")[0] if "@" in ref else _without_tag(ref)


def _without_tag(ref: str) -> str:
    head, _, tail = ref.rpartition(":")
    return head if head and "/" not in tail else ref
