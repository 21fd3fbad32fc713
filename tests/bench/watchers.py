"""Clients of the live feed that do nothing but read and acknowledge: the load that consoles put on a web process."""

import asyncio
import json
import threading
import time
from types import TracebackType

from websockets.asyncio.client import connect

ACK_EVERY_BYTES = 128 * 1024
SUBSCRIBE = json.dumps({"op": "sub", "id": 1, "topic": "fleet", "project": "default"})


class Watchers:
    """So many sockets, in a thread of their own, each with a fleet subscription."""

    def __init__(self, url: str, token: str, count: int) -> None:
        self.received_bytes = 0
        self._watching = 0
        self._url, self._token, self._count = url, token, count
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._watch_all()], daemon=True)
        self._stopping = asyncio.Event()

    def __enter__(self) -> "Watchers":
        """Back when each of them has all rows."""
        self._thread.start()
        while self._watching < self._count:
            time.sleep(0.05)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    async def _watch_all(self) -> None:
        watching = [asyncio.create_task(self._watch()) for _ in range(self._count)]
        await self._stopping.wait()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    async def _watch(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with connect(self._url, additional_headers=headers, proxy=None, max_size=None) as socket:
            await socket.send(SUBSCRIBE)
            came_bytes = acked_bytes = 0
            acked_s = time.monotonic()
            async for text in socket:
                came_bytes += len(text)
                self.received_bytes += len(text)
                if came_bytes - acked_bytes >= ACK_EVERY_BYTES or time.monotonic() - acked_s > 1:
                    acked_bytes, acked_s = came_bytes, time.monotonic()
                    await socket.send(json.dumps({"op": "ack", "bytes": came_bytes}))
                self._watching += _is_last(text)


def _is_last(text: str | bytes) -> bool:
    """The frame with the last rows of a snapshot."""
    head, tail = str(text[:200]), str(text[-12:])
    return head.startswith('{"t":"snap",') and '"kind":"containers"' in head and tail == '"last":true}'


def time_snapshot(url: str, token: str) -> dict[str, float]:
    """From the subscription to the last row of the first snapshot, and its size."""
    return asyncio.run(_time_snapshot(url, token))


async def _time_snapshot(url: str, token: str) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers, proxy=None, max_size=None) as socket:
        began_s, came_bytes, acked_bytes = time.monotonic(), 0, 0
        await socket.send(SUBSCRIBE)
        async for text in socket:
            came_bytes += len(text)
            if came_bytes - acked_bytes >= ACK_EVERY_BYTES:
                acked_bytes = came_bytes
                await socket.send(json.dumps({"op": "ack", "bytes": came_bytes}))
            if _is_last(text):
                break
        return {"ms": round((time.monotonic() - began_s) * 1000), "mib": round(came_bytes / 1024**2, 2)}
