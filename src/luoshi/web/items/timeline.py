"""All that happened to an item in one order of time: moves, edits, evidence, comments, clocks, more time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from luoshi.core.timing.scales import ticks_words
from luoshi.kernel.evidence.queries import EvidenceView
from luoshi.kernel.items.types import ItemType
from luoshi.web.ledger.words import Names

# What the timeline can be narrowed to, in the order of the choice.
SORTS: Mapping[str, str] = {
    "move": "办理",
    "edit": "修改",
    "evidence": "佐证",
    "comment": "意见",
    "clock": "时限",
    "other": "其他",
}
CHANGES = {"_edit": "修改", "_duty": "调整责任单位", "_merge": "并入他件", "_migrate": "随业务包衔接"}
EVENTS: Mapping[str, str] = {
    "item.evidence_added": "evidence",
    "item.evidence_revised": "evidence",
    "item.evidence_dropped": "evidence",
    "item.clock_resumed": "clock",
    "item.clock_rearmed": "clock",
}
# Told by rows of their own, with more than the event says.
TOLD = frozenset(
    ("item.created", "item.moved", "item.edited", "item.duties_set", "item.merged", "item.migrated")
    + ("item.extension_asked", "item.extension_decided")
)
ANSWERS = {"approved": "同意延期", "refused": "延期未获批准"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``lines``: (label, text); ``proofs``: the files it was done with.

    ``strike``: id of the reader's own comment. ``event``: id of the ledger entry.
    """

    sort: str
    at: datetime
    title: str
    by: tuple[Any, ...]
    lines: tuple[tuple[str, str], ...] = ()
    proofs: tuple[EvidenceView, ...] = ()
    strike: int | None = None
    event: int | None = None


@dataclass(frozen=True)
class Timeline:
    """The entries with who did them, the newest first; ``counts``: (sort, title, number) of all there are."""

    rows: tuple[tuple[Entry, str], ...]
    counts: tuple[tuple[str, str, int], ...]
    asked: str
    total: int


def timeline(entries: Iterable[Entry], asked: str, on: date) -> Timeline:
    """Return entries in order of time, narrowed to a sort; an unknown sort narrows nothing."""
    every = sorted(entries, key=lambda entry: entry.at, reverse=True)
    numbers = Counter(entry.sort for entry in every)
    asked = asked if asked in numbers else ""
    shown = [entry for entry in every if asked in ("", entry.sort)]
    names = Names.of([entry.by for entry in shown], on)
    return Timeline(
        rows=tuple((entry, names.who(entry.by)) for entry in shown),
        counts=tuple((sort, title, numbers[sort]) for sort, title in SORTS.items() if numbers[sort]),
        asked=asked,
        total=len(every),
    )


def entries_of_steps(
    kind: ItemType,
    steps: Iterable[Any],
    proved: Mapping[int, list[EvidenceView]],
    events: Mapping[int, int],
) -> list[Entry]:
    """Return moves and changes without a move. ``events``: id of the step → that of its ledger entry."""
    found = []
    for step in steps:
        by = (step.by_account, step.by_post, step.by_unit, *(["acting"] if step.by_acting else []))
        said = [("来自外部记录", _origin(step)), ("说明", step.note), ("依据", step.basis)]
        changed = [
            (kind.fields[key].title, kind.fields[key].display(text) or "（清空）")
            for key, text in step.changed.items()
            if key in kind.fields and not kind.fields[key].pii
        ]
        found.append(
            Entry(
                sort="edit" if step.move in CHANGES else "move",
                at=step.at,
                title=step_title(kind, step),
                by=by,
                lines=tuple((label, text) for label, text in [*said, *changed] if text),
                proofs=tuple(proved.get(step.number, ())),
                event=events.get(step.pk),
            )
        )
    return found


def _origin(step: Any) -> str:
    """Return how another system tells a step that was brought in; empty for one taken here."""
    if step.origin_row is None:
        return ""
    who = f"，原经办 {step.origin_by}" if step.origin_by else ""
    return f"{step.origin_what}{who}，表中第 {step.origin_row} 行"


def step_title(kind: ItemType, step: Any) -> str:
    """Return what a step is called, with the state it led to; a move that is gone, by its key."""
    title = kind.moves[step.move].title if step.move in kind.moves else CHANGES.get(step.move, step.move)
    moved = step.from_state != step.to_state and step.to_state in kind.states
    return f"{title} → {kind.states[step.to_state].title}" if moved else title


def entries_of_comments(comments: Iterable[Any]) -> list[Entry]:
    """Return comments; of one that was struck, only that it was there."""
    return [
        Entry(
            sort="comment",
            at=each.at,
            title="意见",
            by=each.by,
            lines=(("", "（已由本人划去）" if each.struck_at else each.text),),
            strike=each.id if each.mine and not each.struck_at else None,
        )
        for each in comments
    ]


def entries_of_clocks(clocks: Iterable[Any]) -> list[Entry]:
    """Return requests for more time and the answers."""
    found = []
    for clock in clocks:
        for each in clock.extensions:
            amount = ticks_words(each.ticks, clock.unit)
            asker = (each.asked_by_account, each.asked_by_post, each.asked_by_unit)
            lines = (("申请", f"延长 {amount}"), ("理由", each.reason))
            found.append(Entry("clock", each.asked_at, f"申请延期：{clock.title}", asker, lines))
            if each.decided_at is not None:
                decider = (each.decided_by_account, each.decided_by_post, each.decided_by_unit)
                lines = (("意见", each.note),) if each.note else ()
                title = f"{ANSWERS[each.answer]}：{clock.title}"
                found.append(Entry("clock", each.decided_at, title, decider, lines))
    return found


def entries_of_events(
    events: Iterable[Any], proofs: Mapping[int, tuple[EvidenceView, EvidenceView]]
) -> list[Entry]:
    """Return what only the ledger tells. ``proofs``: first and standing revision of evidence, by id."""
    found = []
    for event in events:
        if event.kind in TOLD:
            continue
        revisions = proofs.get(event.data.get("evidence", 0))
        title = revisions[event.kind != "item.evidence_added"].title if revisions else ""
        lines = (("名称", title),) if title else ()
        found.append(
            Entry(
                EVENTS.get(event.kind, "other"),
                event.at,
                event.title,
                event.by,
                lines=lines,
                event=event.id,
            )
        )
    return found
