"""The API as pages for a browser: each answer with the forms of what else can be asked there.

Before: a view has answered somebody who wants HTML. After: core/accounts/templates/accounts/api.html.
"""

import json
from typing import Any

from rest_framework.fields import empty
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer


class PageRenderer(BrowsableAPIRenderer):
    """Our template; and the form for a body begins with an example of it, as the document describes it."""

    template = "accounts/api.html"

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        form = super().get_raw_data_form(data, view, method, request)
        content = form.fields.get("_content") if form is not None and hasattr(form, "fields") else None
        if content is not None and not content.initial:
            content.initial = json.dumps(example(view, method), indent=4)
        return form


def example(view: Any, method: str) -> dict[str, Any]:
    """The fields of the method's body, each with its default or empty; nothing where the body is free."""
    body = getattr(getattr(view, method.lower(), None), "body", None)
    if not isinstance(body, type) or not issubclass(body, Serializer):
        return {}
    return {name: _start(field) for name, field in body().fields.items()}


def _start(field: Any) -> Any:
    if field.default is empty:
        return field.get_initial()
    return field.default() if callable(field.default) else field.default
