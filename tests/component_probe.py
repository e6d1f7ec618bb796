"""Runs one spout or bolt without a topology, and writes down what it emits, acks and fails."""

import io
import logging
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pystorm.component import Tuple

_streams: dict[tuple[str, ...], Any] = {}


@dataclass
class Emitted:
    """One tuple that came out."""

    stream: str
    values: list[Any]
    anchors: list[Any]
    tup_id: str | None = None


@dataclass
class Probe:
    """A component, initialised, with its outgoing commands written down."""

    component: Any
    emitted: list[Emitted] = field(default_factory=list)
    acked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    metrics: list[tuple[str, Any]] = field(default_factory=list)

    def process(self, stream: str = "default", tup_id: str = "", **values: Any) -> Any:
        """Let a bolt process a tuple with these fields, as its run loop does."""
        fields = tuple(values)
        named = _streams.setdefault(fields, namedtuple("Values", fields))
        tup = Tuple(tup_id or str(values.get("url", "tuple")), "source", stream, 1, named(**values))
        self.component._current_tups = [tup]
        self.component.process(tup)
        if self.component.auto_ack:
            self.component.ack(tup)
        self.component._current_tups = []
        return tup

    def on(self, stream: str) -> list[list[Any]]:
        """The values emitted on a stream."""
        return [one.values for one in self.emitted if one.stream == stream]


def probe(
    cls: type[Any], conf: Mapping[str, Any], context: Mapping[str, Any] | None = None, **attributes: Any
) -> Probe:
    """An initialised component; `attributes` (a clock) are set on it before."""
    component = cls(input_stream=io.BytesIO(), output_stream=io.BytesIO(), rdb_signal=None)
    component.logger = logging.getLogger("probe")
    result = Probe(component)
    is_bolt = hasattr(component, "auto_ack")

    def emit(values: Sequence[Any], **options: Any) -> None:
        anchors = options.get("anchors")
        if anchors is None:
            anchors = list(component._current_tups) if is_bolt and component.auto_anchor else []
        result.emitted.append(Emitted(options.get("stream") or "default", list(values), anchors, options.get("tup_id")))

    component.emit = emit
    component.report_metric = lambda name, value: result.metrics.append((name, value))
    if is_bolt:
        component.ack = lambda tup: result.acked.append(tup.id)
        component.fail = lambda tup: result.failed.append(tup.id)
    for name, value in attributes.items():
        setattr(component, name, value)
    component.initialize(dict(conf), dict(context or {}))
    return result
