"""Cursor pages of the lists: `{"next": url|null, "previous": url|null, "results": [...]}`, newest first by default.

A cursor stays right while rows come and go, which page numbers do not.
"""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from core.api.query import whole

CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="from `next` or `previous` of another page")
MOST = 1000
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST},
    description="rows of a page, at most 1,000; default 100",
)


class Cursor(CursorPagination):
    """`?limit=` up to 1,000; each view names its own `ordering`, which must be unique and never null."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = MOST
    cursor_query_param = "cursor"
    ordering: str | tuple[str, ...] = "-id"

    def get_page_size(self, request: Request) -> int:
        """As asked for; Problem 400 beyond the bounds, where the framework would answer another size."""
        return whole(request, "limit", default=self.page_size, least=1, most=MOST)


class ByName(Cursor):
    """By unique name."""

    ordering = "name"


class NewestFirst(Cursor):
    """By the time of creation."""

    ordering = ("-created_at", "-id")
