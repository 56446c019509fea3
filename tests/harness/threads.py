"""Many threads at the same moment, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of ``works`` at the same moment; an answer is what one returned or the error it raised."""
    from django.db import connection

    answers: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def together(work: Callable[[int], Any], count: int) -> list[Any]:
    """Run ``work`` with the numbers below ``count`` at once; an answer is its result or its error's name."""
    answers = at_once([partial(work, number) for number in range(count)])
    return [type(each).__name__ if isinstance(each, Exception) else each for each in answers]
