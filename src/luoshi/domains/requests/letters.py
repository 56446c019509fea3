"""The letter by which a request of a unit is answered (复函), as every medium draws it."""

from __future__ import annotations

from datetime import date

from luoshi.core.errors import WrongState
from luoshi.domains.requests.queries import DISTRICT, PAPER, REQUEST
from luoshi.kernel.documents.tree import Document, Head, Paragraph, Sign, Text
from luoshi.kernel.items.models import Item, ItemMove
from luoshi.kernel.items.steps import open_duties
from luoshi.kernel.items.types import LEAD, type_by_id
from luoshi.kernel.org.queries import unit_get


def has_letter(item: Item) -> bool:
    """Say whether a paper was answered by the district itself, so that there is a letter."""
    values = item.values
    answered = item.type_ref == PAPER and item.state in ("answered", "closed")
    return answered and values.get("kind") == REQUEST and values.get("upto") == DISTRICT


def answer_letter(item: Item) -> Document:
    """Return the letter of an answer; its words follow from the item alone.

    Raises: WrongState where there is none.
    """
    if not has_letter(item):
        raise WrongState("只有区级已答复的请示才有复函，请先办理“答复”。")
    kind = type_by_id(item.definition_id)
    move = ItemMove.objects.filter(item=item, move="answer").order_by("-number")[0]
    organ = unit_get(move.by_unit).title
    lead = next(row.unit.title for row in open_duties([item.pk])[item.pk] if row.role == LEAD)
    values = item.values
    answered_on = date.fromisoformat(values["answered_on"])
    result = kind.fields["result"].display(values["result"])
    opening = f"你单位报送的《{item.title}》（{item.number}）收悉。经研究，意见为：{result}。具体答复如下。"
    parts = [opening, *(part.strip() for part in values["reply"].splitlines() if part.strip()), "特此函复。"]
    return Document(
        style="letter",
        head=Head(org=organ, number=values.get("reply_no")),
        title_lines=(f"关于{_subject(item.title)}的复函",),
        addressee=lead,
        blocks=tuple(Paragraph((Text(part),)) for part in parts),
        sign=Sign(org=organ, date=answered_on),
        meta={"created": move.at.isoformat(), "author": organ},
    )


def _subject(title: str) -> str:
    """Return the matter of a title without the words that frame it.

    >>> _subject("关于增设便民服务点的请示")
    '增设便民服务点'
    """
    return title.removeprefix("关于").removesuffix("的请示")
