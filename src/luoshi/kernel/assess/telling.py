"""Who is told of previews, appeals and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.periods import parse_period
from luoshi.kernel.assess.models import Appeal, Round
from luoshi.kernel.definitions.queries import definition_by_id
from luoshi.kernel.notify.actions import Draft, Target, notices_send
from luoshi.kernel.notify.recipients import To, filler, head, over

TOPIC = "assess"


def preview_told(scored: Round, unit_ids: Iterable[int], actor: Actor, now: datetime) -> None:
    """Tell head and clerks of every unit that its sheet can be looked at, and until when to appeal."""
    text = f"{_named(scored)}得分已预告，请核对；有异议的，请于 {scored.appeal_until:%Y-%m-%d} 前提出申诉。"
    drafts = [
        Draft(
            f"round:{scored.pk}:{scored.ver}:{unit_id}",
            TOPIC,
            text,
            Target(scored.ledger_type, scored.pk, unit_id),
            (head(unit_id), filler(unit_id)),
        )
        for unit_id in sorted(set(unit_ids))
    ]
    notices_send(by=actor, drafts=drafts, now=now)


def appeal_told(appeal: Appeal, actor: Actor, now: datetime) -> None:
    """Tell the office that an appeal waits."""
    to = (over(appeal.unit_id, ["office"]),)
    text = (
        f"{appeal.unit.title}对{_named(appeal.round)}“{appeal.title}”提出申诉，请于 {appeal.due_on} 前复核。"
    )
    _tell(appeal, "filed", to, text, actor, now)


def decision_told(appeal: Appeal, actor: Actor, now: datetime) -> None:
    """Tell head and clerks of the unit what was decided."""
    to = (head(appeal.unit_id), filler(appeal.unit_id))
    text = f"{_named(appeal.round)}“{appeal.title}”的申诉已复核：{appeal.get_state_display()}。"
    _tell(appeal, "decided", to, text, actor, now)


def _tell(appeal: Appeal, step: str, to: Sequence[To], text: str, actor: Actor, now: datetime) -> None:
    target = Target(appeal.ledger_type, appeal.pk, appeal.unit_id)
    notices_send(
        by=actor, drafts=[Draft(f"appeal:{appeal.pk}:{step}", TOPIC, text, target, tuple(to))], now=now
    )


def _named(scored: Round) -> str:
    return f"{definition_by_id(scored.definition_id).title}（{parse_period(scored.period_code).title}）"
