"""The usual case of emits and acks, as closures: what a tuple costs in process is decided here.

Objects are made without their Python constructors and everything that stays the same is bound once; with the plain
way of writing it the runner makes about half as many tuples a second. Whatever is not the usual case (a stream with
several consumers, anchors given, a direct task, another thread, values that do not fit) takes the plain way, `slow`.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import Any

from pystorm.component import Tuple

from spindrift.local.outbox import Outbox, OutStream
from spindrift.local.tracking import Root, Roots, SpoutMailbox, TupleId
from spindrift.local.wire import resolved

_new_tuple = tuple.__new__
_new = object.__new__

Emit = Callable[..., list[int] | None]
ProcessChunk = Callable[[Sequence[Any]], int]


BURST = 4096
"""Tuples that one call of `process` may emit before they are handed over, and queues that are full waited for."""


def plain_bolt(
    component: Any, out: Outbox, raised: Callable[[BaseException], None], hand_over: Callable[[], None]
) -> tuple[ProcessChunk, Emit]:
    """The loop of a plain bolt, and the `emit` that goes with it; both for the calling thread.

    The loop does what pystorm's `Bolt._run` does to each tuple of a chunk and returns how many it acked. A tuple that
    is acked with one child changes no count, which is why nothing is counted before the end of it.
    """
    slow = component.emit
    owner = get_ident()
    acked, anchored = out.acked, out.anchored
    now: TupleId | None = None
    roots: Roots = ()
    children = 0

    def process(chunk: Sequence[Any]) -> int:
        nonlocal now, roots, children
        acks = 0
        call = component.process
        for tup in chunk:
            now = tup[0]
            roots = now.roots  # type: ignore[assignment]
            component._current_tups = [tup]
            try:
                call(tup)
            except BaseException as error:
                now = None
                raised(error)
                anchored.extend(roots * children)
                children = 0
                continue
            if now.roots is not None and component.auto_ack:
                now.roots = None
                acks += 1
                if not children:
                    acked.extend(roots)
                else:
                    if children > 1:
                        anchored.extend(roots * (children - 1))
                    children = 0
            elif children:
                anchored.extend(roots * children)
                children = 0
        now = None
        component._current_tups = []
        return acks

    single: dict[str | None, OutStream] = {stream.name: stream for stream in out.streams.values() if stream.single}
    if "default" in single:
        single[None] = single["default"]
    name, task = out.component, out.task

    def emit(
        tup: Any, stream: str | None = None, anchors: Any = None, direct_task: Any = None, need_task_ids: bool = False
    ) -> list[int] | None:
        nonlocal children
        if (
            anchors is None
            and direct_task is None
            and not need_task_ids
            and (target := single.get(stream)) is not None
            and (tup.__class__ is list or tup.__class__ is tuple)
            and len(tup) == target.width
            and get_ident() == owner
            and now is not None
            and now.roots is not None
            and component.auto_anchor
        ):
            values = _new_tuple(target.type, tup)
            child = _new(TupleId)
            child.roots = roots
            place = target.pick(values) if (turn := target.turn) is None else next(turn)  # type: ignore[misc]
            place(_new_tuple(Tuple, (child, name, target.name, task, values)))
            target.emitted += 1
            children += 1
            if children == BURST:
                anchored.extend(roots * children)
                children = 0
                hand_over()
            return None
        return slow(tup, stream, anchors, direct_task, need_task_ids)  # type: ignore[no-any-return]

    return process, emit


def root_emit(slow: Emit, mailbox: SpoutMailbox, out: Outbox, tracking: bool) -> Emit:
    """The `emit` of a spout, for the calling thread."""
    default = out.default
    if default is None or not default.single:
        return slow
    owner = get_ident()
    kind, width, turn, pick = default.type, default.width, default.turn, default.pick
    name, stream_name, task = out.component, default.name, out.task
    pending = 1 if tracking else 0

    def emit(
        tup: Any, tup_id: Any = None, stream: str | None = None, direct_task: Any = None, need_task_ids: bool = False
    ) -> list[int] | None:
        if (
            stream is None
            and direct_task is None
            and not need_task_ids
            and (tup.__class__ is list or tup.__class__ is tuple)
            and len(tup) == width
            and get_ident() == owner
        ):
            if tup_id is None:
                root = _new(TupleId)
                root.roots = ()
            else:
                root = _new(Root)
                root.mailbox = mailbox
                root.message_id = tup_id
                root.pending = pending
                root.born = out.now
                # A reference to itself, until the tuple is acked or failed.
                root.roots = (root,) if pending else ()
                out.rooted.append(root)
            values = _new_tuple(kind, tup)
            place = pick(values) if turn is None else next(turn)  # type: ignore[misc]
            place(_new_tuple(Tuple, (root, name, stream_name, task, values)))
            default.emitted += 1
            return None
        return slow(tup, tup_id, stream, direct_task, need_task_ids)

    return emit


def relayed_bundle(out: Outbox, held: Mapping[str, Tuple]) -> Callable[[str | None, str, list[Any]], bool]:
    """Emits what a component process says in a bundle, for the thread that owns `out`; False: one by one, then.

    `held`: the tuples that the process has been sent, by the ids that it knows them by.
    """
    single: dict[str | None, OutStream] = {stream.name: stream for stream in out.streams.values() if stream.single}
    if "default" in single:
        single[None] = single["default"]
    name, task, anchored = out.component, out.task, out.anchored

    def emit(stream: str | None, anchor: str, tuples: list[Any]) -> bool:
        target = single.get(stream)
        source = held.get(anchor)
        if target is None or source is None or (roots := source.id.roots) is None:
            return False
        width = target.width
        for values in tuples:
            if len(values) != width:
                return False
        pick, turn, kind, stream_name = target.pick, target.turn, target.type, target.name
        given = source.values
        for values in tuples:
            packed = _new_tuple(kind, resolved(values, given))
            child = _new(TupleId)
            child.roots = roots
            place = pick(packed) if turn is None else next(turn)  # type: ignore[misc]
            place(_new_tuple(Tuple, (child, name, stream_name, task, packed)))
        target.emitted += len(tuples)
        anchored.extend(roots * len(tuples))
        return True

    return emit
