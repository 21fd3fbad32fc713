"""An installation before a large fleet: its web process, which is started again when it dies, and the writer.

The browser's tests reach both by a folder: the web process by its pid, the writer by the files it looks for.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.whole.installation import ROOT, Installation, die_with_parent, wait_for

AWAY_S = 1.5
"""How long a killed web process stays away, so that a page can notice."""


class Stage:
    """Start it, `play` some of the browser's tests, stop it."""

    def __init__(self, var: Path, *, hosts: int, containers: int) -> None:
        self.installation = Installation(var)
        self.folder = var / "control"
        self.folder.mkdir(parents=True)
        self._size = ["--hosts", str(hosts), "--containers", str(containers)]
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_web, name="keeper", daemon=True)

    def start(self) -> None:
        self.installation.start()
        subprocess.run(self._command("seed", *self._size), cwd=ROOT, env=self._environment(), check=True)
        self._keeper.start()
        self.start_writer()
        wait_for(self.installation.answers, timeout_s=60, what="the web process answers")

    def start_writer(self, *options: str) -> None:
        """Begin to change the fleet; the writer that did so before is ended."""
        had = self.installation.processes.pop("writer", None)
        if had is not None:
            had.kill()
            had.wait()
        pace = self.folder / "pace.json"
        pace.unlink(missing_ok=True)
        with (self.installation.var / "writer.log").open("ab") as log:
            self.installation.processes["writer"] = subprocess.Popen(
                self._command("churn", "--control", str(self.folder), *options),
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one call, no lock, before exec
            )
        wait_for(pace.exists, timeout_s=30, what="the writer writes")

    def play(self, project: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The browser's tests of one project of e2e/scale.config.ts."""
        return subprocess.run(
            ["node_modules/.bin/playwright", "test", "--config=e2e/scale.config.ts", f"--project={project}", *options],
            cwd=ROOT / "frontend",
            env={
                **os.environ,
                "ORCHESTRA_URL": self.installation.url,
                "ORCHESTRA_SCALE": str(self.folder),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def web_pid(self) -> int:
        return self.installation.processes["web-1"].pid

    def stop(self) -> None:
        self._stopping.set()
        self.installation.stop()

    def _keep_web(self) -> None:
        """Lives as long as the stage: who dies with a thread must not be started by one that ends."""
        while not self._stopping.is_set():
            self.installation.start("web-1")
            (self.folder / "web.pid").write_text(str(self.web_pid()))
            self.installation.processes["web-1"].wait()
            if not self._stopping.is_set():
                time.sleep(AWAY_S)

    def _environment(self) -> dict[str, str]:
        return {**self.installation.environment(), "DJANGO_SETTINGS_MODULE": "orchestra.settings"}

    @staticmethod
    def _command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.large_fleet", *arguments]
