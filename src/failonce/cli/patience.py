"""Waiting for something no longer than agreed, whatever it waits for itself."""

import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """Return what the work returns, or raise what it raises; TimeoutError if that takes longer.

    A socket's time limit bounds each wait by itself: looking up a name has none, and an answer that
    drips a byte now and then never reaches it. So the work has a thread, which is left behind.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # whatever it is, it is raised again where somebody waits for it
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError
    return answers[0]
