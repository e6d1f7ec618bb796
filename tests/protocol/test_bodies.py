"""The budget of bodies: what counts, who waits, and who does not."""

import asyncio
import copy
import pickle
import threading
from collections.abc import Coroutine
from typing import Any

from spindrift.protocol.bodies import FREE_SIZE, BodyBudget, Reception

LARGE = FREE_SIZE + 1


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 30))


async def turns() -> None:
    """Let everybody do what can be done."""
    for _ in range(5):
        await asyncio.sleep(0)


def grown(budget: BodyBudget, size: int) -> Reception:
    reception = budget.receive()
    reception.grow(size)
    return reception


def end(reception: Reception) -> None:
    with reception:
        pass


class TestABody:
    def test_counts_until_nobody_holds_it(self) -> None:
        budget = BodyBudget(1000)
        body = budget.hand_out(b"x" * 100)
        held = {"by": ("a queue", body)}
        del body
        assert budget.in_use == 100
        held.clear()
        assert budget.in_use == 0

    def test_counts_while_it_is_received(self) -> None:
        budget = BodyBudget(1000)
        with budget.receive() as reception:
            reception.grow(100)
            assert budget.in_use == 100
        assert budget.in_use == 0

    def test_is_like_any_other_and_its_copies_do_not_count(self) -> None:
        budget = BodyBudget(1000)
        body = budget.hand_out(b"content")
        assert body == b"content"
        assert type(pickle.loads(pickle.dumps(body))) is bytes
        assert type(copy.deepcopy({"body": body})["body"]) is bytes
        assert budget.in_use == 7

    def test_does_not_count_where_there_is_no_limit(self) -> None:
        assert type(BodyBudget(None).hand_out(b"content")) is bytes


class TestALargeBody:
    def test_waits_until_there_is_room(self) -> None:
        async def main() -> None:
            budget = BodyBudget(4 * LARGE)
            others = [grown(budget, LARGE), grown(budget, LARGE), grown(budget, 2 * LARGE)]
            alone, second = others[0], others[1]
            waiting = [asyncio.ensure_future(each.room()) for each in (alone, second)]
            await turns()
            assert [task.done() for task in waiting] == [True, False], "one at a time goes on"
            assert not alone.must_wait()
            assert second.must_wait()
            end(others[2])
            await turns()
            assert waiting[1].done()
            assert not second.must_wait()

        run(main())

    def test_takes_over_from_the_one_that_went_on_without_room(self) -> None:
        async def main() -> None:
            budget = BodyBudget(LARGE)
            first, second = grown(budget, LARGE), grown(budget, 2 * LARGE)
            waiting = [asyncio.ensure_future(each.room()) for each in (first, second)]
            await turns()
            end(first)
            await turns()
            assert waiting[1].done()
            assert not second.must_wait()

        run(main())

    def test_that_gives_up_leaves_its_place(self) -> None:
        async def main() -> None:
            budget = BodyBudget(LARGE)
            receptions = [grown(budget, LARGE) for _ in range(3)]
            waiting = [asyncio.ensure_future(each.room()) for each in receptions]
            await turns()
            waiting[1].cancel()
            end(receptions[0])
            await turns()
            assert waiting[2].done()

        run(main())

    def test_waits_while_others_hold_what_was_received_before(self) -> None:
        async def main() -> None:
            budget = BodyBudget(LARGE)
            held = [budget.hand_out(bytes(LARGE))]
            reception = grown(budget, LARGE)
            waiting = asyncio.ensure_future(reception.room())
            await turns()
            assert not waiting.done()
            threading.Thread(target=held.clear).start()
            await waiting

        run(main())

    def test_does_not_delay_a_small_one(self) -> None:
        async def main() -> None:
            budget = BodyBudget(LARGE)
            grown(budget, 10 * LARGE)
            small = grown(budget, FREE_SIZE - 1)
            assert not small.must_wait()

        run(main())


class TestWhoeverIsBehind:
    def test_is_told_when_there_is_room_again(self) -> None:
        async def main() -> None:
            room = asyncio.Event()
            budget = BodyBudget(1000, room.set)
            held = [budget.hand_out(bytes(400))]
            assert not budget.behind
            held.append(budget.hand_out(bytes(100)))
            assert budget.behind
            threading.Thread(target=held.clear).start()
            await room.wait()
            assert not budget.behind

        run(main())

    def test_does_not_wait_for_ever_for_those_who_keep_everything(self) -> None:
        async def main() -> None:
            room = asyncio.Event()
            budget = BodyBudget(1000, room.set, patience=0.01)
            kept = [budget.hand_out(bytes(1000))]
            assert budget.behind
            await room.wait()
            assert not budget.behind
            kept.clear()
            assert budget.in_use == 0

        run(main())
