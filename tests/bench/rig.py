"""What the pieces measure on: three lab engines, one installation that speaks for them, docker-py beside it.

Before: __main__.py. After: many.py, one.py, crash.py, pixel.py. Asked over HTTP by a token, read by rows (the same
rows that the API and the console show), so that looking costs next to nothing.
"""

from __future__ import annotations

import http.client
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import psycopg

from tests.bench.cpu import Meter
from tests.bench.raw import THREADS, Raw
from tests.lab import Lab
from tests.lab.images import IMAGES
from tests.whole.installation import Installation, wait_for

ENGINES = 3
ONLY = "bench=only"  # the label of the one engine, where one is asked for
COMMAND = ["act", "wait"]
REST_S = 0.5
LOOK_S = 0.004
LOOK_AT_MANY_S = 0.02
CONTAINERS = "/api/v1/projects/default/containers"


def say(words: str) -> None:
    """A line of progress, at once."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {words}\n")
    sys.stderr.flush()


class Rig:
    """A context manager: everything up, everything down again."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="orchestra-bench-"))
        self.installation = Installation(self._folder / "var")
        self.lab: Lab
        self.raws: list[Raw]
        self._rows: psycopg.Connection[Any]
        self._tags = 0

    def __enter__(self) -> Rig:
        try:
            self._up()
        except BaseException:
            for name in self.installation.processes:
                say(f"{name} wrote: {self.installation.log(name)[-1500:]}")
            self._down()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._down()

    def _up(self) -> None:
        say(f"{ENGINES} engines, a registry, and an installation: web, scheduler, agent, database")
        self.lab = Lab.up(ENGINES)
        self.image = self.lab.image("act:1")
        self.raws = [Raw(self.lab, host) for host in self.lab.hosts]
        self.installation.start("web-1", "scheduler-1", "agent-1")
        for number, engine in enumerate(self.lab.hosts, 1):
            labels = {"bench": "only"} if number == 1 else {}
            self.installation.add_host(f"h{number}", engine, labels=labels)
        self.installation.await_hosts_ready(ENGINES)
        for raw in self.raws:
            raw.api.pull(self.image)
        self.image_ref = str(self.raws[0].api.inspect_image(self.image)["RepoDigests"][0])
        self.meter = Meter(self.installation, self.lab.hosts)
        self._rows = psycopg.connect(
            host=str(self.installation.database.run), user="orchestra", dbname="orchestra", autocommit=True
        )

    def _down(self) -> None:
        self.installation.stop()
        if hasattr(self, "lab"):
            self.lab.down()
        shutil.rmtree(self._folder, ignore_errors=True)

    def fresh_tag(self) -> str:
        """The same image under a name that nobody has asked the registry for yet."""
        self._tags += 1
        self.lab.registry.push(f"lab/fresh:{self._tags}", IMAGES["act:1"]())
        return f"{self.lab.registry.address}/lab/fresh:{self._tags}"

    def spec(self, name: str, *, engines: int = ENGINES, **more: Any) -> dict[str, Any]:
        """What an operator would send."""
        chosen = {"constraints": [ONLY]} if engines == 1 else {}
        return {"name": name, "image": self.image, "command": COMMAND, "stop_grace": 3, **chosen, **more}

    # asking

    def post(self, asked: Sequence[tuple[str, Any]], *, expect: int = 201) -> tuple[float, list[Any]]:
        """POST each (path under the containers, body) over eight kept connections: (first sent, the answers)."""
        parts = [asked[start::THREADS] for start in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as threads:
            began_s = time.monotonic()
            done = list(threads.map(lambda part: self._post_all(part, expect), parts))
        return began_s, [answer for answers in done for answer in answers]

    def _post_all(self, asked: Sequence[tuple[str, Any]], expect: int) -> list[Any]:
        if not asked:
            return []
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.installation.token}", "Content-Type": "application/json"}
        answers = []
        for path, body in asked:
            connection.request("POST", CONTAINERS + path, json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != expect:
                raise RuntimeError(f"POST {path}: {answer.status} {text[:500]!r}")
            answers.append(json.loads(text))
        connection.close()
        return answers

    # looking

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """One question to the rows."""
        return self._rows.execute(query, params).fetchall()

    def await_running(self, prefix: str, count: int, *, timeout_s: float = 240) -> float:
        """Until so many containers of this name's beginning are shown running; the monotonic moment."""
        query = "SELECT status, count(*) FROM containers_container WHERE name LIKE %s AND NOT superseded GROUP BY 1"
        end_s = time.monotonic() + timeout_s
        while True:
            seen = dict(self.sql(query, f"{prefix}%"))
            now_s = time.monotonic()
            if seen.get("running") == count:
                return now_s
            if seen.get("failed") or now_s > end_s:
                raise RuntimeError(f"{prefix}: not {count} running but {seen}")
            time.sleep(LOOK_S if count == 1 else LOOK_AT_MANY_S)

    def slots(self, prefix: str) -> list[str]:
        found = self.sql("SELECT slot_id::text FROM containers_container WHERE name LIKE %s", f"{prefix}%")
        return sorted({row[0] for row in found})

    # clearing up, never measured

    def remove(self, prefix: str) -> None:
        """Ask for their end, wait until the engines are rid of them, let the machine rest."""
        self.post([(f"/{slot}/remove", {}) for slot in self.slots(prefix)], expect=202)
        left = "SELECT count(*) FROM containers_container WHERE name LIKE %s AND gone_at IS NULL"
        wait_for(lambda: self.sql(left, f"{prefix}%") == [(0,)], timeout_s=180, what=f"{prefix} gone", every_s=0.1)
        time.sleep(REST_S)

    def clear_raw(self) -> None:
        with ThreadPoolExecutor(ENGINES) as threads:
            list(threads.map(lambda raw: raw.clear("orchestra.cluster=bench-raw"), self.raws))
        time.sleep(REST_S)


def fresh_name(word: str) -> str:
    """A beginning of names that nothing else has."""
    return f"{word}-{uuid4().hex[:6]}"
