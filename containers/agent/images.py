"""Which image exactly runs: a tag is resolved once, by the first host's agent, and pinned on the row.

Pulled by digest from then on. An image that only this engine has is pinned by its id, and placement keeps to the
hosts that have it. Before: bring_up in apply.py. After: the create body. A digest on a row means that the registry
has shown the image to the row's project, with that project's credentials: nothing crosses a project's border here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from containers.agent.failures import is_silence
from containers.agent.hands import Hands
from containers.agent.memory import Memory
from containers.agent.progress import TOLD_EVERY_S, Pull, PullNeeded, Teller
from containers.models import Container
from containers.registries import Credentials, credentials_for, is_guarded, was_shown
from containers.spec import parse_image
from core.lib.brief import database_visit
from core.lib.vault import VaultError
from hosts.engine.base import RegistryAuth
from hosts.engine.errors import Deadline, EngineError, ImageMissing, RegistryDenied, RegistryError
from hosts.engine.types import ImageFacts, Resolved

log = logging.getLogger(__name__)

RESOLVED_FOR_S = 10.0
SILENT_REGISTRY_FOR_S = 60.0

Asker = tuple[int, int] | None


@dataclass
class Errand:
    """One row's image: whose it is, and with which credentials its registry is asked. They are opened when used."""

    hands: Hands
    row: Container
    ref: str
    may_pull: bool = True

    @cached_property
    def credentials(self) -> Credentials | None:
        with database_visit():
            try:
                return credentials_for(self.row.project_id, self.ref)
            except VaultError as error:
                raise RegistryError(str(error)) from error

    @cached_property
    def guarded(self) -> bool:
        """That an engine has the image says nothing about whether this project may: its registry must."""
        with database_visit():
            return self.credentials is not None or is_guarded(self.ref)

    @property
    def auth(self) -> RegistryAuth | None:
        return self.credentials.auth if self.credentials else None

    @property
    def asker(self) -> Asker:
        """Answers are shared among those who ask without credentials, else kept within one project."""
        return self.credentials.key if self.credentials else None

    def shown_before(self, image: ImageFacts) -> bool:
        """Whether the registry has shown this image to the project before."""
        mine = [one.partition("@")[2] for one in image.digests if one.partition("@")[0] == _repository(self.ref)]
        with database_visit():
            return was_shown(self.row.project_id, mine)


@dataclass(frozen=True, slots=True)
class Provided:
    """The reference to create with, and what to pin on the row in the transaction that says so."""

    ref: str
    pins: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ImageDesk:
    """What one host's agent remembers of registries and its engine for some seconds, so that a batch asks once."""

    _resolved: Memory[tuple[Asker, str], Resolved] = field(default_factory=lambda: Memory(RESOLVED_FOR_S))
    _seen: Memory[str, ImageFacts] = field(default_factory=lambda: Memory(RESOLVED_FOR_S))
    _silent: Memory[tuple[Asker, str], EngineError] = field(default_factory=lambda: Memory(SILENT_REGISTRY_FOR_S))
    _pulling: dict[str, Pull] = field(default_factory=dict)

    def provide(self, hands: Hands, row: Container, *, surely: bool = True, may_pull: bool = True) -> Provided:
        """The image to create with, made present. ImageMissing, RegistryError, DiskFull ... PullNeeded when it may not.

        Without `surely` the engine is not asked for what a moment ago was there, or for what an earlier attempt has
        pinned: the create call says when it is not, and then it is provided surely.
        """
        ref = str(row.spec["image"])
        pinned = _pins(row)
        if pinned["image_id"]:
            if surely:
                hands.engine.image(pinned["image_id"])
            return Provided(pinned["image_id"], {} if row.image_id else pinned)
        errand = Errand(hands, row, ref, may_pull)
        digest = pinned["image_digest"] or self._answered(errand)
        if not digest:
            local = _local_only(hands, ref)
            digest = "" if local else self._digest(errand) or ""
            if not digest:
                image = local or hands.engine.image(ref)
                return Provided(image.id, {"image_id": image.id, "image_architecture": image.architecture})
        exact = f"{_repository(ref)}@{digest}"
        if row.image_digest and row.image_architecture and not surely:
            return Provided(exact)
        image = self._present(errand, exact, surely=surely)
        return Provided(exact, {"image_digest": digest, "image_architecture": image.architecture})

    def _answered(self, errand: Errand) -> str:
        """What the registry said to this asker some seconds ago, "" when it was not asked."""
        known = self._resolved.get((errand.asker, errand.ref))
        return known.digest if known else ""

    def _digest(self, errand: Errand) -> str | None:
        """The registry's word; None when it cannot be asked and the engine has the image anyway."""
        named = parse_image(errand.ref).digest
        if named and not errand.guarded:
            return named
        try:
            resolved = self._ask(errand)
        except RegistryDenied:
            raise
        except (ImageMissing, RegistryError, Deadline) as error:
            self._settle_for_present(errand, error)
            return named
        self._resolved.put((errand.asker, errand.ref), resolved)
        return resolved.digest

    def _settle_for_present(self, errand: Errand, error: EngineError) -> None:
        """Raises the registry's error, unless the engine has the image and the project may use it."""
        try:
            image = errand.hands.engine.image(errand.ref)
        except ImageMissing:
            raise error from None
        if errand.guarded and not errand.shown_before(image):
            raise error
        words = "%s: %s is used as the engine has it, its registry says: %s"
        log.info(words, errand.hands.host_name, errand.ref, error)

    def _ask(self, errand: Errand) -> Resolved:
        """Ask the registry, unless it was silent a moment ago: ten containers shall not wait for it ten times."""
        asked = (errand.asker, _repository(errand.ref).split("/")[0])
        silent = self._silent.get(asked)
        if silent:
            raise silent
        try:
            return errand.hands.engine.resolve(errand.ref, auth=errand.auth)
        except RegistryDenied:
            raise  # an answer, and about this image alone
        except (RegistryError, Deadline) as error:
            if is_silence(error):
                self._silent.put(asked, error)
            raise

    def _present(self, errand: Errand, exact: str, *, surely: bool) -> ImageFacts:
        """The image by digest, pulled when it is missing; one pull at a time for one image."""
        seen = None if surely else self._seen.get(exact)
        if seen is None:
            seen = self._looked_for(errand, exact)
            self._seen.put(exact, seen)
        return seen

    def _looked_for(self, errand: Errand, exact: str) -> ImageFacts:
        hands = errand.hands
        try:
            return hands.engine.image(exact)
        except ImageMissing:
            if not errand.may_pull:
                raise PullNeeded(exact) from None
        pull = self._pulling.setdefault(exact, Pull())
        teller = Teller(hands, errand.row, pull)
        while not pull.lock.acquire(timeout=TOLD_EVERY_S):
            teller.waiting()
        try:
            return hands.engine.image(exact)
        except ImageMissing:
            hands.check()
            return hands.engine.pull(exact, auth=errand.auth, progress=teller)
        finally:
            self._pulling.pop(exact, None)  # who waits for it has it in hand
            pull.lock.release()


def _pins(row: Container) -> dict[str, str]:
    """What the row or, before it knows, its service's revision has pinned: all of a revision run the same."""
    known = row if row.image_digest or row.image_id or row.revision is None else row.revision
    names = ("image_digest", "image_id", "image_architecture")
    return {name: getattr(known, name) for name in names}


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
