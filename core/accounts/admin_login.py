"""The admin's login form, under the same back-off as the API's login.

Before: /admin/login/. After: core.accounts.throttle; a session like any other.
"""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from core.accounts import throttle
from core.accounts.origin import address_of
from core.lib.problems import Problem


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold has no types
    def clean(self) -> dict[str, Any]:
        username, address = str(self.cleaned_data.get("username", "")), address_of(self.request)
        try:
            throttle.book_try(username, address)
        except Problem as problem:
            raise ValidationError(problem.detail, code=problem.code) from problem
        cleaned: dict[str, Any] = super().clean()
        throttle.forget_tries(username, address)
        return cleaned
