"""Shares the processor's cores between texts, not within each multiplication.

NumPy's BLAS splits every multiplication over all cores and then waits for the slowest, thousands of times per
second. With anything else running it spends most of its time waiting: on two busy cores, measured, up to five
times as much processor time for the same rows. A batch of texts per core, each multiplied by one thread, does not.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

try:
    # Comes with failonce[semantic]. Without it the rows are the same and BLAS splits as it likes.
    from threadpoolctl import ThreadpoolController
except ImportError:
    ThreadpoolController = None

Item = TypeVar("Item")


class Cores:
    """Holds BLAS to one thread for as long as work is going on in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._keeper: _Keeper | None = None

    def each(self, work: Callable[[Item], None], items: Sequence[Item]) -> None:
        """Call `work` with every item, on as many cores as there are; an error in one call is raised."""
        with self._held() as cores:
            if cores == 1 or len(items) < 2:
                for item in items:
                    work(item)
                return
            with ThreadPoolExecutor(min(cores, len(items)), "failonce-semantic") as pool:
                for _ in pool.map(work, items):
                    pass

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The number of threads to work with while it is held."""
        if ThreadpoolController is None:
            yield 1
            return
        with self._lock:
            self._inside += 1
            if self._keeper is None:
                self._keeper = _Keeper()
        try:
            yield _cores()
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0 and self._keeper is not None:
                    self._keeper.release()
                    self._keeper = None


class _Keeper:
    """A thread that holds BLAS to one thread until it is released.

    threadpoolctl hears only the thread that came first, and ignores all others as long as that one lives. Of
    several threads at work, the last to leave is rarely the first that came, and could not give back the limit.
    """

    def __init__(self) -> None:
        self._held, self._released = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="failonce-semantic-keeper", daemon=True)
        self._thread.start()
        self._held.wait()

    def release(self) -> None:
        self._released.set()
        self._thread.join()

    def _keep(self) -> None:
        try:
            with _controller().limit(limits=1, user_api="blas"):
                self._held.set()
                self._released.wait()
        finally:
            # Should the limit fail, work goes on without it instead of waiting for ever.
            self._held.set()


# One for the process: BLAS has a single number of threads for everybody.
CORES = Cores()


@cache
def _controller() -> Any:
    # Looking through the loaded libraries takes milliseconds, so it is done once, when NumPy is certainly there.
    return ThreadpoolController()


def _cores() -> int:
    # Only Linux says which of the cores this process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
