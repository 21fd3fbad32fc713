"""One engine's HTTP: connections, TLS, deadlines, the API version. The only file that imports docker-py.

Calls that answer at once share `pool` slots, so that a frozen engine holds at most that many threads; streams and
long waits take none. After: engine.py asks, faults.py names what went wrong.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import docker
import requests
import urllib3
from docker.constants import DEFAULT_DOCKER_API_VERSION
from docker.transport import UnixHTTPAdapter
from requests.adapters import HTTPAdapter

from core.lib.clock import monotonic_s
from hosts.engine.docker.faults import from_answer, from_registry, from_transport
from hosts.engine.errors import Closed, Conflict, Deadline, EngineDown, EngineError, Invalid, NotFound, Refused
from hosts.engine.types import EngineAddress, TlsPair

OLDEST_API = "1.41"  # engine 20.10
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # a connection more than we keep is no warning

TCP_CLOSED = 7
UNCHANGED = 304  # it runs already, it stands already
UNPOOLED = "http+docker://engine"


class EngineAPI(docker.APIClient):  # type: ignore[misc]  # docker-py has no types
    """docker-py's client, deaf to the environment: our proxies and CA bundles are not the engine's."""

    trust_env = property(lambda self: False, lambda self, value: None)


class UnixTransport(UnixHTTPAdapter):  # type: ignore[misc]  # docker-py has no types
    """One pool for the socket; docker-py's own keeps one per URL, and so hardly ever reuses a connection."""

    def get_connection(self, url: str, proxies: Any = None) -> Any:
        return super().get_connection(UNPOOLED, proxies)


class TcpTransport(HTTPAdapter):
    """Knows a cut from a frozen engine: when packets stay unacknowledged for `silent_s` the kernel ends the connection.

    The TLS context is ours alone: requests would add the public authorities to the engine's own.
    """

    def __init__(self, *, context: ssl.SSLContext | None, pool: int, silent_s: float) -> None:
        self._context = context
        self._options = [
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 4),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(silent_s * 1000)),
        ]
        super().__init__(pool_connections=1, pool_maxsize=pool)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._context is not None:
            kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, socket_options=self._options, **kwargs)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to add: the context verifies, and requires."""


class HonestSocket(ssl.SSLSocket):
    """Tells a network's silence from an engine's: the kernel knows whether anybody acknowledged what we sent.

    OpenSSL makes a plain end out of a connection that the kernel gave up, and a read that timed out looks the same
    whether the engine or the wire stands still.
    """

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - the base class's name
        try:
            got: Any = super().read(len, buffer)
        except (TimeoutError, ssl.SSLEOFError):
            if _unacknowledged(self):
                raise _silence() from None
            raise
        if not got and len and _unacknowledged(self):
            raise _silence()
        return got


def _silence() -> OSError:
    return TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))


def _unacknowledged(connection: socket.socket) -> bool:
    """By TCP_INFO: sent again or probed, in vain, until it was closed (or, still open, at least twice)."""
    try:
        state, _, again, probes = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[:4]
    except OSError:
        return False
    return bool(again + probes >= (1 if state == TCP_CLOSED else 2))


def tls_context(pair: TlsPair) -> ssl.SSLContext:
    """Trusts `pair.ca` and nobody else. The key never touches a disk: OpenSSL reads it from memory files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = HonestSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cadata=pair.ca)
        with _memory_file(pair.cert) as cert, _memory_file(pair.key) as key:
            context.load_cert_chain(cert, key, password="")  # an encrypted key fails instead of asking a terminal
    except (ssl.SSLError, ValueError, OSError) as error:
        raise Invalid(f"the TLS certificates cannot be used: {error}") from error
    return context


