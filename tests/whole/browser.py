"""Runs the console's end-to-end tests against an installation, with what they need to know of it.

Before: an installation that is started, and the lab's engines. After: Playwright's verdict and its words.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.lab import Lab
from tests.lab.registry import LOGIN
from tests.whole.installation import ROOT, Installation

PASSWORD: Final = "correct-horse-battery-staple"
ZONES: Final = ("fra", "ber", "muc")
LINK: Final = "from core.accounts.first_admin import make_link; print(make_link())"
ADD_VIEWER: Final = """
from core.accounts.actions import set_role
from core.accounts.models import User, default_project
from core.accounts.roles import Role
viewer = User.objects.create_user({name!r}, password={password!r})
set_role(default_project(), viewer, Role.VIEWER, actor=viewer)
"""


BRAKE: Final = """
import os
from core.events.record import Happening, record
from hosts.models import Host
from scheduler.models import Brake
host = Host.objects.get(name=os.environ["BRAKED"])
words = f"3 of 9 containers of {host.name} were stopped within 60 s although nobody asked for it"
brake, made = Brake.objects.get_or_create(host=host, released_at=None, defaults={"message": words})
if made:
    record(Happening(kind="brake.on", actor="scheduler", object_kind="brake", object_id=str(brake.pk), host_id=host.pk,
                     message=words, level="warning"))
"""


def first_admin(installation: Installation) -> str:
    """The token of a link that makes the first admin."""
    return installation.manage("shell", "--verbosity", "0", "-c", LINK).split()[-1]


def add_viewer(installation: Installation, name: str) -> None:
    """Somebody who may look at the default project."""
    installation.manage("shell", "--verbosity", "0", "-c", ADD_VIEWER.format(name=name, password=PASSWORD))


def brake_program(installation: Installation) -> Path:
    """A program that puts a brake on the host it is given, as the scheduler would when it had stopped too many."""
    path = installation.var / "brake"
    env = ["env", "-u", "DATABASE_URL", "-u", "DJANGO_SETTINGS_MODULE", f"ORCHESTRA_VAR={installation.var}"]
    shell = shlex.join([*env, sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", BRAKE])
    path.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && BRAKED="$1" exec {shell}\n')
    path.chmod(0o700)
    return path


def hosts_of(lab: Lab, count: int, *, by_zone: bool = False) -> str:
    """The first hosts of the lab as JSON, as the console's own dialog asks for them; named h1 on, or by their zones."""
    hosts = []
    for number, host in enumerate(lab.hosts[:count], 1):
        tls = host.tcp.tls
        assert tls is not None
        zone = ZONES[(number - 1) % len(ZONES)]
        keys = {"ca": tls.ca, "cert": tls.cert, "key": tls.key}
        name = f"{zone}-{number}" if by_zone else f"h{number}"
        hosts.append({"name": name, "url": host.tcp.url, "labels": f"zone={zone}", **keys})
    return json.dumps(hosts)


def run_console(installation: Installation, lab: Lab, *projects: str, without: str = "") -> None:
    """From the first admin's link on, in an installation that nobody has seen; what Playwright says is printed.

    `without`: the tag of tests that are left out.
    """
    installation.start("web-1", "scheduler-1", "agent-1", admin=False)
    link = first_admin(installation)
    add_viewer(installation, "vera")
    done = end_to_end(installation, lab, *projects, hosts=2, without=without, ORCHESTRA_FIRST_ADMIN=link)
    lab.restore()
    sys.stdout.write(done.stdout)  # step by step, for the proof
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def end_to_end(
    installation: Installation, lab: Lab, *projects: str, hosts: int, without: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """The projects of frontend/e2e (all of them when none is named), with a folder of their own for what they leave."""
    options = [f"--output=test-results/{'-'.join(projects) or 'all'}", *(f"--project={name}" for name in projects)]
    if without:
        options.append(f"--grep-invert={without}")
    return subprocess.run(
        ["npm", "run", "--silent", "e2e", "--", *options],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "ORCHESTRA_URL": installation.url,
            "ORCHESTRA_HOSTS": hosts_of(lab, hosts),
            "ORCHESTRA_IMAGE": lab.image("web:1"),
            "ORCHESTRA_COMMAND": "act serve",
            "ORCHESTRA_BRAKE": str(brake_program(installation)),
            "ORCHESTRA_LOAD_PATH": "/cgi-bin/burn?2",
            "ORCHESTRA_PRIVATE_IMAGE": lab.private_registry().image("act:2"),
            "ORCHESTRA_REGISTRY_USER": LOGIN[0],
            "ORCHESTRA_REGISTRY_PASSWORD": LOGIN[1],
            **more,
        },
        capture_output=True,
        text=True,
        check=False,
    )
