"""The id of the request that is being answered, for events and logs; empty outside of one."""

from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id, or an empty text in a daemon."""
    return _request_id.get()


def set_request_id(request_id: str) -> None:
    """Called once per request by the middleware."""
    _request_id.set(request_id)
