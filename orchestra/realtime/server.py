"""daphne with a graceful stop and with bounds: what every web process listens with.

On TERM or INT it stops listening, closes websockets with 1012, lets requests in flight finish (at most `drain_s`)
and ends. Before it: the web command, which owns the socket. After it: the ASGI application.
"""

import asyncio
import logging
import signal
import socket
from contextlib import suppress
from typing import Any

from autobahn.exception import Disconnected
from daphne.http_protocol import WebRequest
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import defer, reactor

from core.lib.clock import monotonic_s

CLOSE_RESTART = 1012
CLOSE_FLOOD = 1008
BODY_BYTES_MAX = 8 * 1024 * 1024
INCOMING_MAX = 200  # frames of one websocket that wait for its consumer
MESSAGE_BYTES_MAX = 16 * 1024
SOCKETS_CLOSE_WITHIN_S = 0.5
PONG_EVERY_S = 0.2
CANCEL_WITHIN_S = 0.5

log = logging.getLogger(__name__)


class BoundedRequest(WebRequest):  # type: ignore[misc]  # twisted and daphne are untyped
    """A request whose body cannot fill the disk: twisted keeps it in a file before we see it."""

    _body_bytes = 0

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - twisted's name
        self._body_bytes += len(data)
        if self._body_bytes > BODY_BYTES_MAX:
            self.channel.forceAbortClient()
            return
        super().handleContentChunk(data)

    def close_after_this(self) -> None:
        """No further request on this connection."""
        channel = getattr(self, "channel", None)  # twisted takes it away when the answer is complete
        if channel is None or self.finished:
            return
        channel.persistent = False
        if not self._response_started:
            self.setHeader(b"connection", b"close")


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]
    """A websocket that cannot flood its consumer with messages, nor our memory with pongs nobody reads."""

    maxMessagePayloadSize: int  # noqa: N815 - autobahn's names
    maxFramePayloadSize: int  # noqa: N815
    _ponged_s = 0.0

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803, FBT001 - autobahn's names
        queue = getattr(self, "application_queue", None)
        if queue is not None and queue.qsize() >= INCOMING_MAX:
            self.muted = True
            self.sendCloseFrame(code=CLOSE_FLOOD)
            queue.put_nowait({"type": "websocket.disconnect", "code": CLOSE_FLOOD})
            return
        super().onMessage(payload, isBinary)

    def sendMessage(self, *args: Any, **options: Any) -> None:  # noqa: N802
        """What we send is bounded by the window; autobahn would apply the bound of what clients may send.

        Who has just left gets nothing, and that is no fault: its consumer is told next.
        """
        bounds = self.maxMessagePayloadSize, self.maxFramePayloadSize
        self.maxMessagePayloadSize = self.maxFramePayloadSize = 0
        try:
            with suppress(Disconnected):
                super().sendMessage(*args, **options)
        finally:
            self.maxMessagePayloadSize, self.maxFramePayloadSize = bounds

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        """The consumer closes, with any code: autobahn's own sendClose takes none of those that servers have."""
        self.sendCloseFrame(code=1000 if code is None else code)

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        now_s = monotonic_s()
        if now_s - self._ponged_s >= PONG_EVERY_S:
            self._ponged_s = now_s
            super().onPing(payload)


class WebServer(Server):  # type: ignore[misc]
    """One web process. `run` returns after the last connection is closed."""

    def __init__(self, application: Any, *, listener: socket.socket, drain_s: float = 10.0) -> None:
        super().__init__(
            application,
            endpoints=["adopted"],
            signal_handlers=False,
            ready_callable=self._ready,
            ping_interval=15,
            ping_timeout=20,
            websocket_timeout=-1,
            websocket_handshake_timeout=10,
            websocket_max_message_size=MESSAGE_BYTES_MAX,
            websocket_max_frame_size=MESSAGE_BYTES_MAX,
            application_close_timeout=5,
            server_name="",
        )
        self.endpoints: list[
            str
        ] = []  # we listen on a socket that is bound already: a taken port is known before we start
        self._listener = listener
        self._drain_s = drain_s
        self._port: Any = None
        self.is_draining = False

    def _ready(self) -> None:
        http: Any = self.http_factory
        build = http.buildProtocol

        def bounded(addr: Any) -> Any:
            protocol = build(addr)
            if protocol is not None:
                protocol.requestFactory = BoundedRequest
            return protocol

        http.buildProtocol = bounded
        self.ws_factory.protocol = BoundedSocket
        self._listener.setblocking(False)  # else the reactor stands still in accept()
        self._port = reactor.adoptStreamPort(self._listener.fileno(), self._listener.family, http)
        self._listener.close()  # the reactor has its own copy
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.drain)

    def drain(self) -> None:
        """Begin to stop; asked twice, stop at once."""
        if self.is_draining:
            self.stop()
            return
        self.is_draining = True
        log.info("web: stopping")
        twisted_loop.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            await self._wait_for_the_end(monotonic_s())
        finally:
            self.stop()

    async def _wait_for_the_end(self, began_s: float) -> None:
        if self._port is not None:
            self._port.stopListening()
        for protocol in list(self.connections):
            if isinstance(protocol, BoundedSocket):
                _close_socket(protocol)
            elif isinstance(protocol, BoundedRequest):
                protocol.close_after_this()
        while monotonic_s() - began_s < self._drain_s:
            sockets_may_wait = monotonic_s() - began_s < SOCKETS_CLOSE_WITHIN_S
            if not self._busy(WebRequest) and not (sockets_may_wait and self._busy(WebSocketProtocol)):
                break
            await asyncio.sleep(0.02)
        left = self._busy(WebRequest)
        if left:
            log.warning("web: %d requests were still running after %.0f s and are cut", left, self._drain_s)

    def _busy(self, kind: type) -> int:
        """Connections of this kind whose application has not finished."""
        return sum(1 for protocol, found in self.connections.items() if isinstance(protocol, kind) and _running(found))

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if self.is_draining and isinstance(protocol, BoundedRequest):
            protocol.close_after_this()
        return super().create_application(protocol, scope)

    def kill_all_applications(self) -> Any:
        """Cancel what still runs, and wait for it only a moment (daphne waits for ever)."""
        running = [found["application_instance"] for found in self.connections.values() if _running(found)]
        for application in running:
            application.cancel()
        if not running:
            return None
        waiting = asyncio.ensure_future(asyncio.wait(running, timeout=CANCEL_WITHIN_S), loop=twisted_loop)
        return defer.Deferred.fromFuture(waiting)


def _running(found: dict[str, Any]) -> bool:
    application = found.get("application_instance")
    return application is not None and not application.done()


def _close_socket(protocol: Any) -> None:
    if protocol.state == protocol.STATE_OPEN:
        protocol.sendCloseFrame(code=CLOSE_RESTART, reasonUtf8=b"the server restarts")
    elif protocol.state == protocol.STATE_CONNECTING and hasattr(protocol, "handshake_deferred"):
        protocol.serverReject()
