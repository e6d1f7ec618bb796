"""Work in processes: results in the order of the inputs, few inputs at a time, and no input takes others with it."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Queue
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 8
"""Inputs a process that are read before the results of the first of them were taken."""
TIME_LIMIT = 120.0
"""Seconds that one input may take."""


class WorkError(Exception):
    """There is no result for an input: its process died or took too long, or the work raised."""


class Outcome(NamedTuple, Generic[T, R]):
    """An input with its result, or with what prevented it."""

    given: T
    result: R | None
    error: WorkError | None


class Workers(Generic[T, R]):
    """`jobs` processes that apply `work` (a function of a module) to inputs; both travel pickled.

    `prepare` names modules that are imported once for all processes.
    """

    def __init__(
        self, work: Callable[[T], R], jobs: int, *, prepare: Iterable[str] = (), time_limit: float = TIME_LIMIT
    ) -> None:
        self._work = work
        self._jobs = jobs
        self._time_limit = time_limit
        # forkserver: a process that replaces another is there at once, whatever threads run here.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(prepare))

    def outcomes(self, inputs: Iterable[T]) -> Generator[Outcome[T, R], None, None]:
        """The outcome of each input, in their order, each as soon as it and those before it are known.

        What `inputs` raises is raised here, after the outcomes of those before it.
        """
        tasks: Queue[tuple[T, Future[R]] | None] = Queue(self._jobs)
        ordered: Queue[tuple[T, Future[R]] | BaseException | None] = Queue(self._jobs * AHEAD)
        stopped = threading.Event()
        workers = [_Worker(self._context, self._work, self._time_limit) for _ in range(self._jobs)]
        threads = [threading.Thread(target=_serve, args=(worker, tasks, stopped), daemon=True) for worker in workers]
        # A thread of its own, as reading may block while results wait to be taken.
        threads.append(threading.Thread(target=_read, args=(inputs, tasks, ordered, self._jobs), daemon=True))
        for thread in threads:
            thread.start()
        try:
            while (entry := ordered.get()) is not None:
                if isinstance(entry, BaseException):
                    raise entry
                given, future = entry
                error = future.exception()
                if error is None:
                    yield Outcome(given, future.result(), None)
                elif isinstance(error, WorkError):
                    yield Outcome(given, None, error)
                else:
                    raise error
        finally:
            stopped.set()
            for worker in workers:
                worker.stop()


def _read(inputs: Iterable[T], tasks: "Queue[tuple[T, Future[R]] | None]", ordered: "Queue[object]", jobs: int) -> None:
    end: BaseException | None = None
    try:
        for given in inputs:
            task = (given, Future[R]())
            ordered.put(task)
            tasks.put(task)
    except BaseException as error:  # it belongs to who takes the outcomes
        end = error
    ordered.put(end)
    if end is not None:
        ordered.put(None)
    for _ in range(jobs):
        tasks.put(None)


def _serve(worker: "_Worker[T, R]", tasks: "Queue[tuple[T, Future[R]] | None]", stopped: threading.Event) -> None:
    while (task := tasks.get()) is not None and not stopped.is_set():
        given, future = task
        try:
            future.set_result(worker.ask(given))
        except BaseException as error:  # whoever waits for it is told
            future.set_exception(error)
    worker.stop()


class _Worker(Generic[T, R]):
    """One process at a time: replaced when it dies."""

    def __init__(
        self, context: multiprocessing.context.ForkServerContext, work: Callable[[T], R], time_limit: float
    ) -> None:
        self._context = context
        self._work = work
        self._time_limit = time_limit
        self._process: multiprocessing.context.ForkServerProcess | None = None
        self._connection: Connection | None = None
        self._ready = False
        self._lock = threading.Lock()
        self._stopped = False

    def ask(self, given: T) -> R:
        """The result for `given`. Raises WorkError where there is none."""
        connection = self._started()
        try:
            if not self._ready:  # what it takes to start is not the work's time
                connection.recv()
                self._ready = True
            connection.send(given)
            if not connection.poll(self._time_limit):
                self._end()
                raise WorkError(f"it took more than {self._time_limit:g} s and was stopped")
            result, error = connection.recv()
        except (EOFError, OSError):
            raise WorkError(self._cause_of_death()) from None
        if error is not None:
            raise WorkError(error)
        answer: R = result
        return answer

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._stopped = True
        self._end()

    def _started(self) -> Connection:
        with self._lock:
            if self._stopped:
                raise WorkError("the work was stopped")
            if self._connection is None:
                self._connection, theirs = self._context.Pipe()
                self._process = self._context.Process(target=_work_for, args=(theirs, self._work), daemon=True)
                self._process.start()
                self._ready = False
                theirs.close()
            return self._connection

    def _cause_of_death(self) -> str:
        process = self._process
        if process is not None:
            process.join(5)
        code = process.exitcode if process is not None else None
        self._end()
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            memory = "; has the machine run out of memory?" if -code == signal.SIGKILL else ""
            return f"the process that worked on it was killed by {name}{memory}"
        return f"the process that worked on it ended by itself (exit code {code})"

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if process is not None:
            process.kill()
            process.join()
        if connection is not None:
            connection.close()


def _work_for(connection: Connection, work: Callable[[T], R]) -> None:
    """The life of a process: it says that it is there; then inputs come, and results (or what went wrong) go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            given = connection.recv()
            answer: tuple[R | None, str | None]
            try:
                answer = (work(given), None)
            except Exception as error:  # the next input may do
                answer = (None, f"{type(error).__name__}: {error}")
            connection.send(answer)
