"""The project's own Python files, parsed once, for the tests that read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("orchestra", "scheduler", "containers", "hosts", "core")


@dataclass(frozen=True)
class Source:
    """One file; `name` is its path from the top of the repository."""

    name: str
    text: str
    tree: ast.Module

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node


@cache
def product() -> tuple[Source, ...]:
    """Everything that runs in production, without migrations."""
    return tuple(source for package in PACKAGES for source in _under(ROOT / package))


@cache
def of_tests() -> tuple[Source, ...]:
    return tuple(_under(ROOT / "tests"))


def _under(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            text = path.read_text(encoding="utf-8")
            yield Source(name=str(path.relative_to(ROOT)), text=text, tree=ast.parse(text))
