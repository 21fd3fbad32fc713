"""Cursor pages of the lists: `{"next": url|null, "previous": url|null, "results": [...]}`, newest first by default.

A cursor stays right while rows come and go, which page numbers do not.
"""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """`?limit=` up to 1,000; each view names its own `ordering`, which must be unique and never null."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = 1000
    cursor_query_param = "cursor"
    ordering = "-id"
