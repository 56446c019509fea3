"""How lists and their items read on a page and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from luoshi.core.rhythm import FREQUENCIES, due_words, rhythm_words
from luoshi.domains.duties.audience import Audience
from luoshi.domains.duties.checking import PLAIN
from luoshi.domains.duties.queries import Holder, Kind, State
from luoshi.domains.duties.status import Standing
from luoshi.kernel.definitions.queries import definitions_of
from luoshi.web.filings.lights import look_of
from luoshi.web.packs.words import UNIT_NAMES, expression_words

KINDS = list(zip(Kind.values, Kind.labels, strict=True))
STATES = (("now", "生效中"), ("soon", "待生效"), ("draft", "起草中"), ("past", "已失效"))
TONES = {"now": "ok", "soon": "doing", "draft": "warn", "past": ""}


def state_of(duty_list: Any, today: date) -> str:
    """Return how a version stands on a day: now, soon, draft or past."""
    if duty_list.state == State.DRAFT:
        return "draft"
    if duty_list.effective_from is None:
        return "past"
    if duty_list.effective_to is not None and duty_list.effective_to <= today:
        return "past"
    return "soon" if duty_list.effective_from > today else "now"


def state_words(duty_list: Any, today: date) -> tuple[str, str]:
    """Return (tone, word) of a version."""
    state = state_of(duty_list, today)
    word = State(duty_list.state).label if state == "past" else dict(STATES)[state]
    return TONES[state], word


def holders_words(codes: Iterable[str]) -> str:
    """Return who answers for an item."""
    return "、".join(Holder(code).label for code in codes)


def audience_words(expression: str, audience: Audience) -> str:
    """Return the units of a list in words; empty for all units of the list."""
    if not expression:
        return ""
    words = audience.words(expression)
    titles = {node.code: node.title for node in audience.nodes}
    return expression_words(words, UNIT_NAMES, titles) if "unit." in words else words


def form_titles() -> dict[str, str]:
    """Return what forms in force are called. One query."""
    return {found.ref: found.title for found in definitions_of("form")}


def answer_words(item: Any, forms: dict[str, str]) -> str:
    """Return how an item is answered."""
    if item.form_ref:
        return f"填报《{forms.get(item.form_ref, item.form_ref)}》"
    return "由记录得出" if item.element else "提示"


def form_limits() -> dict[str, str]:
    """Return by when forms in force are due, in words. One query."""
    windows = {found.ref: found.body.get("window") for found in definitions_of("form")}
    return {ref: _limit(window["due"]) for ref, window in windows.items() if isinstance(window, dict)}


def _limit(due: str) -> str:
    """Return the due moment of a form's window in words.

    >>> _limit("end + 10 workday"), _limit("open + 30 day"), _limit("end")
    ('期末后10个工作日', '开放后30日', '期末当日')
    """
    opened = due.startswith("open")
    words = due_words("yearly", due.replace("open", "start", 1) if opened else due)
    return words.replace("期初", "开放") if opened else words


def limit_words(item: Any, limits: Mapping[str, str]) -> str:
    """Return frequency and limit of an item; a form brings its own limit."""
    if item.form_ref in limits:
        return f"{FREQUENCIES[item.frequency]}，{limits[item.form_ref]}"
    return rhythm_words(item.frequency, item.due)


@dataclass(frozen=True)
class Line:
    """One item of a unit as the page shows it; ``look``: (tone, word) of its light.

    ``faq``: how many answered questions there are about the form that answers it.
    """

    item: Any
    standing: Standing
    holders: str
    limit: str
    answer: str
    look: tuple[str, str] | None
    value: str
    faq: int


def line_of(
    item: Any,
    standing: Standing,
    forms: dict[str, str],
    limits: Mapping[str, str],
    faqs: Mapping[str, int],
) -> Line:
    """Return an item with everything that is shown of it."""
    look = look_of(standing.light) if standing.light is not None else None
    if look and standing.answer == "nil":
        look = (look[0], "零报告")
    value = standing.value
    if value and item.element == "QD91":
        value = f"{value}%"
    return Line(
        item,
        standing,
        holders_words(item.holders),
        limit_words(item, limits),
        answer_words(item, forms),
        look,
        value,
        faqs.get(item.form_ref, 0),
    )


def state_cell(line: Line) -> str:
    """Return how far an item is, as a spreadsheet has it."""
    if line.look:
        return line.look[1]
    if line.standing.how == "element":
        return "，".join(filter(None, (line.value, line.standing.words)))
    return "未开放" if line.standing.how == "form" else ""


def typed_of(item: Any, audience: Audience, forms: dict[str, str]) -> dict[str, str]:
    """Return an item as it is typed, for the page that edits it and the sheet that can be imported again."""
    return {
        "code": item.code,
        "aspect": item.aspect,
        "requirement": item.requirement,
        "holders": holders_words(item.holders),
        "frequency": FREQUENCIES[item.frequency],
        "due": due_words(item.frequency, item.due),
        "applies_to": audience.words(item.applies_to) if item.applies_to else "",
        "review_unit": item.review_unit.title if item.review_unit else "",
        "answer": forms.get(item.form_ref, item.form_ref) or item.element or PLAIN,
        "evidence_hint": item.evidence_hint,
        "legal_basis": item.legal_basis,
    }
