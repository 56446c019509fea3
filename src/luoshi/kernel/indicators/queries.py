"""Storing and reading figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from luoshi.core.canonical import decimal_text
from luoshi.core.expr import Expr
from luoshi.core.periods import Period
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.filings.forms import Form, form_def
from luoshi.kernel.indicators.engine import FigureResult
from luoshi.kernel.indicators.measure import Measure, measure_of
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.ledger.rows import Root

EMPTY_WORDS = {"as_no": "空缺按 0（否）计入", "skip": "空缺的行不计入", "refuse": "有空缺则不予计算"}
_WORDS = {
    "*": "×", "/": "÷", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "and": "且", "or": "或", "not": "非",
    "in": "属于", "if": "若", "else": "否则",
}  # fmt: skip
_QUOTED = re.compile(r"""('[^']*'|"[^"]*")""")
_SIGNS = re.compile(r"[A-Za-z_][\w.]*|[*/]|[=!<>]=")
BETTER_WORDS = {"up": "越高越好", "down": "越低越好", "none": "不评高低"}


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """An indicator in words: its definition, the form it counts and how its parts are called."""

    definition: Def
    measure: Measure
    form: Form
    lines: tuple[tuple[str, str], ...]


def figure_row(result: FigureResult, *, owner: Root, key: str) -> Figure:
    """Return an unsaved row that keeps ``result`` for a saved round or report issue."""
    return Figure(
        owner_type=owner.ledger_type,
        owner_id=owner.pk,
        key=key,
        indicator_ref=result.ref,
        unit_id=result.unit_id,
        period_code=result.period.code,
        num=decimal_text(result.num),
        den=None if result.den is None else decimal_text(result.den),
        value=None if result.value is None else decimal_text(result.value),
        text=result.text,
        base=result.base,
        fingerprint=result.fingerprint,
        formula_hash=result.formula_hash,
        pack_version=result.pack_version,
        position=result.position,
    )


def figures_of(owner: Root) -> QuerySet[Figure]:
    """Return the figures of a round or report issue, by key and unit."""
    found = Figure.objects.filter(owner_type=owner.ledger_type, owner_id=owner.pk)
    return found.select_related("unit").order_by("key", "unit__sort", "unit__code")


def figures_kept(indicator_ref: str, period: Period, unit_id: int | None) -> list[tuple[str, int]]:
    """Return the (type, id) of the rounds and report issues that keep a figure; None: over all units."""
    found = Figure.objects.filter(indicator_ref=indicator_ref, period_code=period.code)
    found = found.filter(unit__isnull=True) if unit_id is None else found.filter(unit_id=unit_id)
    return list(found.order_by("owner_type", "owner_id").values_list("owner_type", "owner_id").distinct())


def indicator_card(ref: str, version: int | None = None) -> IndicatorCard:
    """Return an indicator in words. Raises: NotFound."""
    found = definition("indicator", ref, version)
    form = form_def(f"{found.pack}.{found.body['form']}", found.pack_version)
    measure = measure_of(found.body)
    titles = {field.key: field.title for field in form.fields}
    lines = [("统计范围", f"表单“{form.title}”在期间内的现行填报")]
    if measure.where is not None:
        lines.append(("条件", in_words(measure.where, titles)))
    lines += _ways(found.body, measure, titles)
    if measure.valued:
        lines.append(("空缺", EMPTY_WORDS[measure.empty]))
    lines.append(
        (
            "印出",
            f"保留 {measure.digits} 位小数，四舍五入" + (f"，单位{measure.unit}" if measure.unit else ""),
        )
    )
    if found.body.get("better") in BETTER_WORDS:
        lines.append(("评价方向", BETTER_WORDS[found.body["better"]]))
    return IndicatorCard(found, measure, form, tuple(lines))


def _ways(body: dict[str, Any], measure: Measure, titles: dict[str, str]) -> list[tuple[str, str]]:
    if body.get("count") is not None:
        return [("计数", "符合条件的填报份数")]
    if body.get("sum") is not None:
        return [("合计", in_words(measure.num, titles))]
    if body.get("mean") is not None:
        return [("平均", in_words(measure.num, titles)), ("分母", "计入的填报份数")]
    return [("分子", in_words(measure.num, titles)), ("分母", in_words(measure.den, titles))]


def in_words(expr: Expr | None, titles: dict[str, str]) -> str:
    """Return an expression with titles in place of field keys; None stands for counting every row.

    >>> from luoshi.core.expr import parse
    >>> in_words(parse("a * b / 100 if kind != 'a and b' else 0"), {"a": "件数", "b": "比率"})
    "件数 × 比率 ÷ 100 若 kind ≠ 'a and b' 否则 0"
    """
    if expr is None:
        return "填报份数"
    return "".join(
        part if part[:1] in ("'", '"') else _SIGNS.sub(lambda found: _word(found[0], titles), part)
        for part in _QUOTED.split(expr.text)
    )


def _word(sign: str, titles: dict[str, str]) -> str:
    return _WORDS.get(sign) or titles.get(sign, sign)
