"""The systemd unit of `up`: what brings Orchestra, and with it everything that should run, back after a reboot.

Before: `manage.py service`. After: systemd starts `manage.py up` at boot and again whenever it ends. Web, scheduler and
agent on machines of their own have units of their own: docs/operations/units.md.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestra.supervisor import root
from orchestra.supervisor.children import ROOT
from orchestra.supervisor.refusal import Refusal

NAME = "orchestra.service"
UNITS = Path("/etc/systemd/system")
SYSTEMD = Path("/run/systemd/system")
ENVIRONMENT = Path("/etc/default/orchestra")

TEXT = """\
# Written by `make service`; taken away by `make service-remove`. Settings (ORCHESTRA_..., DATABASE_URL, DOCKER_HOST)
# stand in {environment}, one NAME=value a line.
[Unit]
Description=Orchestra: web, scheduler, agent and database of this machine
Wants=network-online.target
After=network-online.target docker.service
# It goes on trying for as long as it takes, such as for an engine that is late.
StartLimitIntervalSec=0

[Service]
Environment=PYTHONUNBUFFERED=1
EnvironmentFile=-{environment}
WorkingDirectory={folder}
ExecStart={command}
Restart=always
RestartSec=2
# Only `up` is told to end; it ends its own processes. A Docker engine that it started, and the containers on it, go on.
KillMode=process
TimeoutStopSec=60
Delegate=yes
TasksMax=infinity

[Install]
WantedBy=multi-user.target
"""


def text(arguments: Sequence[str]) -> str:
    """The unit that runs `up` from this folder, with these arguments. Pure but for where we stand."""
    command = [sys.executable, os.fspath(ROOT / "manage.py"), "up", *arguments]
    return TEXT.format(
        environment=ENVIRONMENT,
        folder=_escaped(os.fspath(ROOT)),
        command=" ".join(_word(part) for part in command),
    )


def install(arguments: Sequence[str], *, units: Path = UNITS) -> str:
    """Write, enable and start it; what is worth saying. Raises Refusal."""
    _refuse_without_root()
    file = units / NAME
    try:
        units.mkdir(parents=True, exist_ok=True)
        file.write_text(text(arguments))
    except OSError as error:
        words = f"{file} cannot be written: {error.strerror}."
        raise Refusal(words, way_out="run it as root: `sudo make service`") from error
    if units != UNITS:
        return f"{file} is written"
    _systemctl("enable", NAME)
    if not SYSTEMD.exists():
        return f"{file} is enabled; systemd does not run here now, so it starts with the next boot"
    _systemctl("daemon-reload")
    _systemctl("restart", NAME)
    return f"{file} is enabled and started; `journalctl -u orchestra` shows its lines, the first admin's link too"


def remove(*, units: Path = UNITS) -> str:
    """Stop and forget it; data, engine and containers stay. What is worth saying. Raises Refusal."""
    _refuse_without_root()
    file = units / NAME
    if not file.exists():
        return f"there is no {file}"
    if units == UNITS:
        _systemctl("disable", *(["--now"] if SYSTEMD.exists() else []), NAME)
    file.unlink()
    if units == UNITS and SYSTEMD.exists():
        _systemctl("daemon-reload")
    return f"{file} is removed; the data, the Docker engine and the containers stay as they are"


def _refuse_without_root() -> None:
    if os.geteuid() != 0:
        raise Refusal("A unit of the system is made by root.", way_out="`sudo make service`")


def _systemctl(*words: str) -> None:
    if root.which("systemctl") is None:
        raise Refusal("This machine has no systemd.", way_out="let its own init run `make up`")
    done = root.run("systemctl", *words)
    if done.returncode != 0:
        raise Refusal(
            f"systemctl {' '.join(words)}: {done.stderr.strip()}", way_out="`systemctl status orchestra` says more"
        )


def _word(word: str) -> str:
    """As one argument of ExecStart: quoted where it must be, without specifiers or variables."""
    safe = _escaped(word).replace("\\", "\\\\").replace("$", "$$").replace('"', '\\"')
    return f'"{safe}"' if any(sign in word for sign in " \t\"';\\") else safe


def _escaped(path: str) -> str:
    return path.replace("%", "%%")
