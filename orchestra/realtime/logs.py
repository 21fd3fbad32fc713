"""Log topics: what a container prints, read from its engine by a thread that stops reading while the client is slow.

Before: a `logs:` subscription that was allowed. After: frames of lines, cleaned as in the API (colours survive, other
control sequences do not), and one `logend`. A finished attempt's log is its kept end.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from containers.logs import clean
from containers.models import Container, LogTail
from containers.queries import find_container
from core.accounts.models import Project, cluster_id
from core.lib.problems import Problem
from hosts.connect import engine_of
from hosts.engine.errors import EngineError, NotFound
from hosts.engine.types import LogLine
from hosts.models import Host
from orchestra.realtime.access import Topic
from orchestra.realtime.messages import Frame, dump, frame

STREAMS_MAX = 64
WAITING_BYTES_MAX = 256 * 1024
FRAME_BYTES_MAX = 64 * 1024
TAIL_DEFAULT = 200
TAIL_MAX = 5_000

log = logging.getLogger(__name__)
pool = ThreadPoolExecutor(STREAMS_MAX, thread_name_prefix="logs")
_places = threading.BoundedSemaphore(STREAMS_MAX)


def tail_of(message: Mapping[str, Any]) -> int:
    """How many earlier lines a `sub` message asks for."""
    tail = message.get("tail", TAIL_DEFAULT)
    if not isinstance(tail, int) or isinstance(tail, bool):
        raise Problem(400, "invalid", "`tail` is a number of lines")
    return max(0, min(tail, TAIL_MAX))


class LogSubscription:
    """One follower of one container. Lines wait in a bounded buffer between the reading thread and the window."""

    def __init__(self, sub: int, topic: Topic, *, tail: int, wake: Callable[[], None]) -> None:
        self.id = sub
        self.topic = topic
        self._tail = tail
        self._wake = wake
        self._loop = asyncio.get_running_loop()
        self._lines: deque[tuple[dict[str, Any], int]] = deque()
        self._waiting_bytes = 0
        self._end = ""
        self._peeked: tuple[Frame, int] | None = None
        self._room = threading.Condition()
        self._cancel = threading.Event()
        self._is_woken = False

    def start(self) -> None:
        """Begin to read; Problem when too many logs are followed in this process."""
        if not _places.acquire(blocking=False):
            raise Problem(503, "too-many", f"{STREAMS_MAX} logs are followed here already")
        pool.submit(self._run)

    def peek(self) -> Frame | None:
        """As many lines as fit in a frame, or the end."""
        if self._peeked is None:
            with self._room:
                self._is_woken = False
                self._peeked = self._frame()
        return self._peeked[0] if self._peeked else None

    def taken(self) -> None:
        count = self._peeked[1] if self._peeked else 0
        self._peeked = None
        with self._room:
            if not count:
                self._end = ""
            for _ in range(count):
                self._waiting_bytes -= self._lines.popleft()[1]
            self._room.notify_all()

    def close(self) -> None:
        self._cancel.set()
        with self._room:
            self._room.notify_all()

    def _frame(self) -> tuple[Frame, int] | None:
        if not self._lines:
            return (frame("logend", reason=self._end), 0) if self._end else None
        lines: list[dict[str, Any]] = []
        size_bytes = 0
        for line, line_bytes in self._lines:
            if lines and size_bytes + line_bytes > FRAME_BYTES_MAX:
                break
            lines.append(line)
            size_bytes += line_bytes
        return frame("log", lines=lines), len(lines)

    # --- in the thread ---

    def _run(self) -> None:
        reason = "the server had a fault; the log has it"
        try:
            reason = self._read()
        except NotFound:
            reason = "the engine does not have this container"
        except EngineError as error:
            reason = f"the engine does not answer: {error.words}"
        except Exception:
            log.exception("reading a log failed")
        finally:
            connections.close_all()
            _places.release()
        with self._room:
            self._end = reason
        self._tell()

    def _read(self) -> str:
        container = find_container(Project.objects.get(pk=self.topic.project_id or 0), self.topic.key)
        if container.host is None:
            return "not placed on a host yet"
        kept = LogTail.objects.filter(pk=container.pk).first()
        if kept is not None:
            for text in kept.text.split("\n")[-self._tail :] if kept.text else []:
                self._put({"stream": "stdout", "at": None, "text": clean(text)})
            return "ended"
        return self._follow(container, container.host)

    def _follow(self, container: Container, host: Host) -> str:
        engine = engine_of(host, cluster=cluster_id())
        connections.close_all()  # following may take days
        name = f"orc-{container.pk}"
        try:
            found = engine.logs(name, tail=self._tail, follow=True, cancel=self._cancel)
        except NotFound:
            found = engine.logs(f"orc-done-{container.pk}", tail=self._tail, follow=True, cancel=self._cancel)
        for line in _until(found, self._cancel):
            at = line.at.isoformat().replace("+00:00", "Z") if line.at else None
            self._put({"stream": line.stream, "at": at, "text": clean(line.text)})
        return "ended"

    def _put(self, line: dict[str, Any]) -> None:
        """Leave a line for the client; stands still while too much waits, and with it the engine's stream."""
        size_bytes = len(dump(line))
        with self._room:
            while self._waiting_bytes > WAITING_BYTES_MAX and not self._cancel.is_set():
                self._room.wait()
            self._lines.append((line, size_bytes))
            self._waiting_bytes += size_bytes
        self._tell()

    def _tell(self) -> None:
        with self._room:
            if self._is_woken or self._cancel.is_set():
                return
            self._is_woken = True
        self._loop.call_soon_threadsafe(self._wake)


def _until(lines: Iterator[LogLine], cancel: threading.Event) -> Iterator[LogLine]:
    for line in lines:
        if cancel.is_set():
            return
        yield line
