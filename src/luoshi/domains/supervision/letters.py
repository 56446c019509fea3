"""The notice of supervision (督查通知单) that goes out when a matter is handed to a unit, as a letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from luoshi.core.beijing import local_day
from luoshi.core.errors import NotFound
from luoshi.core.gbt9704 import date_text
from luoshi.domains.supervision.parts import CLOCK, MATTER
from luoshi.kernel.documents.tree import Block, Document, Head, Heading, Paragraph, Sign, Text
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.models import Item, ItemDuty, ItemMove
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.org.models import Unit

NONE_YET = "该事项还没有交办，没有督查通知单。"


def notice_letter(item: Item) -> Document:
    """Return the notice of a matter as it was handed out last.

    Its words follow from the rows of that step: unit, time and demands. Raises: NotFound before that.
    """
    sent = ItemMove.objects.filter(item=item, move="send").order_by("-number").first()
    if item.type_ref != MATTER or sent is None:
        raise NotFound(NONE_YET)
    duties = open_duties([item.pk])[item.pk]
    lead = next((duty for duty in duties if duty.role == LEAD), None)
    organ = Unit.objects.filter(code=sent.by_unit).order_by("id").first()
    title = organ.title if organ is not None else sent.by_unit
    return Document(
        style="letter",
        head=Head(org=title, number=f"{item.number}号督查通知单"),
        title_lines=(f"关于办理“{item.title}”的", "督查通知"),
        addressee=lead.unit.title if lead is not None else "",
        blocks=_blocks(item, duties, _due_on(item)),
        sign=Sign(org=title, date=local_day(sent.at)),
        meta={"created": sent.at.isoformat(), "author": title},
    )


def _blocks(item: Item, duties: Sequence[ItemDuty], due: date | None) -> tuple[Block, ...]:
    kind = type_by_id(item.definition_id)
    shown = {key: kind.fields[key].display(item.values.get(key)) for key in ("source", "cadence")}
    paper = item.values.get("paper")
    basis = f"（依据：{paper}）" if paper else ""
    co = "、".join(duty.unit.title for duty in duties if duty.role == "co")
    limit = f"请于{date_text(due)}前办结" if due is not None else "请抓紧办理"
    return (
        _words(f"现将{shown['source']}事项{basis}交由你单位主办，请按要求办理。"),
        Heading(1, "一、事项内容"),
        _words(item.values.get("content") or item.title),
        Heading(1, "二、办理要求"),
        _words(item.values.get("require") or "按规定办理。"),
        Heading(1, "三、时限和反馈"),
        _words(f"{limit}；{shown['cadence']}在平台反馈一次进展，办结后报送办理结果。"),
        _words("对交办有异议的，请在 3 个工作日内说明理由和依据退回。"),
        *((_words(f"协办单位：{co}。协办单位只报送本单位承担的部分，由你单位汇总。"),) if co else ()),
    )


def _due_on(item: Item) -> date | None:
    clock = ItemClock.objects.filter(item=item, key=CLOCK).order_by("-round").first()
    ends: datetime | None = (clock.due_at or clock.held_at) if clock is not None else None
    return local_day(ends) if ends is not None else None


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))
