"""The base of every serializer that reads a body: what it does not know, it refuses by name.

Before: the parser. After: the view hands the checked values to its action.
"""

import difflib
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


class Body(serializers.Serializer[Any]):
    """A request body; an unknown field is an error with "did you mean"."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = {str(name): [self._unknown(str(name))] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown, code="unknown-field")
        return super().to_internal_value(data)

    def _unknown(self, name: str) -> serializers.ErrorDetail:
        near = difflib.get_close_matches(name, list(self.fields), n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(self.fields)}"
        return serializers.ErrorDetail(f"there is no such field{hint}", code="unknown-field")


def checked(body: type[Body], request: Request) -> dict[str, Any]:
    """The values of the request's body; a ValidationError names every wrong field."""
    serializer = body(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
