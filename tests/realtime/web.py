"""A web process of a test: the real command, on a port of its own, on the test's database."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from django.db import connection

from tests.realtime.live import Live

ROOT = Path(__file__).resolve().parent.parent.parent
LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


class Web:
    """Started at once; `stop` ends it whatever state it is in."""

    def __init__(self, log: IO[str]) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.realtime.web_settings",
            "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "web", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert self.process.stdout is not None
        found = LISTENING.search(self.process.stdout.readline())
        assert found, Path(log.name).read_text()
        self.port = int(found[1])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def live(self, token: str = "", **options: Any) -> Live:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Live(f"ws://127.0.0.1:{self.port}/ws/live", headers=headers | options.pop("headers", {}), **options)

    def call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """The JSON answer of the API; an HTTP error raises."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.origin}/api/v1{path}", data=data, headers=headers, method=method)
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=15) as answer:
                return json.loads(answer.read() or "null")
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from error

    def resident_bytes(self) -> int:
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
