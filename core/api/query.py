"""Reads typed values from the query string; what cannot be read is a 400 that names the parameter.

Before: a view. After: queries and actions get values of the right type.
"""

from rest_framework.request import Request

from core.lib.problems import Problem


def whole(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """An integer within bounds."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    try:
        value = int(text[:20])
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Problem(400, "query-invalid", f"?{name}= must be a whole number from {least} to {most}")
    return value


def flag(request: Request, name: str, *, default: bool = False) -> bool:
    """1 or true, 0 or false."""
    text = request.query_params.get(name, "").lower()
    if not text:
        return default
    if text in ("1", "true"):
        return True
    if text in ("0", "false"):
        return False
    raise Problem(400, "query-invalid", f"?{name}= must be 1 or 0")
