"""Nothing of an installation is left of a run that was killed, its database included."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from orchestra.database.server import Server
from tests.whole.installation import ROOT, wait_for

OWNER = """
import sys, time
from pathlib import Path
from tests.whole.installation import Installation
made = Installation(Path(sys.argv[1]))
made.database.ensure()
print("up", flush=True)
time.sleep(60)
"""


def test_the_database_of_a_killed_run_goes(tmp_path: Path) -> None:
    var = tmp_path / "var"
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(var)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    database = Server(var)
    assert database.pid() is not None
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    wait_for(lambda: database.pid() is None, timeout_s=20, what="the database has ended")
    if database.home not in database.run.parents:
        wait_for(lambda: not database.run.exists(), timeout_s=5, what="the folder of its socket is gone")
