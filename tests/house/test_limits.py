"""Sizes and names that keep the code readable, as docs/nomenclature.md tells them."""

import ast
import re

from tests.house.source import ROOT, of_tests, product

FUNCTION_LINES = 70
FILE_LINES = 400
PARAMETERS = 7  # aim at five; a framework may dictate one or two more
VAGUE_FILES = {"services.py", "utils.py", "helpers.py", "managers.py", "common.py", "misc.py"}
VAGUE_FUNCTIONS = re.compile(r"^(handle|process)_")
ALLOWED_PARAMETERS = {"engine_body": 10}  # one place where everything that the engine is told comes together
EVERY = [*product(), *of_tests()]


def test_a_file_fits_in_a_head() -> None:
    assert not [f"{source.name}: {source.line_count}" for source in EVERY if source.line_count > FILE_LINES]


def test_a_function_fits_on_a_screen() -> None:
    long = []
    for source in EVERY:
        for function in source.functions():
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long.append(f"{source.name}:{function.lineno} {function.name} has {lines} lines")
    assert not long


def test_a_function_takes_few_parameters() -> None:
    greedy = []
    for source in product():
        for function in source.functions():
            given = function.args
            count = len([*given.posonlyargs, *given.args, *given.kwonlyargs])
            count -= bool(given.args and given.args[0].arg in ("self", "cls"))
            if count > ALLOWED_PARAMETERS.get(function.name, PARAMETERS):
                greedy.append(f"{source.name}:{function.lineno} {function.name} takes {count}")
    assert not greedy


def test_names_say_what_things_do() -> None:
    vague = [source.name for source in product() if source.name.rpartition("/")[2] in VAGUE_FILES]
    for source in product():
        vague += [f"{source.name}: {one.name}" for one in source.functions() if VAGUE_FUNCTIONS.match(one.name)]
    assert not vague


def test_a_file_says_what_it_decides() -> None:
    silent = [source.name for source in EVERY if source.text.strip() and not ast.get_docstring(source.tree)]
    assert not silent


def test_the_limits_see_the_code() -> None:
    """A wrong folder name above would make every test here pass on nothing."""
    names = {source.name for source in product()}
    assert {"orchestra/settings.py", "hosts/models.py", "containers/states.py", "core/lib/lease.py"} <= names
    assert len(names) > 100
    assert (ROOT / "manage.py").exists()
