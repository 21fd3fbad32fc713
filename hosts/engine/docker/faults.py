"""From what a transport raised or an engine answered to one of our errors.

Before: client.py and streams.py catch. After: callers of the protocol decide by class. The engine's words stay.
The order of tests matters: what an engine says about ports and disks comes under several statuses.
"""

from __future__ import annotations

import errno
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests
import urllib3.exceptions

from hosts.engine.errors import (
    Conflict,
    Deadline,
    DeviceRefused,
    DiskFull,
    EngineDown,
    EngineError,
    ImageMissing,
    Invalid,
    NotFound,
    PortTaken,
    Refused,
    RegistryDenied,
    RegistryError,
    Unreachable,
    Untrusted,
)

NO_ROUTE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.ETIMEDOUT}
NOBODY_THERE = {errno.ECONNREFUSED, errno.ENOENT, errno.ECONNRESET, errno.EPIPE}
TLS_CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError)

SPOKEN: tuple[tuple[str, type[EngineError]], ...] = (
    ("port is already allocated", PortTaken),
    ("address already in use", PortTaken),
    ("no space left on device", DiskFull),
    ("no such image", ImageMissing),
    ("could not select device driver", DeviceRefused),
    ("nvidia-container-cli", DeviceRefused),  # no such device, or a driver that does not answer
)

REGISTRY_SPOKEN: tuple[tuple[str, type[EngineError]], ...] = (
    ("no space left on device", DiskFull),
    ("manifest unknown", ImageMissing),
    ("name unknown", ImageMissing),
    ("not found", ImageMissing),
    ("does not exist", ImageMissing),  # "... or may require login": public registries hide which
    ("unauthorized", RegistryDenied),
    ("denied", RegistryDenied),
    ("no basic auth credentials", RegistryDenied),
    ("incorrect username or password", RegistryDenied),
    ("authentication required", RegistryDenied),
    ("no matching manifest", ImageMissing),
    ("invalid reference", Invalid),
    ("invalid repository name", Invalid),
)


def from_transport(error: BaseException, *, local: bool) -> EngineError:
    """`local`: over a unix socket, where a silent connect means a frozen engine, not a lost host."""
    causes = tuple(_causes(error))
    words = str(causes[-1]) or str(error)
    if any(isinstance(cause, ssl.SSLError) and not isinstance(cause, TLS_CUT_OFF) for cause in causes):
        return Untrusted(words)
    codes = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if codes & NO_ROUTE:
        return Unreachable(words)
    if any(isinstance(cause, requests.ConnectTimeout) for cause in causes):
        return Deadline(words) if local else Unreachable(words)
    if any(isinstance(c, requests.ReadTimeout | urllib3.exceptions.ReadTimeoutError | TimeoutError) for c in causes):
        return Deadline(words)
    if errno.EACCES in codes or errno.EPERM in codes:
        return Untrusted(words)
    if codes & NOBODY_THERE or isinstance(error, requests.ConnectionError | OSError):
        return EngineDown(words)
    return EngineError(words)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it wraps (requests and urllib3 put it into args), and what it came from, outermost first."""
    seen: set[int] = set()
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]
        pending += [one for one in inner if isinstance(one, BaseException)]


def from_answer(
    status: int, words: str, *, missing: type[EngineError] = NotFound, conflict: type[EngineError] = Conflict
) -> EngineError:
    """An HTTP status >= 400 with the engine's message. `missing` and `conflict` say what 404 and 409 mean here."""
    spoken = words.lower()
    for part, kind in SPOKEN:
        if part in spoken:
            return kind(words)
    by_status: dict[int, type[EngineError]] = {400: Invalid, 404: missing, 409: conflict}
    return by_status.get(status, Refused)(words)


def from_registry(words: str) -> EngineError:
    """What an engine says when its registry did not give it what it asked for."""
    spoken = words.lower()
    for part, kind in REGISTRY_SPOKEN:
        if part in spoken:
            return kind(words)
    return RegistryError(words)


@contextmanager
def hushed(auth: Mapping[str, str] | None) -> Iterator[None]:
    """A registry may repeat what it was sent, and the engine the registry: no error leaves with the password in it."""
    try:
        yield
    except EngineError as error:
        words = _without_secrets(error.words, auth or {})
        if words == error.words:
            raise
        raise type(error)(words) from None


def _without_secrets(words: str, auth: Mapping[str, str]) -> str:
    password = auth.get("password", "")
    if not password:
        return words
    pair = f"{auth.get('username', '')}:{password}"
    for secret in (b64encode(pair.encode()).decode(), b64encode(password.encode()).decode(), password):
        words = words.replace(secret, "***")
    return words
