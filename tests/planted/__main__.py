"""Plant each bug in a copy of the tree and run its test there. `python -m tests.planted [part of a name]`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.planted.bug import Bug
from tests.planted.bugs import BUGS

ROOT = Path(__file__).resolve().parents[2]
FAILED = 1  # pytest's word for "a test failed"; anything else is trouble of another kind


def main() -> int:
    """The number of bugs that nobody caught."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    missed = 0
    for bug in (bug for bug in BUGS if wanted in bug.name):
        with tempfile.TemporaryDirectory(prefix="orchestra-planted-") as folder:
            code, words = plant(bug, Path(folder))
        caught = code == FAILED
        missed += not caught
        verdict = "caught" if caught else f"MISSED ({code})"
        say(f"{verdict:10} {bug.name}: {bug.test.rpartition('::')[2]}")
        if not caught:
            say(words)
    say(f"{missed} missed")
    return missed


def say(words: str) -> None:
    """One line, at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def plant(bug: Bug, folder: Path) -> tuple[int, str]:
    """Copy what git knows, break it, run the one test; pytest's exit code and its last words."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("frontend/", "docs/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    text = (folder / bug.file).read_text()
    if text.count(bug.old) != 1:
        raise SystemExit(f"{bug.name}: {bug.file} does not hold its text exactly once; correct tests/planted/bugs.py")
    (folder / bug.file).write_text(text.replace(bug.old, bug.new))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", bug.test]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "ORCHESTRA_VAR": str(folder / "var")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[-2000:] + done.stderr[-2000:]


if __name__ == "__main__":
    sys.exit(main())
