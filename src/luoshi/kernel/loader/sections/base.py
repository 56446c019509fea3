"""The types every section is made of. A section refuses what it does not know and guesses nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

CODE = r"^[a-z][a-z0-9_]*$"


class Section(BaseModel):
    """One entry of a section: strict types, no unknown keys, never changed once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise PydanticCustomError("number", "应为数字")
    return Decimal(value)


Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Digits = Annotated[int, Field(ge=0, le=6)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=40)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Expression = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    Field(description="expression of the closed language (core.expr)"),
]
ColumnTitle = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
FilePath = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(/[a-z0-9_.-]+)*$", max_length=200)]
PeriodCode = Annotated[str, StringConstraints(min_length=4, max_length=20)]
Nothing = Literal["none"]
Better = Literal["up", "down", "none"]
