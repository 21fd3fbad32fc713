"""Cursor pages of the lists: `{"next": url|null, "previous": url|null, "results": [...]}`, newest first by default.

A cursor stays right while rows come and go, which page numbers do not.
"""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination

CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="from `next` or `previous` of another page")
LIMIT = OpenApiParameter("limit", OpenApiTypes.INT, description="rows of a page, at most 1,000; default 100")


class Cursor(CursorPagination):
    """`?limit=` up to 1,000; each view names its own `ordering`, which must be unique and never null."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = 1000
    cursor_query_param = "cursor"
    ordering: str | tuple[str, ...] = "-id"


class ByName(Cursor):
    """By unique name."""

    ordering = "name"


class NewestFirst(Cursor):
    """By the time of creation."""

    ordering = ("-created_at", "-id")
