"""What the fake hosts of one fleet share: a registry of images, and their names.

Before: tests and `fake://fleet/host` URLs. After: hosts/engine/fake/host pulls from here.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hosts.engine.errors import ImageMissing, RegistryDenied, RegistryError
from hosts.engine.types import ImageFacts, Resolved

if TYPE_CHECKING:
    from hosts.engine.fake.container import FakeContainer
    from hosts.engine.fake.host import FakeHost

_LOCK = threading.RLock()
_FLEETS: dict[str, FakeFleet] = {}


def sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def full_ref(ref: str) -> str:
    """`shop/web` means `shop/web:latest`, as everywhere."""
    last = ref.rpartition("/")[2]
    return ref if ":" in last or "@" in last or ref.startswith("sha256:") else f"{ref}:latest"


def repository(ref: str) -> str:
    """`host:5000/shop/web` of `host:5000/shop/web:1` or of a digest reference."""
    bare = ref.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    return head + slash + last.partition(":")[0]


@dataclass
class FakeFleet:
    """`any_image` makes the registry hold whatever is asked for; `registry_down` makes it answer nobody.

    `logins` are the registries (by host) that want a login: the user names and passwords they take. `look_s`: how often
    a stream without news looks for its cancel and for programs that end. `load`: what a container uses now, in place
    of its own fixed figures: thousandths of a CPU and bytes.
    """

    name: str
    any_image: bool = False
    registry_down: str = ""
    logins: dict[str, dict[str, str]] = field(default_factory=dict)
    published: dict[str, ImageFacts] = field(default_factory=dict)
    hosts: dict[str, FakeHost] = field(default_factory=dict)
    look_s: float = 0.05
    load: Callable[[FakeContainer], tuple[int, int]] | None = None

    def publish(self, ref: str, *, version: str = "1", architecture: str = "amd64", size_bytes: int = 4_000_000) -> str:
        """Puts an image into the registry, as a push does; another `version` moves the tag. Returns the digest."""
        tag = full_ref(ref)
        digest = sha256(f"{repository(tag)} {version} {architecture}")
        by_digest = f"{repository(tag)}@{digest}"
        image = ImageFacts(
            id=sha256(f"image {digest}"),
            digests=(by_digest,),
            architecture=architecture,
            os="linux",
            size_bytes=size_bytes,
            tags=(tag,),
        )
        self.published[tag] = self.published[by_digest] = image
        return digest

    def log_in(self, host: str, auth: Mapping[str, str] | None) -> None:
        """RegistryError, RegistryDenied; the words are those of a real engine."""
        if self.registry_down:
            raise RegistryError(self.registry_down)
        taken = self.logins.get(host)
        if taken is None:
            return
        if auth is None:
            raise RegistryDenied("no basic auth credentials")
        if taken.get(auth.get("username", "")) != auth.get("password"):
            raise RegistryDenied(f"login attempt to https://{host}/v2/ failed with status: 401 Unauthorized")

    def look_up(self, ref: str, auth: Mapping[str, str] | None = None) -> ImageFacts:
        """ImageMissing, RegistryError, RegistryDenied."""
        self.log_in(ref.partition("/")[0], auth)
        tag = full_ref(ref)
        if tag not in self.published and self.any_image:
            self.publish(tag)
        if tag not in self.published:
            raise ImageMissing(f"manifest for {tag} not found: manifest unknown: manifest unknown")
        return self.published[tag]

    def resolve(self, ref: str, auth: Mapping[str, str] | None = None) -> Resolved:
        image = self.look_up(ref, auth)
        return Resolved(digest=image.digests[0].partition("@")[2], architectures=(image.architecture,))


def fleet(name: str) -> FakeFleet:
    """The fleet of that name in this process, made on first use."""
    with _LOCK:
        return _FLEETS.setdefault(name, FakeFleet(name))


def forget(name: str) -> None:
    """Ends a fleet: the next use of the name starts anew."""
    with _LOCK:
        _FLEETS.pop(name, None)
