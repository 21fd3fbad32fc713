"""The base of every serializer that reads a body: what it does not know, it refuses by name.

Before: the parser. After: the view hands the checked values to its action.
"""

import difflib
from collections.abc import Mapping
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
            mistyped = {name: [self._mistyped(name)] for name in data if _is_mistyped(self.fields[name], data[name])}
            if mistyped:
                raise serializers.ValidationError(mistyped, code="type")
        return super().to_internal_value(data)

    def _unknown(self, name: str) -> serializers.ErrorDetail:
        near = difflib.get_close_matches(name, list(self.fields), n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(self.fields)}"
        return serializers.ErrorDetail(f"there is no such field{hint}", code="unknown-field")

    def _mistyped(self, name: str) -> serializers.ErrorDetail:
        kind = next(words for field, (_, words) in JSON_TYPES.items() if isinstance(self.fields[name], field))
        return serializers.ErrorDetail(f"this must be {kind}", code="type")


# The framework would read 7 as "7" and "yes" as true; whoever mixes them up has made a slip elsewhere, too.
JSON_TYPES: Mapping[type[Any], tuple[type, str]] = {
    serializers.CharField: (str, "a text, in quotes"),
    serializers.ChoiceField: (str, "a text, in quotes"),
    serializers.BooleanField: (bool, "true or false"),
    serializers.IntegerField: (int, "a whole number, without quotes"),
    serializers.DictField: (dict, "an object whose values are texts, in quotes"),
}


def _is_mistyped(field: Any, value: Any) -> bool:
    """Whether the value is of another JSON type than the field's; null is the field's own to judge."""
    wanted = next((kind for one, (kind, _) in JSON_TYPES.items() if isinstance(field, one)), None)
    if wanted is None or value is None:
        return False
    if isinstance(field, serializers.DictField) and isinstance(value, dict):
        return any(_is_mistyped(field.child, one) for one in value.values())
    return not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool)


def checked(body: type[Body], request: Request) -> dict[str, Any]:
    """The values of the request's body; a ValidationError names every wrong field."""
    serializer = body(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
