#!/usr/bin/env python3
"""Keeps the servers of a haproxy backend equal to the endpoints of an Orchestra service, without a reload.

    ORCHESTRA_TOKEN=... feed.py --api http://127.0.0.1:8000 --service web --backend web

Each round reads both sides, the service's endpoints and haproxy's own list of servers, and says over the stats socket
what differs. Nothing is remembered, so either side and this program may restart at any time. While the API does not
answer, haproxy keeps what it has.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

WORDS = {"ready": "ready", "draining": "drain"}  # an endpoint's state, in haproxy's words
# Bits of srv_admin_state. 0x04 only says that the configuration had begun with maintenance; it stays.
DRAINED, IN_MAINTENANCE = 0x08 | 0x10, 0x01 | 0x02 | 0x20 | 0x40
TIMEOUT_S = 3.0

Place = tuple[str, int]  # address and port


class FeedError(Exception):
    """One side did not answer as it should; the next round tries again."""


@dataclass(frozen=True)
class Server:
    """One of the backend's servers as haproxy has it. `state`: ready, drain or maint."""

    name: str
    place: Place
    state: str


def plan(wanted: Mapping[Place, str], servers: Sequence[Server]) -> tuple[list[str], int]:
    """(what to say to haproxy of its servers, how many endpoints found no free one).

    An endpoint keeps its server for as long as it is there. A server that is freed goes to maintenance and serves
    another endpoint from the next round on, so that a round which was cut short leaves nothing half done.
    """
    said: list[str] = []
    held: set[Place] = set()
    free: list[Server] = []
    for server in servers:
        if server.state == "maint":
            free.append(server)
        elif server.place not in wanted or server.place in held:
            said.append(f"{server.name} state maint")
        else:
            held.add(server.place)
            if server.state != wanted[server.place]:
                said.append(f"{server.name} state {wanted[server.place]}")
    missing = [place for place, state in wanted.items() if place not in held and state == "ready"]
    for place, server in zip(missing, free, strict=False):
        said.append(f"{server.name} addr {place[0]} port {place[1]}")
        said.append(f"{server.name} state ready")
    return said, max(0, len(missing) - len(free))


class Orchestra:
    """The endpoints of one service."""

    def __init__(self, api: str, project: str, service: str, port: int | None) -> None:
        self._project = f"{api.rstrip('/')}/api/v1/projects/{urllib.parse.quote(project)}"
        self._token = os.environ.get("ORCHESTRA_TOKEN", "")
        self._service, self._id = service, service if _is_uuid(service) else ""
        self._query = f"?port={port}" if port else ""

    def endpoints(self) -> dict[Place, str]:
        """What haproxy shall have: each place with its state there."""
        self._id = self._id or self._find()
        found = self._get(f"/services/{self._id}/endpoints{self._query}")["endpoints"]
        tcp = [one for one in found if one["protocol"] == "tcp"]
        return {(one["address"], one["port"]): WORDS[one["state"]] for one in tcp}

    def _find(self) -> str:
        path = f"/services?q={urllib.parse.quote(self._service)}&limit=200"
        for one in self._get(path)["results"]:
            if one["name"] == self._service:
                return str(one["id"])
        raise FeedError(f"the project has no service {self._service!r}")

    def _get(self, path: str) -> dict[str, Any]:
        request = urllib.request.Request(self._project + path, headers={"Authorization": f"Bearer {self._token}"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise FeedError(f"the API answered {error.code} to {path}; is ORCHESTRA_TOKEN good for it?") from None
        except (OSError, ValueError) as error:
            raise FeedError(f"the API does not answer: {error}") from None


class Haproxy:
    """The runtime API of one haproxy, at a unix socket."""

    def __init__(self, path: str, backend: str) -> None:
        self._path, self._backend = path, backend

    def servers(self) -> list[Server]:
        """All servers of the backend."""
        version, header, *rows = self._ask(f"show servers state {self._backend}").splitlines() or [""] * 2
        if version.strip() != "1" or not rows:
            raise FeedError(f"haproxy has no servers in a backend {self._backend!r}: {version or header}")
        names = header.removeprefix("# ").split()
        return [_server(dict(zip(names, row.split(), strict=False))) for row in rows]

    def set(self, words: Collection[str]) -> Iterator[str]:
        """Say `set server`; what haproxy had to say to each. Raises FeedError at the first that it refuses."""
        for one in words:
            answer = self._ask(f"set server {self._backend}/{one}")
            if answer and not answer.startswith(("IP changed", "port changed", "no need to change")):
                raise FeedError(f"haproxy refuses `set server {self._backend}/{one}`: {answer}")
            yield answer

    def _ask(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(TIMEOUT_S)
                line.connect(self._path)
                line.sendall(command.encode() + b"\n")
                return b"".join(iter(lambda: line.recv(65536), b"")).decode().strip()
        except OSError as error:
            raise FeedError(f"haproxy does not answer at {self._path}: {error}") from None


def _server(row: Mapping[str, str]) -> Server:
    bits = int(row["srv_admin_state"])
    state = "maint" if bits & IN_MAINTENANCE else "drain" if bits & DRAINED else "ready"
    return Server(row["srv_name"], (row["srv_addr"], int(row["srv_port"])), state)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def feed(orchestra: Orchestra, haproxy: Haproxy) -> None:
    """One round."""
    words, left = plan(orchestra.endpoints(), haproxy.servers())
    for said, _ in zip(words, haproxy.set(words), strict=True):
        say(said)
    if left:
        raise FeedError(f"{left} endpoints have no server: raise the number in `server-template`")


def say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--api", required=True, help="such as http://127.0.0.1:8000")
    options.add_argument("--project", default="default")
    options.add_argument("--service", required=True, help="its name or id")
    options.add_argument("--port", type=int, help="the container port, where the service publishes several")
    options.add_argument("--backend", required=True, help="haproxy's backend, with a server-template")
    options.add_argument("--socket", default="/run/haproxy/admin.sock", help="haproxy's stats socket")
    options.add_argument("--every", type=float, default=0.5, help="seconds between two rounds")
    asked = options.parse_args()
    orchestra = Orchestra(asked.api, asked.project, asked.service, asked.port)
    haproxy = Haproxy(asked.socket, asked.backend)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    trouble = ""
    while not ended.is_set():
        try:
            feed(orchestra, haproxy)
            now = ""
        except FeedError as error:
            now = str(error)
        if now != trouble:
            say(now or "all is well again")
            trouble = now
        ended.wait(asked.every)


if __name__ == "__main__":
    main()
