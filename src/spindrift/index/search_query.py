"""Queries of people, as those of Elasticsearch and OpenSearch."""

from typing import Any, Final

from spindrift.index.query import Phrase, Query
from spindrift.urls.hosts import host_and_port

_TITLE: Final = "search.title"
_TEXT: Final = "search.text"
"""The title, too."""
_TITLE_WEIGHT: Final = 4.0
_MOST_ENDINGS: Final = 1024
"""Words that the last of a phrase of several may be the beginning of."""

Json = dict[str, Any]


def search_query(query: Query, host: str | None, status: int | None, since: float | None, until: float | None) -> Json:
    """What has to be found, the filters, and what must not be there."""
    return {
        "bool": {
            "must": [_one_of([_phrase(phrase) for phrase in choice]) for choice in query.choices],
            "must_not": [_phrase(phrase) for phrase in query.refused],
            "filter": _filters(host, status, since, until),
        }
    }


def _filters(host: str | None, status: int | None, since: float | None, until: float | None) -> list[Json]:
    filters: list[Json] = []
    if host is not None:
        name, port = host_and_port(host)
        filters.append({"term": {"search.host": f"{name}:{port}" if port else name}})
    if status is not None:
        filters.append({"term": {"statusCode": status}})
    bounds = {"gte": since, "lt": until}
    times = {bound: round(time * 1000) for bound, time in bounds.items() if time is not None}
    if times:
        filters.append({"range": {"fetched": {**times, "format": "epoch_millis"}}})
    return filters


def _phrase(phrase: Phrase) -> Json:
    """What occurs in the title counts there and in the text: of two pages, that is the better one, however rare the
    word is in titles.
    """
    if not phrase.words:
        return {"match_none": {}}
    return {"bool": {"must": [_in_field(phrase, _TEXT, 1.0)], "should": [_in_field(phrase, _TITLE, _TITLE_WEIGHT)]}}


def _in_field(phrase: Phrase, field: str, boost: float) -> Json:
    text = " ".join(phrase.words)
    if not phrase.begins:
        return {"match_phrase": {field: {"query": text, "boost": boost}}}
    if len(phrase.words) == 1:
        return {"prefix": {field: {"value": text, "boost": boost}}}
    return {"match_phrase_prefix": {field: {"query": text, "boost": boost, "max_expansions": _MOST_ENDINGS}}}


def _one_of(queries: list[Json]) -> Json:
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}
