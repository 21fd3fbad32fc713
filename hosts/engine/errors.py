"""What can go wrong between us and an engine, in our words; the engine's own words are kept beside them.

Every method of an `Engine` raises these and nothing else. The classes are chosen by what the caller must do
next: wait, place elsewhere, fetch the image, show the operator. Before: the transport. After: agent and web.
"""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """Base of all. `words` is what the engine (or the network) said, unchanged."""

    code: ClassVar[str] = "engine-error"

    def __init__(self, words: str = "") -> None:
        self.words = words.strip()
        super().__init__(self.words or self.code)


class Unreachable(EngineError):
    """No route, no answer to a connect, or a connection whose packets nobody acknowledges."""

    code = "unreachable"


class EngineDown(EngineError):
    """The machine answers and refuses the connection (or drops it): the engine is not running. Containers may be."""

    code = "engine-down"


class Untrusted(EngineError):
    """The TLS handshake failed: somebody answers, but one side does not accept the other's certificate."""

    code = "untrusted"


class Deadline(EngineError):
    """Connected, and no answer in time: slow or frozen, which is NOT unreachable."""

    code = "deadline"


class Closed(EngineError):
    """We closed this client ourselves, before the call or during it: what the engine made of it is not known."""

    code = "closed"


class NotFound(EngineError):
    """No such container or volume."""

    code = "not-found"


class NameTaken(EngineError):
    """Another container bears this name: inspect it, then adopt or replace."""

    code = "name-taken"


class ImageMissing(EngineError):
    """The image is not on the engine, or not in its registry."""

    code = "image-missing"


class RegistryError(EngineError):
    """The registry could not be asked, or refused us: its fault or the credentials', not the image's name."""

    code = "registry"


class RegistryDenied(RegistryError):
    """The registry answers and does not let us in: credentials are missing, wrong, or not enough for this image."""

    code = "registry-denied"


class PortTaken(EngineError):
    """A host port is in use. The container was created and did not start."""

    code = "port-taken"


class DiskFull(EngineError):
    """No space left where the engine keeps its data."""

    code = "disk-full"


class DeviceRefused(EngineError):
    """The engine cannot give a container the devices: it has no driver for them, or no such device."""

    code = "device-refused"


class Invalid(EngineError):
    """The engine understood the request and refuses its content (400)."""

    code = "invalid"


class Conflict(EngineError):
    """The object is in a state that does not allow this (409), such as a kill of what does not run."""

    code = "conflict"


class Refused(EngineError):
    """Any other refusal of the engine; `words` is all that is known."""

    code = "refused"


NO_ANSWER = (Unreachable, EngineDown, Untrusted, Deadline, Closed)
"""The engine did not answer: nothing is known, the same may be tried again."""
