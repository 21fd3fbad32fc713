"""What a container has printed: from its engine while it is there, else the kept end of it.

Before: a view or consumer that may read it. After: lines that are safe to show: colours survive, other control
sequences do not, and no line is longer than 16 KB.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from containers.models import Container, LogTail
from core.accounts.models import cluster_id
from core.lib.problems import Problem
from core.lib.vault import VaultError
from hosts.connect import engine_of, free_connection
from hosts.engine import Engine
from hosts.engine.errors import EngineError, NotFound
from hosts.states import Reachable

MOST_LINES = 5000
LONGEST_LINE = 16 * 1024
# Escape sequences but colours (CSI ... m), and control characters but the tab.
_SEQUENCE = re.compile(
    r"\x1b\[(?![0-9;:]*m)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)|\x1b(?!\[)[ -/]*[0-~]?"
    r"|\x1b(?!\[[0-9;:]*m)\[?"
    r"|[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as people may see it."""

    stream: Literal["stdout", "stderr"]
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Logs:
    """The last lines; `complete`: there were no earlier ones."""

    lines: tuple[Line, ...]
    complete: bool


def read_logs(container: Container, *, tail: int) -> Logs:
    """The last `tail` lines; Problem 503 when they are on a host that does not answer."""
    host = container.host
    if host is None:
        return Logs((), complete=True)
    kept = LogTail.objects.filter(pk=container.pk).first()
    if kept is not None:
        return _of_tail(kept, tail)
    if container.gone_at is not None:
        return Logs((), complete=False)
    if host.reachable in (Reachable.LOST, Reachable.REFUSED):
        raise Problem(503, "host-unreachable", f"{host.name} does not answer; its logs are there", retry_after_s=5)
    try:
        engine = engine_of(host, cluster=cluster_id())
        free_connection()
        lines = tuple(_of_engine(engine, container, tail + 1))
    except VaultError as error:
        words = f"the keys of {host.name} cannot be opened; a platform admin must correct the host"
        raise Problem(503, "host-unreachable", words, retry_after_s=60) from error
    except NotFound:
        return Logs((), complete=True)
    except EngineError as error:
        raise Problem(503, "host-unreachable", f"{host.name}: {error.words}", retry_after_s=5) from error
    return Logs(lines[-tail:], complete=len(lines) <= tail)


def clean(text: str) -> str:
    """A line without what could move the cursor, set a title or hide text."""
    return _SEQUENCE.sub("", text[:LONGEST_LINE])


def _of_engine(engine: Engine, container: Container, lines: int) -> Iterator[Line]:
    try:
        found = engine.logs(f"orc-{container.pk}", tail=lines)
    except NotFound:
        found = engine.logs(f"orc-done-{container.pk}", tail=lines)  # final, its end not kept yet
    for line in found:
        yield Line(line.stream, line.at, clean(line.text))


def _of_tail(kept: LogTail, tail: int) -> Logs:
    texts = kept.text.split("\n") if kept.text else []
    lines = tuple(Line("stdout", None, clean(text)) for text in texts[-tail:])
    return Logs(lines, complete=len(texts) <= tail and not kept.truncated)
