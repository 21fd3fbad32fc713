"""Documents stay true: the files they name exist, their links lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
FILE = re.compile(
    r"`((?:orchestra|scheduler|containers|hosts|core|frontend|tests|docs|\.ci)/[\w./-]*[\w/]|manage\.py|pyproject\.toml|Makefile)`"
)
MAKE = re.compile(r"`make ([a-z-]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_links_and_files_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    missing += [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_it_names_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(document.read_text(encoding="utf-8"))) <= targets


def test_the_road_names_its_files() -> None:
    assert len(set(FILE.findall((ROOT / "docs/path-of-a-container.md").read_text(encoding="utf-8")))) >= 12
