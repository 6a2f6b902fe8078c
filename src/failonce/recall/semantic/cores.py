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
    """Holds BLAS to one thread while work is going on, whichever thread began or ended last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._hold: Any = None

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
            if self._inside == 1:
                self._hold = _controller().limit(limits=1, user_api="blas")
        try:
            yield _cores()
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._hold.restore_original_limits()


# One for the process: BLAS has a single number of threads for everybody.
CORES = Cores()


@cache
def _controller() -> Any:
    # Looking through the loaded libraries takes milliseconds, so it is done once, when NumPy is certainly there.
    return ThreadpoolController()


def _cores() -> int:
    # Only Linux says which of the cores this process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