@contextmanager
def _memory_file(text: str) -> Iterator[str]:
    fd = os.memfd_create("orchestra-tls", os.MFD_CLOEXEC)
    try:
        os.write(fd, text.encode())
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `wait_s`: deadline until the answer stands (a stream: until it begins); None is the usual."""

    method: str = "GET"
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | bytes | None = None  # bytes: a tar
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float | None = None
    slot: bool = True
    stream: bool = False
    registry: bool = False  # the engine asks a registry for us: its words are about that
    missing: type[EngineError] = NotFound
    conflict: type[EngineError] = Conflict


class EngineClient:
    def __init__(self, address: EngineAddress, *, deadline_s: float, pool: int) -> None:
        self.local = address.url.startswith("unix://")
        self.deadline_s = deadline_s
        self._pool = pool
        self._slots = threading.BoundedSemaphore(pool)
        context = None if address.tls is None or self.local else tls_context(address.tls)
        self._api = _open(address, context=context, pool=pool * 2, silent_s=deadline_s * 0.6)
        self._ping = _open(address, context=context, pool=1, silent_s=1.0)
        self._version: str | None = None
        self._closed = False

    def ping(self, *, timeout_s: float) -> None:
        answer = self._send(self._ping, "GET", f"{self._ping.base_url}/_ping", urllib3.Timeout(total=timeout_s))
        self._judge(answer, Ask(path="/_ping"))

    def ask(self, ask: Ask) -> requests.Response:
        """The answer, judged. A stream is handed over unread: close it."""
        end = monotonic_s() + (self.deadline_s if ask.wait_s is None else ask.wait_s)
        if not ask.slot:
            return self._ask(ask, end)
        if not self._slots.acquire(timeout=max(0.0, end - monotonic_s())):
            raise Deadline(f"{self._pool} calls wait for this engine already")
        try:
            return self._ask(ask, end)
        finally:
            self._slots.release()

    def json(self, ask: Ask) -> Any:
        try:
            return self.ask(ask).json()
        except requests.JSONDecodeError as error:
            raise Refused(f"the answer to {ask.path} is not JSON: {error}") from error

    def version(self) -> str:
        """The API version both sides speak, asked once (and again after the engine was down). No lock: all agree."""
        if self._version is None:
            self._version = self._negotiate(monotonic_s() + self.deadline_s)
        return self._version

    def close(self) -> None:
        self._closed = True
        self._api.close()
        self._ping.close()

    def _ask(self, ask: Ask, end_s: float) -> requests.Response:
        if self._version is None:
            self._version = self._negotiate(end_s)
        url = f"{self._api.base_url}/v{self._version}{ask.path}"
        timeout = urllib3.Timeout(total=max(0.05, end_s - monotonic_s()))
        try:
            return self._judge(self._send(self._api, ask.method, url, timeout, ask), ask)
        except EngineDown:
            self._version = None  # what comes back may be another engine
            raise

    def _negotiate(self, end_s: float) -> str:
        timeout = urllib3.Timeout(total=max(0.05, end_s - monotonic_s()))
        ask = Ask(path="/version")
        answer = self._judge(self._send(self._api, "GET", f"{self._api.base_url}/version", timeout), ask)
        try:
            said = answer.json()
            newest, oldest = str(said["ApiVersion"]), str(said.get("MinAPIVersion") or OLDEST_API)
        except (requests.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"this is no Docker engine: {answer.text[:200]!r}") from error
        chosen = min(newest, str(DEFAULT_DOCKER_API_VERSION), key=version_key)
        if version_key(newest) < version_key(OLDEST_API) or version_key(chosen) < version_key(oldest):
            raise Refused(f"this engine speaks API {oldest} to {newest}; Orchestra needs {OLDEST_API} or later")
        return chosen

    def _send(
        self, api: EngineAPI, method: str, url: str, timeout: urllib3.Timeout, ask: Ask | None = None
    ) -> requests.Response:
        if self._closed:
            raise Closed("this client is closed")
        headers = dict(ask.headers) if ask else {}
        data = None
        if ask is not None and isinstance(ask.body, bytes):
            data, headers["Content-Type"] = ask.body, "application/x-tar"
        elif ask is not None and ask.body is not None:
            data, headers["Content-Type"] = json.dumps(ask.body).encode(), "application/json"
        params = dict(ask.params) if ask else None
        stream = ask is not None and ask.stream
        try:
            return api.request(  # type: ignore[no-any-return]  # docker-py has no types
                method, url, params=params, data=data, headers=headers, timeout=timeout, stream=stream, **NO_REDIRECT
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if self._closed:
                raise Closed(f"this client was closed: {error}") from error
            raise from_transport(error, local=self.local) from error

    def _judge(self, answer: requests.Response, ask: Ask) -> requests.Response:
        if answer.status_code < 300 or answer.status_code == UNCHANGED:
            return answer
        try:
            words = str(answer.json()["message"])
        except (ValueError, KeyError, TypeError):
            words = answer.text[:2000]
        finally:
            answer.close()
        if ask.registry:
            raise from_registry(words)
        raise from_answer(answer.status_code, words, missing=ask.missing, conflict=ask.conflict)


NO_REDIRECT = {"allow_redirects": False}


def encode_auth(auth: Mapping[str, str]) -> str:
    """The value of X-Registry-Auth."""
    return str(docker.auth.encode_header(dict(auth)).decode("ascii"))


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _open(address: EngineAddress, *, context: ssl.SSLContext | None, pool: int, silent_s: float) -> EngineAPI:
    """A client that has called nobody yet."""
    try:
        api = EngineAPI(base_url=address.url, version=OLDEST_API, tls=context is not None)
    except docker.errors.DockerException as error:
        raise Invalid(str(error)) from error
    if address.url.startswith("unix://"):
        path = "http+unix://" + address.url.removeprefix("unix://")
        api.mount("http+docker://", UnixTransport(path, pool_connections=1, max_pool_size=pool))
    else:
        api.mount("https://" if context else "http://", TcpTransport(context=context, pool=pool, silent_s=silent_s))
    return api
