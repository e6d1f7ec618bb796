"""What a fetch leaves in the metadata of its URL."""

from spindrift import metadata_keys as names
from spindrift.fetching.item import FetchItem
from spindrift.metadata import Metadata
from spindrift.protocol.addresses import is_public_text
from spindrift.protocol.response import Response
from spindrift.urls.credentials import without_credentials

_LAST_TIME = frozenset(
    {
        names.ERROR_CAUSE,
        names.ERROR_SOURCE,
        names.ERROR_MESSAGE,
        names.FETCH_EXCEPTION,
        names.STATUS_CODE,
        names.BYTE_LENGTH,
        names.LOADING_TIME,
        names.TIME_IN_QUEUES,
        names.TRIMMED,
        names.TRIMMED_REASON,
        names.POSTPONED_UNTIL,
        names.REDIRECT_TO,
        names.FOUND_SITEMAP,
    }
)
_VALIDATORS = ("etag", "last-modified")


def without_last_fetch(metadata: Metadata) -> Metadata:
    """A copy without what an earlier fetch said about itself."""
    return {key: list(values) for key, values in metadata.items() if key not in _LAST_TIME}


def after_response(item: FetchItem, response: Response, prefix: str) -> Metadata:
    """The metadata of `item` after `response`: status code, sizes, times, and the headers under `prefix`.

    Headers of an earlier answer give way to the new ones, except after 304, which repeats only some. Validators (etag,
    last-modified) are those of the page that is kept: an error does not replace them, and a page that did not arrive
    whole leaves none, so that it is asked for again in full. Passwords in a Location are left out. The permission to
    lead to private addresses ends with a public address that answered.
    """
    metadata = without_last_fetch(item.metadata)
    code = response.status_code
    validators = {
        prefix + name: metadata[prefix + name] for name in _VALIDATORS if prefix + name in metadata and code >= 400
    }
    if code != 304 and prefix:
        metadata = {key: values for key, values in metadata.items() if not key.startswith(prefix)}
    for name, values in response.headers.items():
        metadata[prefix + name] = values
    if "location" in response.headers:
        metadata[prefix + "location"] = [without_credentials(url) for url in response.headers["location"]]
    for name, values in response.verbatim.items():
        metadata[prefix + name] = values
    if code >= 400 or response.trimmed in ("time", "disconnect"):
        for name in _VALIDATORS:
            metadata.pop(prefix + name, None)
        metadata.update(validators)
    metadata |= response.metadata
    metadata[names.STATUS_CODE] = [str(code)]
    metadata[names.BYTE_LENGTH] = [str(len(response.content))]
    metadata[names.LOADING_TIME] = [str(round(item.loading_seconds * 1000))]
    metadata[names.TIME_IN_QUEUES] = [str(round(item.queued_seconds * 1000))]
    if item.found_sitemap:
        metadata[names.FOUND_SITEMAP] = ["true"]
    if response.trimmed:
        metadata[names.TRIMMED] = ["true"]
        metadata[names.TRIMMED_REASON] = [response.trimmed]
    public = response.is_public
    if public or (public is None and response.address and is_public_text(response.address)):
        metadata.pop(names.PRIVATE_ALLOWED, None)
    return metadata
