"""Storing and reading figures."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from luoshi.core.canonical import decimal_text
from luoshi.core.periods import Period
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.indicators.engine import FigureResult
from luoshi.kernel.indicators.grain import owner_of
from luoshi.kernel.indicators.grains import END, OF_ITEMS, Grain, grain_of
from luoshi.kernel.indicators.measure import How, Measure, measure_of
from luoshi.kernel.indicators.models import Figure
from luoshi.kernel.indicators.words import Titles, filing_titles, in_words, item_titles
from luoshi.kernel.items.types import type_of
from luoshi.kernel.ledger.rows import Root

EMPTYBETTER_WORDS = {"up": "越高越好", "down": "越低越好", "none": "不评高低"}

EMPTY_WORDS = {"as_no": "空缺按 0（否）计入", "skip": "空缺的行不计入", "refuse": "有空缺则不予计算"}
BETTER_WORDS = {"up": "越高越好", "down": "越低越好", "none": "不评高低"}


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """An indicator in words: its definition, what it counts (``owner``: a form or item type) and how."""

    definition: Def
    measure: Measure
    grain: Grain
    owner: str
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
    measure = measure_of(found.body)
    grain = grain_of(found.body["grain"])
    kind, key = owner_of(found.body)
    owner_ref = f"{found.pack}.{key}"
    if kind == "form":
        form = form_def(owner_ref, found.pack_version)
        owner, titles = form.title, filing_titles(form.fields)
        lines = [("统计范围", f"表单“{form.title}”在期间内的现行填报")]
    else:
        of = type_of(definition("item", owner_ref, found.pack_version))
        owner, titles = of.title, item_titles(of, grain)
        scope = f"事项“{of.title}”" + (f"的每次{grain.title}" if grain.word in OF_ITEMS else "")
        if found.body.get("clock"):
            scope = f"事项“{of.title}”每次的“{of.clocks[found.body['clock']].title}”"
        lines = [("统计范围", scope), ("期间", _axis(found.body["time"], titles))]
    if measure.where is not None:
        lines.append(("条件", in_words(measure.where, titles)))
    lines += _ways(measure, titles, grain)
    if measure.valued:
        lines.append(("空缺", EMPTY_WORDS[measure.empty]))
    printed = f"保留 {measure.digits} 位小数，四舍五入" + (f"，单位{measure.unit}" if measure.unit else "")
    lines.append(("印出", printed))
    if found.body.get("better") in BETTER_WORDS:
        lines.append(("评价方向", BETTER_WORDS[found.body["better"]]))
    return IndicatorCard(found, measure, grain, owner, tuple(lines))


def _axis(time: str, titles: Titles) -> str:
    if time == END:
        return "期间末日的情况；期间未结束的，为取数时的情况"
    return f"{titles.names.get(time, time)}在期间内的"


def _ways(measure: Measure, titles: Titles, grain: Grain) -> list[tuple[str, str]]:
    num, den = (in_words(expr, titles, grain.counted) for expr in (measure.num, measure.den))
    match measure.how:
        case How.COUNT:
            return [("计数", f"符合条件的{grain.counted}")]
        case How.SUM:
            return [("合计", num)]
        case How.MEAN:
            return [("平均", num), ("分母", f"计入的{grain.counted}")]
        case How.MEDIAN:
            return [("中位数", f"{num}；偶数个时取中间两个的平均")]
        case How.RATIO:
            return [("分子", num), ("分母", den)]
