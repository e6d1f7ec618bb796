"""One topology that does all that Storm promises, for both runners: parts side by side, each with its own spout."""

from types import new_class
from typing import Any, Final

from streamparse import Grouping, Topology

from tests.local.components.bolts import (
    Batches,
    ContextRecorder,
    Echo,
    Later,
    Pairs,
    Picky,
    Recorder,
    Silent,
    Twice,
    Unanchored,
)
from tests.real.conformance.components import Directed, Numbers, OddAndEven, Stubborn

TIME_OUT: Final = 30
"""Seconds."""
NUMBERS: Final = [[n, n % 7] for n in range(60)]
KEYS: Final = [[n, key] for n in range(3) for key in (None, "a", 7, ["x", {"y": [1]}], {"k": [1, 2]}, 1.5, True)]


def _emitting(tuples: list[list[Any]]) -> dict[str, Any]:
    return {"test.tuples": tuples}


def _parts() -> dict[str, Any]:
    specs: dict[str, Any] = {}

    numbers = specs["groupings_numbers"] = Numbers.spec(config=_emitting(NUMBERS))
    specs["groupings_shuffle"] = Recorder.spec(inputs={numbers: Grouping.SHUFFLE}, par=3)
    specs["groupings_fields"] = Recorder.spec(inputs={numbers: Grouping.fields("key")}, par=3)
    specs["groupings_all"] = Recorder.spec(inputs={numbers: Grouping.ALL}, par=2)
    specs["groupings_global"] = Recorder.spec(inputs={numbers: Grouping.GLOBAL}, par=2)
    specs["groupings_local"] = Recorder.spec(inputs={numbers: Grouping.LOCAL_OR_SHUFFLE}, par=2)

    keys = specs["keys_numbers"] = Numbers.spec(config=_emitting(KEYS))
    specs["keys_record"] = Recorder.spec(inputs={keys: Grouping.fields("key")}, par=2)

    directed = specs["direct_numbers"] = Directed.spec(config=_emitting([[n, n % 2] for n in range(20)]))
    specs["direct_echo"] = Echo.spec(inputs=[directed], par=2)

    both = specs["streams_numbers"] = OddAndEven.spec(config=_emitting([[n] for n in range(20)]))
    specs["streams_odd"] = Recorder.spec(inputs=[both["odd"]])
    specs["streams_both"] = Recorder.spec(inputs=[both["odd"], both["even"]])

    source = specs["diamond_numbers"] = Numbers.spec(config=_emitting(NUMBERS))
    left = specs["diamond_left"] = Echo.spec(inputs=[source])
    right = specs["diamond_right"] = Twice.spec(inputs=[source])
    specs["diamond_last"] = Recorder.spec(inputs=[left, right], par=2)

    fails = specs["fails_numbers"] = Numbers.spec(config=_emitting([[n, 0] for n in range(1, 21)]))
    specs["fails_picky"] = Picky.spec(inputs=[fails])

    late = specs["timeout_numbers"] = Numbers.spec(config=_emitting([[1, 0], [0, 0], [2, 0]]))
    specs["timeout_silent"] = Silent.spec(inputs=[late])

    held = specs["batches_numbers"] = Numbers.spec(config=_emitting([[n, n % 3] for n in range(10)] + [[99, "bad"]]))
    batches = specs["batches_batch"] = Batches.spec(inputs=[held], config={"topology.tick.tuple.freq.secs": 1})
    specs["batches_last"] = ContextRecorder.spec(inputs=[batches], config={"topology.tick.tuple.freq.secs": 2})

    again = specs["replay_numbers"] = Stubborn.spec(config=_emitting([[2, 0], [3, 0]]))
    specs["replay_picky"] = Picky.spec(inputs=[again])

    threads = specs["threads_numbers"] = Numbers.spec(config=_emitting([[n, 0] for n in range(20)]))
    later = specs["threads_later"] = Later.spec(inputs=[threads])
    specs["threads_last"] = Recorder.spec(inputs=[later])

    two = specs["anchors_numbers"] = Numbers.spec(config=_emitting([[1, 0], [1, 0], [1, 0], [2, 0]]))
    pairs = specs["anchors_pairs"] = Pairs.spec(inputs=[two])
    specs["anchors_picky"] = Picky.spec(inputs=[pairs])

    cut = specs["cut_numbers"] = Numbers.spec(config=_emitting([[n, 0] for n in range(10)]))
    unanchored = specs["cut_unanchored"] = Unanchored.spec(inputs=[cut])
    specs["cut_silent"] = Silent.spec(inputs=[unanchored])
    return specs


Conformance: Any = new_class("Conformance", (Topology,), exec_body=lambda body: body.update(_parts()))
