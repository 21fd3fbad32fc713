"""Rules of the architecture that a linter does not know: who writes what, and what nobody does."""

import ast
import re
import subprocess
import sys

from tests.house.source import ROOT, product

MUTATING_ENGINE_CALL = re.compile(
    r"\bengine\.(create|start|stop|kill|rename|remove|pull|import_image|write_marker|ensure_volume)\("
)
HANDS = ("containers/agent/", "hosts/engine/", "containers/demo.py")  # the demo imports its image, and no more
SIGNALS = re.compile(r"django\.(db\.models|core|dispatch|contrib\.auth)[\w.]*signals|django\.dispatch")
CONTAINER_WRITE = re.compile(
    r"UPDATE\s+containers_container\b|\bContainer\.objects[^\n]*\.(update|bulk_update)\(", re.IGNORECASE
)
SHELL = re.compile(r"shell\s*=\s*True|os\.system\(|os\.popen\(")


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"Contracts: \d+ kept, 0 broken", done.stdout)


def test_nobody_hides_work_in_signals_or_save() -> None:
    hidden = [f"{source.name}: signals" for source in product() if SIGNALS.search(source.text)]
    for source in product():
        for found in source.classes():
            own = {node.name for node in found.body if isinstance(node, ast.FunctionDef)} & {"save", "delete"}
            if own and "models.Model" in {ast.unparse(base) for base in found.bases}:
                hidden.append(f"{source.name}: {found.name} overrides {own}")
    assert not hidden


def test_only_the_agent_changes_anything_at_an_engine() -> None:
    others = [source for source in product() if not source.name.startswith(HANDS)]
    assert not [source.name for source in others if MUTATING_ENGINE_CALL.search(source.text)]


def test_no_shell_ever() -> None:
    assert not [source.name for source in product() if SHELL.search(source.text)]


def test_the_rules_have_something_to_look_at() -> None:
    """The agent does call the engine: were the calls spelled otherwise, the rule above would be blind."""
    hands = "".join(source.text for source in product() if source.name.startswith("containers/agent/"))
    assert MUTATING_ENGINE_CALL.search(hands)


def test_one_writer_of_containers() -> None:
    """Rows of containers are changed in containers/transitions and nowhere else (actions add, cascades remove)."""
    writers = {source.name for source in product() if CONTAINER_WRITE.search(source.text)}
    assert writers
    assert not {name for name in writers if not name.startswith("containers/transitions/")}


def test_no_registry_is_named_and_every_requirement_has_its_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        text = (ROOT / name).read_text()
        assert "index-url" not in text.replace("--no-emit-index-url", "")
        assert "://" not in text
        pins = re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()


def test_migrations_match_the_models() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
