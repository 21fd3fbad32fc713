"""The one way to an engine: every verb the rest of Orchestra may ask of a host.

Each method blocks at most its deadline and raises only what errors.py lists, at the call (streams also while read).
All are safe to call from many threads. Bodies: docker (real engines) and fake (in-process), held to one test suite.
"""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from hosts.engine.types import (
    EngineEvent,
    EngineInfo,
    Facts,
    ImageFacts,
    Inspected,
    LogLine,
    PullProgress,
    Resolved,
    Sample,
)

RegistryAuth = Mapping[str, str]
"""Keys as the engine wants them: username, password, serveraddress. No error's words ever hold the password."""


class Engine(Protocol):
    def ping(self, *, timeout_s: float) -> None:
        """Answered within `timeout_s`, on a connection of its own; never waits behind other calls."""

    def info(self) -> EngineInfo: ...

    def list(self, *, labels: Mapping[str, str | None]) -> tuple[Facts, ...]:
        """Containers in all states that bear all these labels (None: any value)."""

    def inspect(self, name: str) -> Inspected:
        """NotFound."""

    def create(self, name: str, body: Mapping[str, Any]) -> str:
        """The new container's engine id. NameTaken, ImageMissing, Invalid, DiskFull, Refused."""

    def start(self, name: str) -> None:
        """Silent when it runs already. PortTaken, NotFound, Invalid (the command cannot run), Refused."""

    def stop(self, name: str, *, grace_s: int, signal: str | None = None) -> None:
        """Silent when it does not run. Blocks up to grace_s + 5 s. NotFound."""

    def kill(self, name: str, *, signal: str = "KILL") -> None:
        """Conflict when it does not run. NotFound."""

    def rename(self, name: str, new_name: str) -> None:
        """NotFound, NameTaken."""

    def remove(self, name: str, *, force: bool = True) -> None:
        """Silent when gone. Takes anonymous volumes along, never named ones. Without force: Conflict when it runs."""

    def image(self, ref: str) -> ImageFacts:
        """ImageMissing."""

    def images(self) -> tuple[ImageFacts, ...]:
        """All images with a tag or a digest."""

    def check_login(self, auth: RegistryAuth) -> None:
        """Silent when the registry at `serveraddress` takes them. RegistryDenied, RegistryError with its words."""

    def resolve(self, ref: str, *, auth: RegistryAuth | None = None) -> Resolved:
        """What the registry says `ref` is, asked by the engine. ImageMissing, RegistryError."""

    def pull(
        self, ref: str, *, auth: RegistryAuth | None = None, progress: Callable[[PullProgress], None] | None = None
    ) -> ImageFacts:
        """Deadline when nothing moves for 60 s; no total deadline. ImageMissing, RegistryError, DiskFull."""

    def import_image(self, tar: bytes, ref: str, *, changes: Sequence[str] = ()) -> ImageFacts:
        """An image of one layer, the tar's files, tagged `ref`; a tag that is there moves. It has no digest.

        `changes`: what the image says, as in a Dockerfile (`CMD ["/bin/x"]`, `EXPOSE 80`). Invalid or Refused.
        """

    def logs(
        self,
        name: str,
        *,
        tail: int | None = None,
        since: datetime | None = None,
        follow: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[LogLine]:
        """Lines, oldest first; `follow` goes on until the container ends or `cancel` is set. NotFound at the call."""

    def stats(self, names: builtins.list[str] | tuple[str, ...]) -> tuple[Sample, ...]:
        """Use since the previous call that named the container: absent the first time, and when it does not run."""

    def host_usage(self) -> Sample | None:
        """Use of the whole machine since the previous call; None the first time and when the engine is not local."""

    def events(self, *, since: datetime | None, cancel: threading.Event) -> Iterator[EngineEvent]:
        """Our containers', from `since` (None: now) until `cancel` is set. EngineDown when the engine ends them."""

    def read_marker(self) -> str | None:
        """The uuid we once wrote on this engine, or None."""

    def write_marker(self, uuid: str) -> None:
        """Replaces an older marker of our cluster."""

    def ensure_volume(self, name: str, *, labels: Mapping[str, str]) -> None:
        """Silent when there. Conflict when it is there with a driver or options that we never set."""

    def close(self) -> None:
        """Ends open streams and connections. Calls under way or after it raise Closed."""
