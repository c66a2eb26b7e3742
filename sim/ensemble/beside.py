"""A search of which every step waits for the last, and other work for workers it leaves idle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.ensemble.executors import Executor, ExecutorError, Lost, Report

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False)
class _Call:
    function: Callable[..., Any]
    item: Any
    found: Any = None
    done: bool = False


class Beside(Executor):
    """An executor that does what it is asked at once, and what is for later when it has room.

    Where fewer items are asked for than there are workers, the others begin with what is for later
    and go on with it while more is asked for. No result depends on it.

    Parameters
    ----------
    executor : Executor
        Where all of it is run; with one worker one after the other.

    Attributes
    ----------
    workers : int
        Those that are not busy with something for later.
    """

    def __init__(self, executor: Executor) -> None:
        self.executor, self.workers, self.aside = executor, executor.workers, executor.aside
        self._now: deque[_Call] = deque()
        self._later: deque[_Call] = deque()
        self._begun: list[_Call] = []
        self._stream: Iterator[tuple[_Call, Any]] = iter(())

    def run(
        self, function: Callable[..., Result], items: Iterable[Item], report: Report
    ) -> Iterator[tuple[Item, Result | Lost]]:
        calls = [_Call(function, item) for item in items]
        self._now.extendleft(reversed(calls))
        if calls:
            self._begin(self.executor.workers - len(calls) - len(self._begun))
        for call in calls:
            yield call.item, self._result(call)

    def later(
        self, function: Callable[..., Result], items: Iterable[Item]
    ) -> Callable[[], list[Result]]:
        """Something for workers that are idle; what is returned waits for its results.

        It raises an ExecutorError if a worker was lost.
        """
        calls = [_Call(function, item) for item in items]
        self._later.extend(calls)

        def results() -> list[Result]:
            self._begin(len(self._later))
            found = [self._result(call) for call in calls]
            for one in found:
                if isinstance(one, Lost):
                    raise ExecutorError(f"A worker was lost: {one.reason}")
            return found

        return results

    def _begin(self, many: int) -> None:
        """The first of what is for later is done as soon as nothing else is waiting."""
        for _ in range(min(many, len(self._later))):
            self._begun.append(self._later.popleft())
            self._now.append(self._begun[-1])
        self._count()

    def _count(self) -> None:
        self.workers = max(self.executor.workers - len(self._begun), 1)

    def _result(self, call: _Call) -> Any:
        while not call.done:
            ended = next(self._stream, None)
            if ended is None:  # all is done that had been asked for by then
                self._stream = self.executor.run(_do, _Waiting(self._now), lambda done: None)
                continue
            one, found = ended
            one.found, one.done = found, True
            if one in self._begun:
                self._begun.remove(one)
                self._count()
        return call.found

    def __exit__(self, *_: object) -> None:
        """Workers that are busy with something that nobody waits for any more are ended."""
        if close := getattr(self._stream, "close", None):
            close()


class _Waiting(Iterator[_Call]):
    """What is in a queue whenever somebody looks: it goes on after it was empty."""

    def __init__(self, queue: deque[_Call]) -> None:
        self.queue = queue

    def __next__(self) -> _Call:
        if not self.queue:
            raise StopIteration
        return self.queue.popleft()


def _do(call: _Call, report: Any = None) -> Any:
    return call.function(call.item)
