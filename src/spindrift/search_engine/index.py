"""One index: documents by id, searches, and when what was written can be searched."""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spindrift.errors import StoreError
from spindrift.search_engine.client import SearchClient
from spindrift.search_engine.errors import Refused

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Index:
    """An index of a store. Thread-safe.

    The engines search what was written some time ago (`refresh_interval`); what is asked for by id is always current.
    What this process wrote is searched, too: `search` refreshes the index when there was a write since.
    """

    def __init__(self, client: SearchClient, name: str) -> None:
        self.client = client
        self.name = name
        self.written_as = f"{name}-write"
        """Its alias, by which alone it is written: that goes with the index, and then nothing makes another one."""
        self._written = False

    def create(self, definition: Path, *, shards: int, replicas: int, meta: Json | None = None) -> None:
        """Create it, and the alias to write by, unless they are there; by the JSON file `definition`."""
        if self.exists():
            self._ensure_alias()
            return
        body: Json = json.loads(definition.read_text()) | {"aliases": {self.written_as: {}}}
        settings = body.setdefault("settings", {}).setdefault("index", {})
        settings |= {"number_of_shards": shards, "number_of_replicas": replicas}
        if meta:
            body.setdefault("mappings", {})["_meta"] = meta
        try:
            self.client.ask("PUT", f"/{self.name}", body)
        except Refused as error:
            if error.kind != "resource_already_exists_exception":  # another process was quicker
                raise

    def _ensure_alias(self) -> None:
        if self.client.ask("HEAD", f"/{self.name}/_alias/{self.written_as}").status != 200:
            self._found(self.client.ask("PUT", f"/{self.name}/_alias/{self.written_as}"))

    def map_no_more_fields(self) -> None:
        """From now on store fields that are not in the mapping without indexing them: it is full."""
        self._found(self.client.ask("PUT", f"/{self.name}/_mapping", {"dynamic": False}))
        log.warning(
            "store %s: %s has as many fields as it may have (index.mapping.total_fields.limit); metadata of new names "
            "is kept, but cannot be searched there",
            self.client.name,
            self.name,
        )

    def exists(self) -> bool:
        """Whether it is there."""
        return self.client.ask("HEAD", f"/{self.name}").status == 200

    def meta(self) -> Json:
        """What `create` was given."""
        mappings = self._found(self.client.ask("GET", f"/{self.name}/_mapping"))
        meta: Json = next(iter(mappings.values()))["mappings"].get("_meta", {})
        return meta

    def shards(self) -> int:
        """How many it has."""
        settings = self._found(self.client.ask("GET", f"/{self.name}/_settings"))
        return int(next(iter(settings.values()))["settings"]["index"]["number_of_shards"])

    def writes(self) -> int:
        """A number that changes when anything is written, by whomever."""
        found = self._found(self.client.ask("GET", f"/{self.name}/_stats/indexing", filter_path="_all.primaries"))
        return int(found["_all"]["primaries"]["indexing"]["index_total"])

    def written(self) -> None:
        """Something was written that is to be found."""
        self._written = True

    def refresh(self) -> None:
        """Have everything found that was written until now, by whomever."""
        self._written = False
        self._found(self.client.ask("POST", f"/{self.name}/_refresh"))

    def refresh_written(self) -> None:
        """Have found what this process wrote."""
        if self._written:
            self.refresh()

    def search(self, body: Json, **params: str) -> Json:
        """The answer to a search."""
        self.refresh_written()
        found: Json = self._found(self.client.ask("POST", f"/{self.name}/_search", body, **params))
        failed = found.get("_shards", {}).get("failed", 0)
        if failed:
            raise StoreError(f"store {self.client.name}: {failed} shards of {self.name} could not be searched")
        return found

    def count(self) -> int:
        """Documents in it."""
        return int(self.search({"size": 0, "track_total_hits": True})["hits"]["total"]["value"])

    def pages(self, body: Json, size: int) -> Iterator[list[Json]]:
        """All hits of a search, whose `sort` must tell them apart, some at a time."""
        after: list[Any] | None = None
        while True:
            page = self.search(body | {"size": size} | ({"search_after": after} if after else {}))["hits"]["hits"]
            if page:
                yield page
            if len(page) < size:
                return
            after = page[-1]["sort"]

    def get(self, wanted: Sequence[tuple[str, str | None]], source: Sequence[str] | bool = True) -> list[Json]:
        """Those of the documents that are there, by id and routing, as they are now; and what to write them with:
        `_seq_no`, `_primary_term`.
        """
        if not wanted:
            return []
        docs = [
            {"_id": id_, "_source": source} | ({"routing": routing} if routing is not None else {})
            for id_, routing in wanted
        ]
        found = self._found(self.client.ask("POST", f"/{self.name}/_mget", {"docs": docs}))["docs"]
        if failed := next((each["error"] for each in found if "error" in each), None):
            raise StoreError(f"store {self.client.name}: {self.name} could not be read: {failed.get('reason')}")
        return [each for each in found if each.get("found")]

    def _found(self, answer: Any) -> Any:
        if answer.status == 404:
            raise StoreError(
                f"store {self.client.name}: there is no index {self.name}; crawl into it first, or check the address"
            )
        return answer.body

    def missing(self) -> StoreError:
        """What to raise when it cannot be written, as it is not there."""
        return StoreError(
            f"store {self.client.name}: there is no index {self.name} any more, or it lacks its alias "
            f"{self.written_as}: somebody deleted or restored it; start the crawl again, which makes what is missing"
        )
