"""Documents within a page: what becomes of them."""

from collections.abc import Iterator

from spindrift import metadata_keys as keys
from spindrift.metadata import copy
from spindrift.parse.page import Page, Part
from spindrift.scheduling.lifecycle import AS_IS_DATE

PART_OF = "parse.partOf"
NEVER = "9999-01-01T00:00:00Z"


def parts_of(page: Page) -> Iterator[Part]:
    """The parts of a page as they are emitted: each URL once, the page's own left out, metadata complete.

    `parse.partOf` names the page. A part is not due by itself, unless its metadata say so by
    `status.store.as.is.with.nextfetchdate`. Of a page that must not be indexed, no part may be.
    """
    known = {page.url}
    for part in page.parts:
        if part.url in known:
            continue
        known.add(part.url)
        metadata = {PART_OF: [page.url], AS_IS_DATE: [NEVER], **copy(part.metadata)}
        if page.metadata.get(keys.NO_INDEX) == ["true"]:
            metadata[keys.NO_INDEX] = ["true"]
        yield Part(part.url, part.text, metadata, part.content)
