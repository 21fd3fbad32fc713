"""Requests through Debian's haproxy, fed as docs/examples/haproxy says, from clients that try nothing twice."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.whole.installation import ROOT, die_with_parent, free_port, wait_for
from tests.whole.service import ServiceHandle

EXAMPLE = ROOT / "docs" / "examples" / "haproxy"
PATH = "/cgi-bin/answer"
PAUSE_S = 0.02


@dataclass(frozen=True)
class Failure:
    """One request that was not answered as it should be."""

    at_s: float
    words: str


@dataclass
class Load:
    """So many clients, each with a new connection for every request. Never again the same request."""

    port: int
    clients: int = 4
    failures: list[Failure] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)  # by who answered
    last: dict[int, str] = field(default_factory=dict)  # of each client

    def __enter__(self) -> Load:
        self._began_s = time.monotonic()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._client, args=(n,), daemon=True) for n in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(30)
        self.seconds = time.monotonic() - self._began_s

    def _client(self, number: int) -> None:
        while not self._ended.wait(PAUSE_S):
            began_s = time.monotonic()
            try:
                text = self._ask()
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.failures.append(Failure(began_s - self._began_s, f"{type(error).__name__}: {error}"))
                continue
            self.took_s.append(time.monotonic() - began_s)
            self.answers[text] += 1
            self.last[number] = text

    def _ask(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", PATH, headers={"Connection": "close"})
            answer = connection.getresponse()
            text = answer.read().decode().strip()
        finally:
            connection.close()
        if answer.status != 200 or " version " not in text:
            raise ValueError(f"answered {answer.status}: {text[:80]!r}")
        return text

    def summary(self) -> str:
        """For people."""
        took = sorted(self.took_s) or [0.0]
        half, most = took[len(took) // 2], took[int(len(took) * 0.99)]
        return (
            f"{len(self.took_s) + len(self.failures)} requests in {self.seconds:.1f} s by {self.clients} clients,"
            f" {len(self.failures)} failed; answered within {half * 1000:.0f} ms (half), {most * 1000:.0f} ms (99 %),"
            f" {took[-1] * 1000:.0f} ms (all), by {len(self.answers)} containers"
        )


class Proxy:
    """haproxy and its feeder as the example has them, but for the addresses, and without any second try."""

    def __init__(self, service: ServiceHandle) -> None:
        self.service, self.port = service, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="haproxy"))
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Proxy:
        sock, config = self.folder / "admin.sock", self.folder / "haproxy.cfg"
        text = (EXAMPLE / "haproxy.cfg").read_text()
        for old, new in (
            ("/run/haproxy/admin.sock", str(sock)),
            ("bind :80", f"bind 127.0.0.1:{self.port}"),
            ("retries 3 ", "retries 0 "),
            ("option redispatch", "no option redispatch"),
        ):
            assert old in text
            text = text.replace(old, new)
        config.write_text(text)
        self._start("haproxy", ["haproxy", "-db", "-f", str(config)])
        wait_for(sock.exists, timeout_s=10, what="haproxy is up", last=lambda: self.log("haproxy"))
        self._start("feed", self._feed(sock))
        wait_for(lambda: self.log("feed").count("state ready") > 0, timeout_s=10, what="it is fed", last=self.logs)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._processes:
            process.terminate()
            process.wait(10)
        shutil.rmtree(self.folder)

    def _feed(self, sock: Path) -> list[str]:
        installation, name = self.service.installation, self.service.spec["name"]
        words = ["--api", installation.url, "--service", name, "--backend", "web", "--socket", str(sock)]
        return [sys.executable, str(EXAMPLE / "feed.py"), *words]

    def _start(self, name: str, command: list[str]) -> None:
        environment = {**os.environ, "ORCHESTRA_TOKEN": self.service.installation.token}
        environment["PATH"] += ":/usr/sbin"
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, no lock, before exec
                )
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return self.log("haproxy") + self.log("feed")
