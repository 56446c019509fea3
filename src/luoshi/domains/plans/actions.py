"""Changes of plans: made, written, ended, closed. Handing out is in ``handing``, sheets in ``importing``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Incomplete, Invalid, NotFound, WrongState
from luoshi.db.sql import advisory_lock
from luoshi.domains.plans.checking import Desk, Read, Typed, faults_told
from luoshi.domains.plans.matching import Line, Matching
from luoshi.domains.plans.models import Level, Plan, PlanNode, State
from luoshi.domains.plans.policy import MANAGE, plan_locked
from luoshi.domains.plans.writing import Writing, co_words, words_of
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.items.schema import ENDED
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.org.queries import unit_get

LONGEST_TITLE, LONGEST_NOTE = 100, 200
FIRST_YEAR, LAST_YEAR = 2000, 2999


@transaction.atomic
def plan_make(
    *,
    actor: Actor,
    title: str,
    year: int,
    issued_on: date,
    sources: Sequence[str],
    verifier_code: str,
    now: datetime,
) -> Plan:
    """Begin a plan without nodes; the unit of the actor keeps it, ``verifier_code`` verifies its measures.

    Raises: NotAllowed, NotFound (no such unit), Incomplete and Invalid with ``fields``.
    Ledger: ``plan.made``.
    """
    require_right(actor, MANAGE, actor.unit_id)
    require(actor.unit_id is not None, "请以所在单位的岗位建立计划。")
    keeper, verifier = unit_get(actor.unit_code), unit_get(verifier_code)
    title = " ".join(title.split())
    faults: dict[str, str] = {}
    if not 0 < len(title) <= LONGEST_TITLE:
        faults["title"] = f"名称应为 1 至 {LONGEST_TITLE} 字。"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        faults["year"] = "年度应为四位数，如 2023。"
    if issued_on > local_day(now):
        faults["issued_on"] = "发文日期不得晚于今天。"
    if verifier.pk == keeper.pk:
        faults["verifier"] = "核查单位应是主管单位以外的单位。"
    if faults:
        raise Invalid(" ".join(faults.values()), fields=faults)
    advisory_lock(connection, "plans.code")
    number = Plan.objects.filter(year=year).count() + 1
    plan = Plan.objects.create(
        code=f"{year}-{number:02}",
        title=title,
        year=year,
        issued_on=issued_on,
        sources=[text.strip() for text in sources if text.strip()],
        keeper=keeper,
        verifier=verifier,
        made_at=now,
    )
    record(plan, "plan.made", by=actor.by, at=now, data={"code": plan.code, "keeper": keeper.code})
    return plan


@transaction.atomic
def measure_put(*, actor: Actor, plan_id: int, typed: Typed, now: datetime, reason: str = "") -> PlanNode:
    """Write one measure: a new one, or another wording, lead or date of the one with this code.

    A measure in hand whose lead or date changes is taken back and handed out anew, with ``reason``.
    Raises: NotFound, NotAllowed, Frozen (closed, or the measure is done), Invalid with ``fields``, Incomplete
    (nothing changes, no reason), WrongState (being verified).
    Ledger: ``plan.node_put`` on the plan; ``item.moved``, ``item.edited`` on the task.
    """
    plan = plan_locked(actor, plan_id)
    require(len(reason) <= LONGEST_NOTE, f"理由不得超过 {LONGEST_NOTE} 字。", Invalid)
    line = Line(0, typed)
    matching = Matching(PlanNode.objects.filter(plan=plan).select_related("lead").order_by("sort"))
    matching.take([line])
    reading = Desk(plan, local_day(now)).read(typed)
    faults = [*line.faults, *reading.faults]
    if reading.read is None or faults:
        raise Invalid("举措填写有误，请改正后再保存。", fields=faults_told(faults))
    writing = Writing(actor, plan, now, reason.strip())
    writing.put_heads(matching)
    changed = _changed(matching.live.get(line.code), reading.read)
    if changed is None or changed:
        writing.put(line.code, reading.read, changed or set())
    require(writing.written, "内容没有变化，无需保存。", Incomplete)
    data = {"code": plan.code, "node": line.code, "fields": sorted(changed or ())}
    record(
        plan,
        "plan.node_put",
        by=actor.by,
        at=now,
        rows=writing.rows,
        removed=writing.removed,
        data=data,
    )
    return writing.nodes[line.code]


@transaction.atomic
def node_end(*, actor: Actor, plan_id: int, node_id: int, reason: str, now: datetime) -> PlanNode:
    """End a node for good, with everything below it; its number is not used again.

    Raises: NotFound, NotAllowed, Frozen (closed), Incomplete (no reason), Invalid, WrongState (ended already,
    or a task below is being verified).
    Ledger: ``plan.node_ended`` on the plan; ``item.moved`` for each task that is cancelled.
    """
    plan = plan_locked(actor, plan_id)
    node = PlanNode.objects.filter(plan=plan, pk=node_id).order_by("id").first()
    if node is None:
        raise NotFound("计划中没有这一项。")
    require(node.ended_on is None, f"{node.code} 已于 {node.ended_on} 终止。", WrongState)
    reason = reason.strip()
    require(reason, "请写明终止的理由。", Incomplete)
    require(len(reason) <= LONGEST_NOTE, f"理由不得超过 {LONGEST_NOTE} 字。", Invalid)
    writing = Writing(actor, plan, now, reason)
    for each in list(writing.nodes.values()):
        below = each.code == node.code or each.code.startswith(f"{node.code}.")
        if below and each.ended_on is None:
            writing.end(each)
    data = {"code": plan.code, "node": node.code, "ended": len(writing.written)}
    record(plan, "plan.node_ended", by=actor.by, at=now, rows=writing.rows, data=data)
    return writing.nodes[node.code]


@transaction.atomic
def plan_close(*, actor: Actor, plan_id: int, note: str, now: datetime) -> Plan:
    """Close a plan: nothing in it changes any more. Only lasting measures may still be in hand.

    Raises: NotFound, NotAllowed, Frozen (closed), Incomplete (no note), WrongState (measures without an end).
    Ledger: ``plan.closed`` with how many measures were done and how many go on.
    """
    plan = plan_locked(actor, plan_id)
    require(plan.state == State.ISSUED, "计划还没有下达，不能办结。", WrongState)
    require(note.strip(), "请写明办结说明。", Incomplete)
    require(len(note) <= LONGEST_NOTE, f"办结说明不得超过 {LONGEST_NOTE} 字。", Invalid)
    live = PlanNode.objects.filter(plan=plan, level=Level.MEASURE, ended_on=None)
    ended = [stage.value for stage in ENDED]
    open_codes = list(
        live.exclude(item__stage__in=ended)
        .filter(lasting=False)
        .order_by("sort")
        .values_list("code", flat=True)
    )
    if open_codes:
        named = "、".join(open_codes[:5])
        raise WrongState(
            f"还有 {len(open_codes)} 项举措没有销号（{named}{'等' if len(open_codes) > 5 else ''}），"
            "请办结或终止后再办结计划。"
        )
    plan.state, plan.closed_at, plan.close_note = State.CLOSED, now, note.strip()
    plan.save()
    data = {
        "code": plan.code,
        "done": live.filter(item__stage="done").count(),
        "lasting": live.filter(lasting=True).exclude(item__stage="done").count(),
    }
    record(plan, "plan.closed", by=actor.by, at=now, data=data)
    return plan


def _changed(node: PlanNode | None, read: Read) -> set[str] | None:
    """Return the fields that get another value; None for a measure that is new."""
    if node is None:
        return None
    old = words_of(node) | {"co": co_words([node.pk]).get(node.pk, "")}
    return {
        name
        for name, text in read.words.items()
        if (sorted(text.split("、")) != sorted(old[name].split("、")) if name == "co" else text != old[name])
    }
