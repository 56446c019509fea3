"""From the stored ``calc`` of a criterion to the calculator it names.

A definition body keeps every number as text, because bodies are hashed; calculators take decimals. What is a
number and what is a word is known from the calculator's own parameter list, never guessed from the spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from luoshi.core.scoring import CALCULATORS, Calculator, calculator
from luoshi.core.scoring.base import ParamKind


def calculation(calc: Mapping[str, Mapping[str, object]]) -> Calculator:
    """Return the calculator of ``{name: params}`` as a definition body holds it.

    Raises: Invalid for parameters that the loader would have refused; KeyError for an unknown calculator.
    """
    ((name, params),) = calc.items()
    known = CALCULATORS[name].PARAMS
    return calculator(
        name, {key: _READERS[known[key].kind](value) if key in known else value for key, value in params.items()}
    )


def _number(value: object) -> object:
    return Decimal(value) if isinstance(value, str) else value


def _bands(value: object) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return [[_number(part) for part in band] for band in value]


def _weights(value: object) -> object:
    return {key: _number(part) for key, part in value.items()} if isinstance(value, Mapping) else value


def _as_is(value: object) -> object:
    return value


_READERS: Mapping[ParamKind, Callable[[object], object]] = {
    ParamKind.NUMBER: _number,
    ParamKind.BANDS: _bands,
    ParamKind.WEIGHTS: _weights,
    ParamKind.COUNT: _as_is,
    ParamKind.TEXT: _as_is,
    ParamKind.CHOICE: _as_is,
}
