"""What is known before anything is typed: the value offered for a field, confirmed or changed by the filler.

An offer comes from the same period, from the last month of it where the field says ``from: last month``, or
from the period before where the field says ``keep: true``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from luoshi.core.beijing import LOCAL
from luoshi.core.errors import Incomplete
from luoshi.core.periods import Period, PeriodKind, parse_period
from luoshi.kernel.definitions.fields import Field, Unfit
from luoshi.kernel.definitions.queries import definitions_by_ids
from luoshi.kernel.elements.queries import Known, known_many
from luoshi.kernel.filings.entries import Typed, Values, values_before_many
from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.models import Answer, Filing, How, Obligation

UNLIKE = "勾选了“无变化”，填的却与已有的 {now} 不同，请去掉勾选，或改回 {now}。"
CONFIRM = "请核对已有数据：无变化的勾选“无变化”，有变化的请改写。"
Source: TypeAlias = "tuple[str, int]"


@dataclass(frozen=True, slots=True)
class Offer:
    """A value known for a field, in canonical text. ``words``: where it comes from.

    ``target``: ledger type and id of the row it comes from. ``before``: it is the unit's own of the period
    before.
    """

    value: str
    words: str
    how: How
    target: Source | None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """How the value of a field came about that was known before: as ``known``, from ``words``."""

    key: str
    title: str
    how: How
    known: str
    words: str


@dataclass(frozen=True, slots=True)
class Noted:
    """How each value came about and what had been known, as a filing keeps them."""

    sources: dict[str, str]
    offered: dict[str, dict[str, object]]


Offers: TypeAlias = "Mapping[str, Offer]"
"""Field key → what is offered."""


def offers_of(form: Form, obligations: Sequence[Obligation]) -> dict[int, dict[str, Offer]]:
    """Return what is offered for each obligation that is not answered, by its id and the field key.

    All are of ``form``. The number of queries does not depend on the number of obligations, but for the
    registered sources.
    """
    waiting = [each for each in obligations if each.answer == Answer.NONE]
    found: dict[int, dict[str, Offer]] = {each.pk: {} for each in waiting}
    if waiting and any(field.keep and field.single for field in form.fields):
        _offer_before(form, waiting, found)
    if waiting and any(field.element and field.single for field in form.fields):
        _offer_known(form, waiting, found)
    return found


def _offer_before(form: Form, waiting: Sequence[Obligation], found: dict[int, dict[str, Offer]]) -> None:
    kept = [field for field in form.fields if field.keep and field.single]
    before = values_before_many(waiting)
    for each in waiting:
        values = before.get(each.pk)
        for field in kept if values else ():
            text = _fitting(field, (values or {}).get(field.key))
            if text is not None:
                title = parse_period(each.period_code).previous().title
                found[each.pk][field.key] = Offer(text, f"{title}本表", How.HELD, None, before=True)


def _offer_known(form: Form, waiting: Sequence[Obligation], found: dict[int, dict[str, Offer]]) -> None:
    """Put in what is known, in place of what stood in the period before."""
    fields = [field for field in form.fields if field.element and field.single]
    months = {each.period_code: last_month(parse_period(each.period_code)) for each in waiting}
    codes = set(months) | {month for month in months.values() if any(each.last_month for each in fields)}
    known = known_many({field.element for field in fields}, {each.unit_id for each in waiting}, codes - {""})
    named = _filing_words({each.target[1] for each in known.values() if each.target and not each.computed})
    for each in waiting:
        for field in fields:
            value = known.get((field.element, each.unit_id, each.period_code))
            if value is None and field.last_month:
                value = known.get((field.element, each.unit_id, months[each.period_code]))
            text = _fitting(field, value.value) if value else None
            if value is not None and text is not None:
                found[each.pk][field.key] = _offer(value, text, named)


def _offer(value: Known, text: str, named: Mapping[int, str]) -> Offer:
    if value.computed:
        return Offer(text, value.words, How.COMPUTED, value.target)
    return Offer(text, named.get(value.target[1], "") if value.target else "", How.HELD, value.target)


def _fitting(field: Field, text: str | None) -> str | None:
    """Return a value as the field spells it, None when it cannot stand there."""
    if text is None:
        return None
    try:
        return field.read(text)
    except Unfit:
        return None


def last_month(period: Period) -> str:
    """Return the code of the last month of a longer period; empty for a month and for a named node.

    >>> [last_month(parse_period(code)) for code in ("2023-Q1", "2023-01..2023-04", "2023-05", "2020-N1")]
    ['2023-03', '2023-04', '', '']
    """
    if period.kind in (PeriodKind.MONTH, PeriodKind.NODE):
        return ""
    return f"{period.end:%Y-%m}"


def _filing_words(filing_ids: Collection[int]) -> dict[int, str]:
    """Return which filing each is: period, form, day. Two queries."""
    filings = Filing.objects.select_related("obligation").in_bulk(sorted(filing_ids))
    forms = definitions_by_ids({each.obligation.definition_id for each in filings.values()})
    return {
        pk: f"{parse_period(each.obligation.period_code).title}"
        f"{forms[each.obligation.definition_id].title}，{day_words(each)}"
        for pk, each in filings.items()
    }


def day_words(filing: Filing) -> str:
    """Return the day a version was submitted, as offices write it."""
    day = filing.submitted_at.astimezone(LOCAL)
    return f"{day.month}月{day.day}日"


def confirm_check(form: Form, typed: Typed, values: Values, offers: Offers) -> None:
    """Refuse values that the page put in and nobody looked at, those no longer known so, and a tick that
    says otherwise than the field.

    Raises: Incomplete with a message beside each field.
    """
    faults: dict[str, str] = {}
    for key, shown in typed.shown.items():
        offer = offers.get(key)
        if values[key] != shown:
            if key in typed.same:
                faults[key] = UNLIKE.format(now=form.field(key).display(shown))
            continue
        if offer is None:
            faults[key] = f"您核对的已有数据 {form.field(key).display(shown)} 已撤回，请核实后填写。"
        elif offer.value != shown:
            now = form.field(key).display(offer.value)
            faults[key] = f"已有数据现为 {now}（来自{offer.words}），请重新核对。"
        elif key not in typed.same:
            faults[key] = CONFIRM
    if faults:
        titles = "、".join(form.field(key).title for key in faults)
        raise Incomplete(f"{titles}：请核对已有数据后再提交。", fields=faults)


def noted(values: Values, offers: Offers, *, shown: Collection[str], otherwise: How) -> Noted:
    """Return how the values of an answer came about.

    ``shown``: the keys of fields whose offer stood on the page or in the sheet. ``otherwise``: how the others
    came. A value cleared in spite of an offer was changed too.
    """
    sources: dict[str, str] = {}
    for key, text in values.items():
        offer = offers.get(key) if key in shown else None
        if offer is not None and text != offer.value:
            sources[key] = How.CHANGED.value
        elif text is not None:
            sources[key] = (offer.how if offer else otherwise).value
    return Noted(sources, _offered(offers))


def noted_by_correction(standing: Filing, values: Values, how: How) -> Noted:
    """Return how the values of a corrected version came about: those left as they stood keep their source.

    ``how``: the correction came, by hand or from a file.
    """
    offered = dict(standing.offered or {})
    sources = dict(standing.sources or {})
    for key, text in values.items():
        if text == standing.values.get(key):
            continue
        if key in offered:
            sources[key] = How.CHANGED.value
        elif text is None:
            sources.pop(key, None)
        else:
            sources[key] = how.value
    return Noted(sources, offered)


def origins_of(form: Form, filing: Filing) -> tuple[Origin, ...]:
    """Return for each field of a version whose value was known before how it came about."""
    sources, offered = filing.sources or {}, filing.offered or {}
    return tuple(
        Origin(
            field.key,
            field.title,
            How(sources[field.key]),
            field.display(offered[field.key]["value"]),
            offered[field.key]["words"],
        )
        for field in form.fields
        if field.key in sources and field.key in offered
    )


def _offered(offers: Offers) -> dict[str, dict[str, object]]:
    return {
        key: {
            "value": offer.value,
            "words": offer.words,
            "target": list(offer.target) if offer.target else None,
        }
        for key, offer in offers.items()
    }
