"""A spec is checked without being run: the same problems at the same pointers, and nothing is written."""

from typing import Any

import pytest

from containers.models import Container
from core.accounts.models import Project
from core.events.models import Event
from tests.api.conftest import Person
from tests.api.specs import WEB

PATH = "/projects/shop/containers"


def test_what_would_run_is_answered_in_canonical_form_and_does_not_run(operator: Person) -> None:
    before = Event.objects.count()
    answer = operator.post(f"{PATH}/check", {**WEB, "read_only": False})
    assert answer.status_code == 200
    assert answer.json()["spec"] == operator.post(PATH, WEB).json()["spec"]
    assert Container.objects.count() == 1
    assert Event.objects.count() == before + 1  # of the run


@pytest.mark.parametrize(
    "change",
    [
        {"imagee": "x"},
        {"privileged": True},
        {"ports": [{"container_port": 70000}, {"container_port": "80"}]},
        {"resources": {"memory": "lots"}},
        {"env": {f"K{number}": "v" * 900 for number in range(1000)}},
    ],
)
def test_it_says_what_running_it_would_say(operator: Person, change: dict[str, Any]) -> None:
    checked, run = (operator.post(path, {**WEB, **change}) for path in (f"{PATH}/check", PATH))
    assert (checked.status_code, checked.json()["code"]) == (run.status_code, run.json()["code"])
    assert checked.json()["errors"] == run.json()["errors"]
    assert checked.status_code >= 400
    assert not Container.objects.exists()


def test_an_unknown_key_is_answered_with_the_one_that_was_meant(operator: Person) -> None:
    [error] = operator.post(f"{PATH}/check", {**WEB, "comand": ["serve"]}).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/comand", "unknown")
    assert "did you mean command?" in error["message"]


def test_a_name_in_use_is_told_beforehand(operator: Person, stranger: Person, shop: Project) -> None:
    operator.post(PATH, WEB)
    answer = operator.post(f"{PATH}/check", WEB)
    assert (answer.status_code, answer.json()["code"]) == (409, "name-taken")
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert stranger.post("/projects/other/containers/check", WEB).status_code == 200


def test_a_policy_that_cannot_be_read_is_told(operator: Person, shop: Project) -> None:
    Project.objects.filter(pk=shop.pk).update(policy={"allow_everything": True})
    assert operator.post(f"{PATH}/check", WEB).json()["code"] == "policy-invalid"
