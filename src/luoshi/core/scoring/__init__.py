"""Scoring: how one criterion turns inputs into points, and how points are put together.

Calculators are data of a pack: ``calculator(name, params)`` checks the parameters and returns a frozen
object whose ``score(inputs)`` gives unrounded points and the Chinese sentences that explain every one of
them. ``combine`` adds criteria up under one stated policy for missing values.
"""

from __future__ import annotations

from luoshi.core.scoring.base import Calculator, Inputs, Param, ParamKind, Points
from luoshi.core.scoring.calculators import CALCULATORS, calculator
from luoshi.core.scoring.grades import Grade, Graded, graded
from luoshi.core.scoring.totals import Line, Missing, Total, combine

__all__ = [
    "CALCULATORS",
    "Calculator",
    "Grade",
    "Graded",
    "Inputs",
    "Line",
    "Missing",
    "Param",
    "ParamKind",
    "Points",
    "Total",
    "calculator",
    "combine",
    "graded",
]
