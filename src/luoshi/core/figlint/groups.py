"""Which quantities of a sentence are parts of which: 其中, 分别为, 包括, brackets, 其余."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from luoshi.core.figlint.model import Context, Quantity, Sentence
from luoshi.core.figlint.roles import Role
from luoshi.core.figlint.tokens import comparable

_AMONG = re.compile(r"其中")
_WHOLE = re.compile(
    r"^[^，。；、]{0,10}[，,]?\s*(?:按[^，。；、]{1,8}[分看]?[，,：:]\s*)?(?:分别(?:为|是)|分为|包括|具体为|具体是|即|由|：|:)"
)
_DIVIDED = re.compile(r"^(?:按[^，。；]{1,8}?)?[，,]?(?:可?分为|包括)")
_BRACKET = re.compile(r"^[一-鿿]{0,8}[（(](?!同比|环比|含|比|较|不含|其中)")
_LISTED = re.compile(r"[、]|(?:和|与|及|以及)")
_FRESH = re.compile(r"^(?:共|累计|合计|共计|总计|总共|全区|全市|全县)")
_REST = re.compile(r"^(?:其余|剩余|余下)")
_OTHERS = re.compile(r"(?:^|等)(?:其他|其它)")
# Counts of how far things have come overlap; counts of kinds do not.
_STATE = re.compile(
    r"办|满意|完成|解决|整改|签收|答复|按时|按期|合格|达标|反馈|回访|已|未|新|化解|达成|涉及|开工|完工|投|受理|检查|发现|其中"
)
_OF_THESE = re.compile(r"^(?P<what>[^，。；]{2,16}?)中[，,]")


@dataclass(frozen=True, slots=True)
class Group:
    """A whole and the parts named after it. ``exhaustive``: the words say that nothing is left out.

    ``inner``: groups whose whole is a part of this one.
    """

    head: Quantity
    depth: int
    exhaustive: bool
    runs: list[list[Quantity]] = field(default_factory=list)
    inner: list[Group] = field(default_factory=list)

    @property
    def parts(self) -> list[Quantity]:
        """Return all parts in order."""
        return [part for run in self.runs for part in run]


def is_rest(quantity: Quantity) -> bool:
    """Say whether a part is what remains: 其余, 其他."""
    return bool(_REST.match(quantity.lead.removeprefix("其中")))


def names_others(quantity: Quantity) -> bool:
    """Say whether a part gathers what was not named: a list that ends so leaves nothing out."""
    return bool(_OTHERS.search(quantity.label))


def groups_of(sentence: Sentence, roles: list[Role], context: Context) -> list[Group]:
    """Return the groups of a sentence; a leading 其中 or 办结的诉求中 speaks of a whole named before it."""
    return list(_Reader(sentence, roles, context).read())


class _Reader:
    def __init__(self, sentence: Sentence, roles: list[Role], context: Context) -> None:
        self.sentence = sentence
        self.carried = context.totals[-1] if context.totals else None
        self.of_these = _of_these(sentence, context)
        self.mains = [
            quantity
            for quantity, role in zip(sentence.quantities, roles, strict=True)
            if role is Role.MAIN and not quantity.is_share
        ]
        self.stack: list[Group] = []

    def read(self) -> Iterator[Group]:
        last: Quantity | None = None
        for quantity in self.mains:
            gap = self.sentence.text[last.end if last else 0 : quantity.start]
            self._close(quantity, gap)
            opened = self._opened(last, quantity, gap)
            if opened:
                if self.stack:
                    self.stack[-1].inner.append(opened)
                self.stack.append(opened)
                yield opened
            elif self.stack:
                self._add(self.stack[-1], quantity, gap)
            last = quantity

    def _close(self, quantity: Quantity, gap: str) -> None:
        while self.stack and self.stack[-1].depth > quantity.depth:
            self.stack.pop()
        if re.search("[；;]", gap) and quantity.depth == 0:
            del self.stack[1:]
            if self.stack and quantity.value > self.stack[0].head.value:
                self.stack.clear()
        if self.stack and _FRESH.match(quantity.lead) and quantity.depth <= self.stack[0].depth:
            self.stack.clear()

    def _opened(self, last: Quantity | None, quantity: Quantity, gap: str) -> Group | None:
        if last is None and self.of_these and comparable(self.of_these, quantity):
            return Group(self.of_these, quantity.depth, exhaustive=False, runs=[[quantity]])
        if last is None and self.carried and _DIVIDED.search(gap) and comparable(self.carried, quantity):
            return Group(self.carried, quantity.depth, exhaustive=True, runs=[[quantity]])
        head = last or (self.carried if _AMONG.search(gap) else None)
        if head is None or not comparable(head, quantity):
            return None
        if _AMONG.search(gap):
            return Group(head, quantity.depth, exhaustive=False, runs=[[quantity]])
        if last and _WHOLE.search(gap) and not _LISTED.search(gap[:1]):
            return Group(head, quantity.depth, exhaustive=True, runs=[[quantity]])
        if last and quantity.depth > last.depth and _BRACKET.search(gap):
            return Group(head, quantity.depth, exhaustive=True, runs=[[quantity]])
        return None

    def _add(self, group: Group, quantity: Quantity, gap: str) -> None:
        if not comparable(group.head, quantity):
            return
        if _joined(gap) or _of_one_kind(group.runs[-1], quantity):
            group.runs[-1].append(quantity)
        else:
            group.runs.append([quantity])


def _of_these(sentence: Sentence, context: Context) -> Quantity | None:
    """Return the count that 办结的诉求中 takes up: the nearest one whose label the words begin with."""
    found = _OF_THESE.match(sentence.text)
    if found is None or (sentence.quantities and sentence.quantities[0].start < found.end()):
        return None
    what = found.group("what").removeprefix("已")
    same = [each for each in context.known if len(each.label) > 1 and what.startswith(each.label)]
    return same[-1] if same else None


def _joined(gap: str) -> bool:
    """Say whether two parts stand in one list: nothing but a list mark and a label between them."""
    return bool(re.match(r"[^，。；,;]{0,10}(?:、|和|与|及|以及)[^，。；,;]*$", gap)) and not re.search(
        "占|增长|下降", gap
    )


def _of_one_kind(run: list[Quantity], quantity: Quantity) -> bool:
    """Say whether parts between commas are kinds of one thing: 城镇人口, 乡村人口; not 办结, 满意."""
    labels = [each.label for each in (*run, quantity)]
    return all(len(label) > 1 and not _STATE.search(label) for label in labels)
