"""The console's own end-to-end tests in Chromium, against a whole installation on the lab's engines."""

import json
import os
import subprocess
import sys

import pytest

from tests.lab import Lab
from tests.lab.registry import LOGIN
from tests.whole.installation import ROOT, Installation, wait_for

pytestmark = [pytest.mark.engine, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

REGISTER = """
import json
from hosts.actions import register
for host in json.loads({hosts!r}):
    register(**host, actor="up")
"""
LINK = "from core.accounts.first_admin import make_link; print(make_link())"


def test_the_road_in_a_browser(installation: Installation, lab: Lab) -> None:
    installation.start("web-1", "scheduler-1", "agent-1", admin=False)
    hosts = [
        {
            "name": f"h{n}",
            "url": host.tcp.url,
            "tls": {part: getattr(host.tcp.tls, part) for part in ("ca", "cert", "key")},
        }
        for n, host in enumerate(lab.hosts[:2], 1)
    ]
    installation.manage("shell", "--verbosity", "0", "-c", REGISTER.format(hosts=json.dumps(hosts)))
    ready = "SELECT count(*) FROM hosts_host WHERE reachable = 'ok'"
    wait_for(lambda: installation.sql(ready) == [(2,)], timeout_s=30, what="two hosts ready")
    done = subprocess.run(
        ["npm", "run", "--silent", "e2e"],
        cwd=ROOT / "frontend",
        env={
            **os.environ,
            "ORCHESTRA_URL": installation.url,
            "ORCHESTRA_FIRST_ADMIN": installation.manage("shell", "--verbosity", "0", "-c", LINK).split()[-1],
            "ORCHESTRA_IMAGE": lab.image("web:1"),
            "ORCHESTRA_COMMAND": "act serve",
            "ORCHESTRA_LOAD_PATH": "/cgi-bin/burn?2",
            "ORCHESTRA_PRIVATE_IMAGE": lab.private_registry().image("act:2"),
            "ORCHESTRA_REGISTRY_USER": LOGIN[0],
            "ORCHESTRA_REGISTRY_PASSWORD": LOGIN[1],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    lab.restore()
    sys.stdout.write(done.stdout)  # step by step, for the proof
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
