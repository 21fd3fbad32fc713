"""The login forms of the admin and of the browsable API, under the same back-off and with the same events as the API's.

Before: /admin/login/ and /api/v1/page/login. After: core.accounts.throttle; a session like any other.
"""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm as PlainForm
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm as AdminForm

from core.accounts import actions, throttle
from core.accounts.models import User
from core.accounts.origin import address_of
from core.lib.problems import Problem


class Guarded:
    """For a form of Django's: `clean` looks at the password only when a try is granted."""

    def clean(self) -> dict[str, Any]:
        form: Any = self
        username, address = str(form.cleaned_data.get("username", "")), address_of(form.request)
        try:
            throttle.book_try(username, address)
        except Problem as problem:
            raise ValidationError(problem.detail, code=problem.code) from problem
        try:
            cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]  # the form it is mixed into
        except ValidationError:
            actions.record_failed_login(username, address)
            raise
        user = form.get_user()
        if isinstance(user, User):
            throttle.forget_tries(username, address)
            actions.record_login(user, address)
        return cleaned


class LoginForm(Guarded, AdminForm):  # type: ignore[misc]  # unfold has no types
    """The admin's."""


class PageLoginForm(Guarded, PlainForm):
    """The browsable API's."""
