"""Decides which Docker engine `up` takes as this machine's: the first of these that applies.

DOCKER_HOST; the engine of ours that has run in this var directory before; /var/run/docker.sock; Debian's docker.io,
installed now, through systemd where that runs, else as a dockerd of our own (own_engine.py).
"""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.lib.clock import monotonic_s
from hosts.address import TlsTexts
from orchestra.supervisor import root
from orchestra.supervisor.children import ROOT
from orchestra.supervisor.own_engine import OwnEngine
from orchestra.supervisor.probe import why_silent
from orchestra.supervisor.refusal import Refusal

SYSTEM_SOCKET = Path("/var/run/docker.sock")
SYSTEMD = Path("/run/systemd/system")
SYSTEM_START_WITHIN_S = 30.0
OTHER_ENGINE = (
    "name an engine that runs: DOCKER_HOST=tcp://address:2376 make up; or start without one: ARGS=--no-engine"
)


@dataclass(frozen=True)
class Found:
    """The engine of this machine. `own` when it is ours to keep running."""

    url: str
    words: str
    tls: TlsTexts | None = None
    own: OwnEngine | None = None


def find(var: Path, environment: Mapping[str, str]) -> Found:
    """The engine, running and answering. Raises Refusal with the way out."""
    if named := environment.get("ORCHESTRA_LOCAL_ENGINE_URL") or environment.get("DOCKER_HOST"):
        return _named(named, environment)
    own = OwnEngine(var)
    if own.was_here():
        return _own(own)
    if SYSTEM_SOCKET.exists() and (found := _system()):
        return found
    if root.which("dockerd") is None:
        _install()
    if SYSTEMD.exists():
        return _through_systemd()
    return _own(own)


def _named(url: str, environment: Mapping[str, str]) -> Found:
    tls = _tls(environment)
    words = why_silent(url, tls)
    if words is not None:
        raise Refusal(
            f"DOCKER_HOST is {url}, but no engine answers there: {words}",
            way_out="start that engine, or correct or unset DOCKER_HOST",
        )
    return Found(url=url, tls=tls, words=f"{url} (DOCKER_HOST)")


def _tls(environment: Mapping[str, str]) -> TlsTexts | None:
    """The keys that Docker's own client would use: DOCKER_CERT_PATH when DOCKER_TLS_VERIFY asks for it."""
    if not environment.get("DOCKER_TLS_VERIFY"):
        return None
    folder = Path(environment.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    try:
        ca, cert, key = ((folder / f"{name}.pem").read_text() for name in ("ca", "cert", "key"))
    except OSError as error:
        raise Refusal(
            f"DOCKER_TLS_VERIFY is set, but the keys cannot be read: {error}",
            way_out="set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem",
        ) from error
    return TlsTexts(ca=ca, cert=cert, key=key)


def _system() -> Found | None:
    """The engine at the usual socket; None when nothing serves that socket any more."""
    if not os.access(SYSTEM_SOCKET, os.R_OK | os.W_OK):
        raise Refusal(
            f"This user may not use the Docker engine at {SYSTEM_SOCKET}.",
            way_out="`sudo usermod -aG docker $USER` and log in again, or `sudo make up`",
        )
    url = f"unix://{SYSTEM_SOCKET}"
    return Found(url=url, words=url) if why_silent(url) is None else None


def _install() -> None:
    if root.prefix() is None:
        raise Refusal(
            "There is no Docker engine on this machine, and installing one needs root.",
            way_out=f"`sudo make up`; or `sudo apt-get install docker.io`; or {OTHER_ENGINE}",
        )
    command = [os.fspath(ROOT / ".ci" / "packages"), "dockerd=docker.io", "iptables=iptables", "ip=iproute2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode != 0:
        raise Refusal(
            f"Docker could not be installed:\n{(done.stdout + done.stderr).strip()}",
            way_out=f"install a Docker engine yourself; or {OTHER_ENGINE}",
        )


def _through_systemd() -> Found:
    """Debian's engine, as the system runs it."""
    if root.prefix() is None:
        raise Refusal(
            "Docker is installed on this machine but does not run, and starting it needs root.",
            way_out="`sudo systemctl start docker`, or `sudo make up`",
        )
    started = root.run("systemctl", "start", "docker")
    deadline_s = monotonic_s() + SYSTEM_START_WITHIN_S
    while monotonic_s() < deadline_s:
        if SYSTEM_SOCKET.exists() and (found := _system()):
            return found
        time.sleep(0.2)
    raise Refusal(
        f"`systemctl start docker` did not bring an engine up. {started.stderr.strip()}",
        way_out="`journalctl -u docker` says why",
    )


def _own(own: OwnEngine) -> Found:
    if root.prefix() is None and own.pid() is None:
        raise Refusal(
            "Starting a Docker engine on this machine needs root.",
            way_out=f"`sudo make up`; or {OTHER_ENGINE}",
        )
    ran = own.pid() is not None
    remark = own.start()
    verb = "still runs" if ran else "started"
    return Found(url=own.url, words=f"{verb}, our own under {own.home}{remark}", own=own)
