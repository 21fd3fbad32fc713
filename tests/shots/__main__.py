"""Takes the pictures of docs/tour.md and docs/shots.md: `python -m tests.shots` (as root, for the lab's engines).

An installation of its own, three engines, the console in Chromium: the first minutes by hand, then every screen of a
lively fleet in both themes and both languages.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.lab import Lab
from tests.shots import fleet
from tests.whole.browser import end_to_end, first_admin, hosts_of
from tests.whole.installation import ROOT, Installation

SHOTS: Final = ROOT / "docs" / "img" / "shots"
MOST_BYTES: Final = 120 * 1024
TOKEN: Final = """
from core.accounts.actions import make_token
from core.accounts.models import User
from core.accounts.roles import Role
anna = User.objects.get(username="anna")
print(make_token(anna, name="deploy", role=Role.ADMIN, project=None, expires_at=None)[1])
"""
HEAD: Final = """# Every screen

Made by `make shots` on three real engines with some twenty containers, so that nobody has to keep them by hand: light
and dark, English and German. What they show is told in [the tour](tour.md).
"""


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="orchestra-shots-"))
    fresh = folder / "shots"
    installation = Installation(folder / "var")
    try:
        with Lab.up(3) as lab:
            said = take(installation, lab, fresh)
    finally:
        installation.stop()
    if said == 0:
        shutil.rmtree(SHOTS, ignore_errors=True)
        shutil.copytree(fresh, SHOTS)
        (ROOT / "docs" / "shots.md").write_text(contact_page(SHOTS))
        said = weigh(SHOTS)
    shutil.rmtree(folder, ignore_errors=True)
    return said


def take(installation: Installation, lab: Lab, into: Path) -> int:
    """The first minutes, then the lively fleet."""
    installation.start("web-1", "scheduler-1", "agent-1", admin=False)
    link = first_admin(installation)
    said = run(installation, lab, "first", ORCHESTRA_SHOTS=str(into), ORCHESTRA_FIRST_ADMIN=link)
    if said != 0:
        return said
    installation.token = installation.manage("shell", "--verbosity", "0", "-c", TOKEN).split()[-1]
    fleet.make(installation, lab.image("web:1"))
    with fleet.load(installation):
        return run(installation, lab, "shots", ORCHESTRA_SHOTS=str(into))


def run(installation: Installation, lab: Lab, project: str, **more: str) -> int:
    """One project of the console's tests; its words go where ours go."""
    hosts = hosts_of(lab, 3, by_zone=True)
    done = end_to_end(installation, lab, project, hosts=3, ORCHESTRA_HOSTS=hosts, **more)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


def contact_page(folder: Path) -> str:
    """Every screen with its four pictures."""
    names = sorted({path.stem.rsplit("-", 2)[0] for path in folder.glob("*-light-en.webp")})
    parts = [HEAD]
    for name in names:
        cells = [
            f"[![{name}, {theme}, {language}](img/shots/{name}-{theme}-{language}.webp)]"
            f"(img/shots/{name}-{theme}-{language}.webp)"
            for language in ("en", "de")
            for theme in ("light", "dark")
        ]
        table = f"| {cells[0]} | {cells[1]} |\n|---|---|\n| {cells[2]} | {cells[3]} |"
        parts.append(f"## {name.replace('-', ' ')}\n\n{table}\n")
    return "\n".join(parts)


def weigh(folder: Path) -> int:
    """1 when a picture is too heavy to be kept in the repository."""
    heavy = {path.name: path.stat().st_size for path in folder.iterdir() if path.stat().st_size > MOST_BYTES}
    total = sum(path.stat().st_size for path in folder.iterdir())
    sys.stdout.write(f"{len(list(folder.iterdir()))} pictures, {total / 1e6:.1f} MB; too heavy: {heavy or 'none'}\n")
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
