"""A real web process on the test's database, and those who watch it."""

import time
from collections.abc import Callable, Iterator

import pytest

from core.accounts.actions import make_token
from core.accounts.models import Membership, Project, User, default_project
from core.accounts.roles import Role
from tests.realtime.web import Web

Member = Callable[[str, Project, Role], str]


@pytest.fixture(scope="session")
def shared_web(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One web process for all tests of a run; its rows go after each test, as when somebody deletes them."""
    with (tmp_path_factory.mktemp("web") / "log").open("w") as log:
        web = Web(log)
        yield web
        web.stop()


@pytest.fixture
def web(transactional_db: None, shared_web: Web) -> Iterator[Web]:
    assert shared_web.process.poll() is None, "the web process has died"
    default_project()
    yield shared_web
    time.sleep(0.3)  # a read that is under way must not meet the emptying of the tables


@pytest.fixture
def own_web(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process that the test may end, or look into without others' traces."""
    with (tmp_path_factory.mktemp("web") / "log").open("w") as log:
        web = Web(log)
        default_project()
        yield web
        web.stop()


def token_of(user: User, role: Role = Role.ADMIN) -> str:
    return make_token(user, name="tests", role=role, project=None, expires_at=None)[1]


@pytest.fixture
def admin(transactional_db: None) -> str:
    """The token of a platform admin."""
    return token_of(User.objects.create_superuser("root", password="not-used"))


@pytest.fixture
def member(transactional_db: None) -> Member:
    """Make a member of a project; the token."""

    def make(name: str, project: Project, role: Role) -> str:
        user, _ = User.objects.get_or_create(username=name)
        Membership.objects.create(user=user, project=project, role=role.value)
        return token_of(user)

    return make
