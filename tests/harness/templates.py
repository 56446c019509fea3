"""An undefined template variable fails the test instead of printing nothing.

``{{ a }}``, ``{{ a.b }}``, ``{% for x in a %}``, ``{% include ... with x=a %}`` and a filter of a missing
value all fail. Only the condition of ``{% if %}`` may ask for something that is not there.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import pytest
from django.template.base import Variable, VariableDoesNotExist
from django.template.defaulttags import TemplateLiteral

_asking = ContextVar("asking", default=False)


class UndefinedVariable(AssertionError):
    """A template named a variable that its context does not hold."""


def install(patch: pytest.MonkeyPatch) -> None:
    resolve, evaluate = Variable.resolve, TemplateLiteral.eval

    def strict_resolve(self: Variable, context: Any) -> Any:
        try:
            return resolve(self, context)
        except VariableDoesNotExist as error:
            if _asking.get():
                raise
            raise UndefinedVariable(f"template variable {{{{ {self.var} }}}} is not defined") from error

    def asking_eval(self: TemplateLiteral, context: Any) -> Any:
        token = _asking.set(True)
        try:
            return evaluate(self, context)
        finally:
            _asking.reset(token)

    patch.setattr(Variable, "resolve", strict_resolve)
    patch.setattr(TemplateLiteral, "eval", asking_eval)
