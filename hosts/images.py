"""Which images an engine has, by each of their names: placement prefers hosts that have one, or must keep to them.

Before: the agent lists them. After: the filter and the score on images.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from core.lib.lease import Hold
from hosts.engine.types import ImageFacts

REF_CHARACTERS = 400


def note_images(host_id: int, images: Iterable[ImageFacts], *, hold: Hold) -> None:
    """Make the rows of this host equal to the list; unchanged rows are not written."""
    refs = {
        ref: image.id
        for image in images
        for ref in (*image.tags, *image.digests, image.id)
        if len(ref) <= REF_CHARACTERS
    }
    with transaction.atomic(), connection.cursor() as cursor:
        hold.fence()
        cursor.execute(
            "DELETE FROM hosts_hostimage WHERE host_id = %s AND (ref, image_id::text) NOT IN"
            " (SELECT * FROM unnest(%s::text[], %s::text[]))",
            [host_id, list(refs), list(refs.values())],
        )
        cursor.execute(
            "INSERT INTO hosts_hostimage (host_id, ref, image_id)"
            " SELECT %s, * FROM unnest(%s::text[], %s::text[]) ON CONFLICT (host_id, ref) DO NOTHING",
            [host_id, list(refs), list(refs.values())],
        )
