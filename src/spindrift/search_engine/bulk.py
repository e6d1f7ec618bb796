"""Writes many documents with few requests; what the server cannot take now is offered again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spindrift.errors import SpindriftError
from spindrift.search_engine.client import SearchClient
from spindrift.search_engine.errors import BLOCKED, Refused
from spindrift.search_engine.index import Index, Json
from spindrift.sqlite.rows import as_json

_PARAMS: Final = {
    "filter_path": "errors,items.*.status,items.*.error",
    # An index that somebody deletes shall not come back by itself, without its mapping.
    "require_alias": "true",
}
_SERVER_ERRORS: Final = 5
"""How often an item, or a request, is offered again that makes the server fail (500)."""
_FAILURE: Final = 500
_TOO_LARGE: Final = 413


@dataclass(slots=True)
class Operation:
    """What to write: `document` under `id`; None deletes it."""

    index: Index
    id: str
    document: Json | None
    routing: str | None = None
    create: bool = False
    """Only where there is none: otherwise the outcome is a conflict."""
    version: tuple[int, int] | None = None
    """`_seq_no` and `_primary_term` that it must have by now: otherwise the outcome is a conflict."""

    def lines(self) -> bytes:
        """As the API has it."""
        action: Json = {"_index": self.index.written_as, "_id": self.id}
        if self.routing is not None:
            action["routing"] = self.routing
        if self.version is not None:
            action |= {"if_seq_no": self.version[0], "if_primary_term": self.version[1]}
        if self.document is None:
            return as_json({"delete": action}).encode() + b"\n"
        verb = "create" if self.create else "index"
        return f"{as_json({verb: action})}\n{as_json(self.document)}\n".encode()


class DocumentError(SpindriftError):
    """The server does not take this document; others it may."""


class Outcome(NamedTuple):
    """Of one operation."""

    conflict: bool = False
    error: DocumentError | None = None


DONE: Final = Outcome()


class Bulk:
    """Sends operations in requests of at most `size` operations and (but for a larger one) `most_bytes`.

    An operation that is refused with 429 or 5xx is sent again, after a pause; a request that is too large for the
    server (413), or goes on to make it fail (500), in ever smaller parts. Each id may occur once in a call: the
    order of operations on one document would be lost.
    """

    def __init__(self, client: SearchClient, *, size: int, most_bytes: int) -> None:
        self._client = client
        self._size = size
        self._most_bytes = most_bytes
        self._full: set[str] = set()
        """Those that take no more names of fields."""

    def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        """The outcomes, in the order of the operations.

        Raises StoreError when the server is away for too long, takes no writes at all (a full disk), or has
        lost an index.
        """
        outcomes: list[Outcome] = []
        try:
            for part, body in self._requests(operations):
                outcomes += self._send(part, body)
        finally:
            for index in {operation.index for operation in operations}:
                index.written()
        return outcomes

    def write_last(self, index: Index, documents: Sequence[tuple[str, Json]]) -> list[DocumentError | None]:
        """Write documents by id, of several with one id the last; what kept each from it. Raises as `write`."""
        last = dict(documents)
        outcomes = self.write([Operation(index, id_, document) for id_, document in last.items()])
        errors = {id_: outcome.error for id_, outcome in zip(last, outcomes, strict=True)}
        return [errors[id_] for id_, _ in documents]

    def _send(self, operations: Sequence[Operation], body: bytes, attempts: int = 0) -> list[Outcome]:
        outcomes = [DONE] * len(operations)
        open_ = list(range(len(operations)))
        waiting = self._client.waiting()
        while open_:
            found = self._attempt([operations[position] for position in open_], body, attempts)
            again: dict[int, Refused] = {}
            for position, outcome in zip(open_, found, strict=True):
                if isinstance(outcome, Refused):
                    again[position] = outcome
                else:
                    outcomes[position] = outcome
            open_ = list(again)
            attempts += 1
            if again:
                waiting.pause(again[open_[-1]])
                body = _lines(operations[position] for position in open_)
        return outcomes

    def _attempt(self, operations: Sequence[Operation], body: bytes, attempts: int) -> list[Outcome | Refused]:
        """Send them: outcomes, and of those that are to be sent again, why."""
        try:
            results = self._results(body, len(operations))
        except Refused as refused:
            if refused.status == _FAILURE and attempts < _SERVER_ERRORS:
                return [refused] * len(operations)
            if refused.status in (_FAILURE, _TOO_LARGE):
                return [*self._send_parts(operations, len(body), refused, attempts)]
            raise
        outcomes = [self._judged(*each, attempts) for each in zip(operations, results, strict=True)]
        for operation, outcome in zip(operations, outcomes, strict=True):
            index = operation.index
            if isinstance(outcome, Refused) and outcome.lacks_fields and index.name not in self._full:
                index.map_no_more_fields()
                self._full.add(index.name)
        return outcomes

    def _send_parts(self, operations: Sequence[Operation], size: int, refused: Refused, attempts: int) -> list[Outcome]:
        """Send in two parts what is too large for one request, or has one document that makes the server fail."""
        if len(operations) == 1:
            index = operations[0].index.name
            return [Outcome(error=DocumentError(f"a document of {size:,} bytes for {index}: {refused}"))]
        if refused.status == _TOO_LARGE:
            self._most_bytes = min(self._most_bytes, size // 2)
        middle = len(operations) // 2
        outcomes: list[Outcome] = []
        for part in (operations[:middle], operations[middle:]):
            outcomes += self._send(part, _lines(part), attempts)
        if refused.status == _FAILURE and all(outcome.error is not None for outcome in outcomes):
            raise refused  # it is not for the documents
        return outcomes

    def _results(self, body: bytes, expected: int) -> list[Json]:
        waiting = self._client.waiting()
        while True:
            answer = self._client.ask("POST", "/_bulk", body, **_PARAMS)
            results = _results(answer.body)
            if len(results) == expected:
                return results
            waiting.pause(self._client.not_understood("POST", "/_bulk", answer))

    def _judged(self, operation: Operation, result: Json, attempts: int) -> Outcome | Refused:
        status, error = result["status"], result.get("error")
        nothing_to_delete = status == 404 and error is None and operation.document is None
        if status < 400 or status == 409 or nothing_to_delete:
            return Outcome(conflict=status == 409)
        if status == 404:
            raise operation.index.missing()
        refused = self._refused(operation, status, error)
        if refused.kind == BLOCKED or status in (401, 403):
            raise refused
        more_fields = refused.lacks_fields and operation.index.name not in self._full
        if refused.passes or more_fields or (status >= 500 and attempts < _SERVER_ERRORS):
            return refused
        return Outcome(error=DocumentError(str(refused)))

    def _refused(self, operation: Operation, status: int, error: Any) -> Refused:
        return Refused(
            f"store {self._client.name}: a document could not be written to {operation.index.name}",
            status,
            {"error": error},
        )

    def _requests(self, operations: Sequence[Operation]) -> Iterator[tuple[list[Operation], bytes]]:
        part: list[Operation] = []
        body = bytearray()
        for operation in operations:
            lines = operation.lines()
            if part and (len(part) >= self._size or len(body) + len(lines) > self._most_bytes):
                yield part, bytes(body)
                part, body = [], bytearray()
            part.append(operation)
            body += lines
        if part:
            yield part, bytes(body)


def _results(body: Json) -> list[Json]:
    """What a bulk answer says of each item; nothing of another body."""
    try:
        results = [result for item in body["items"] for result in item.values()]
        return [{**result, "status": int(result["status"])} for result in results]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _lines(operations: Iterable[Operation]) -> bytes:
    return b"".join(operation.lines() for operation in operations)
