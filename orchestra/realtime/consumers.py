"""/ws/live as the server under us speaks it: opens and closes sockets, reads what clients send.

Before: asgi.py routes here. After: the hub and the client's subscriptions. What clients send is small: sub, unsub, ack.
"""

import asyncio
import json
import logging
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.http import Http404

from core.lib.clock import monotonic_s
from core.lib.problems import Problem
from orchestra.realtime.access import Credentials, Refusal, Topic, credentials_of, topic_for, user_of
from orchestra.realtime.client import SUBSCRIPTIONS_MAX, Client
from orchestra.realtime.hub import HEARTBEAT_S, Hub, the_hub
from orchestra.realtime.logs import LogSubscription, tail_of
from orchestra.realtime.messages import hello, lone_error
from orchestra.realtime.window import WINDOW_BYTES, Window

CLOSE_NO_SUCH_PATH = 4404
CLOSE_TRY_LATER = 1013
SOCKETS_MAX = 5_000
LARGEST_ID = 2**53

log = logging.getLogger(__name__)


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """Channels' own dispatch looks after database connections in a thread before every message; ours has none."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        await getattr(self, get_handler_name(message))(message)


class LiveConsumer(Socket):
    """One socket."""

    client: Client | None = None
    hub: Hub

    async def connect(self) -> None:
        """Accept first: a browser learns a close code only from a socket that was open."""
        self.hub = the_hub()
        self._asking: set[asyncio.Task[None]] = set()
        try:
            credentials = credentials_of(self.scope["headers"])
            await self.hub.in_thread(user_of, credentials)
        except Refusal as refusal:
            await self._turn_away(refusal.code, refusal.words)
            return
        except DatabaseError:
            await self._turn_away(CLOSE_TRY_LATER, "the database does not answer")
            return
        if len(self.hub.clients) >= SOCKETS_MAX:
            await self._turn_away(CLOSE_TRY_LATER, "too many sockets are open here")
            return
        await self.accept()
        self.client = self._client(credentials)
        self.hub.clients.add(self.client)
        self.client.reply(hello(window_bytes=WINDOW_BYTES, heartbeat_s=HEARTBEAT_S))
        await self.client.flush()

    def _client(self, credentials: Credentials) -> Client:
        async def send(text: str) -> None:
            await self.send(text_data=text)

        return Client(send=send, drop=self._drop, credentials=credentials, window=Window(monotonic_s()))

    async def _turn_away(self, code: int, words: str) -> None:
        await self.accept()
        await self.send(text_data=lone_error({4401: "not-authenticated", 4403: "forbidden"}.get(code, "busy"), words))
        await self.close(code)

    async def _drop(self, code: int) -> None:
        """Close from our side; the transport drops a peer that does not answer the close."""
        self._leave()
        await self.close(code)

    def _leave(self) -> None:
        if self.client is not None:
            self.hub.clients.discard(self.client)
            self.client.close()
        for task in self._asking:
            task.cancel()

    async def disconnect(self, code: int) -> None:
        self._leave()
        raise StopConsumer

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        client = self.client
        if client is None or client.is_closed:
            return
        message = _message(text_data)
        if message is None:
            client.reply(lone_error("invalid", "send JSON objects with `op`: sub, unsub or ack"))
        elif message["op"] == "ack":
            if not client.window.ack(message["bytes"], monotonic_s()):
                client.reply(lone_error("invalid", "`bytes` is the number of bytes received on this socket"))
        elif message["op"] == "unsub":
            client.remove(message["id"])
        else:
            self._begin(client, message)
        await client.flush()

    def _begin(self, client: Client, message: dict[str, Any]) -> None:
        """Subscribe in a task of its own: the database is asked, and acknowledgements must not wait for that."""
        sub = message["id"]
        if sub in client.asked:
            client.refuse(sub, "conflict", f"subscription {sub} exists; use another id")
        elif len(client.asked) >= SUBSCRIPTIONS_MAX:
            client.refuse(sub, "too-many", f"a socket has {SUBSCRIPTIONS_MAX} subscriptions at most")
        else:
            client.asked[sub] = message
            task = asyncio.create_task(self._subscribe(client, sub, message))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _subscribe(self, client: Client, sub: int, message: dict[str, Any]) -> None:
        try:
            topic = await self.hub.in_thread(_topic, client.credentials, message)
            if client.asked.get(sub) is message:
                await self._add(client, sub, topic, message)
            if client.asked.get(sub) is not message:
                client.remove(sub)  # unsubscribed while we asked
        except Refusal as refusal:
            await self._drop(refusal.code)
            return
        except Problem as problem:
            self._refuse(client, sub, problem.code, problem.detail)
        except Http404 as missing:
            self._refuse(client, sub, "not-found", str(missing))
        except DatabaseError:
            self._refuse(client, sub, "database-busy", "the database does not answer; subscribe again")
        except Exception:
            log.exception("live feed: a subscription failed")
            self._refuse(client, sub, "internal-error", "something went wrong on our side; the log has it")
        await client.flush()

    async def _add(self, client: Client, sub: int, topic: Topic, message: dict[str, Any]) -> None:
        match topic.kind:
            case "fleet":
                await self.hub.add_fleet(client, sub, topic)
            case "events":
                await self.hub.add_events(client, sub, topic)
            case "logs":
                self._add_logs(client, sub, topic, message)
            case _:
                await self.hub.add_object(client, sub, topic)

    def _add_logs(self, client: Client, sub: int, topic: Topic, message: dict[str, Any]) -> None:
        def wake() -> None:
            task = asyncio.ensure_future(client.flush())
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

        follower = LogSubscription(sub, topic, tail=tail_of(message), wake=wake)
        client.subscriptions[sub] = follower
        follower.start()

    @staticmethod
    def _refuse(client: Client, sub: int, code: str, message: str) -> None:
        client.remove(sub)
        client.refuse(sub, code, message)


class NoSuchSocket(Socket):
    """Every other path."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(CLOSE_NO_SUCH_PATH)


def _topic(credentials: Credentials, message: dict[str, Any]) -> Topic:
    return topic_for(user_of(credentials), message)


def _message(text: str | None) -> dict[str, Any] | None:
    """What a client sent, checked; None when it is not one of ours."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("op") not in ("sub", "unsub", "ack"):
        return None
    number = found.get("bytes" if found["op"] == "ack" else "id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < LARGEST_ID:
        return None
    return found
