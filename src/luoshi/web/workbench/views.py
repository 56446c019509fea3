"""The first page after sign-in: real counts, what waits for this actor, how far the forms have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.lights import Light
from luoshi.core.periods import parse_period
from luoshi.domains.slips.queries import SlipView, proposed
from luoshi.kernel.access.policy import can
from luoshi.kernel.assess.appeal_queries import appeals_to_decide
from luoshi.kernel.assess.queries import rounds_visible
from luoshi.kernel.definitions.queries import definitions_of, pack_versions
from luoshi.kernel.filings.flows import STEP_TITLES, Step
from luoshi.kernel.filings.queries import FormCard, drafts_of, forms_visible
from luoshi.kernel.ledger.queries import events_page
from luoshi.kernel.org.queries import units_on
from luoshi.kernel.reports.queries import issues_visible
from luoshi.web.filings.matrix_views import matrix_context
from luoshi.web.filings.tools import may_fill
from luoshi.web.filings.work_views import Group, groups_of
from luoshi.web.ledger.words import Names
from luoshi.web.shell.templatetags.luoshi import moment
from luoshi.web.workbench.cards import Waiting, cards_of

NEWEST = 8
WAITS = {Step.FILL: "待报", Step.SIGN: "待审签", Step.REVIEW: "待审核"}
LIGHT_TONES = {Light.BLUE: "doing", Light.YELLOW: "warn", Light.RED: "bad"}
EXCERPT = 10
SLIP_STEPS = {"issued": "回复督办单", "replied": "签批督办回复", "signed": "认可或退回督办回复"}


@dataclass(frozen=True)
class Todo:
    """One thing that waits. ``tone``: a class of the status label."""

    label: str
    tone: str
    title: str
    below: str
    href: str


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """The workbench of the actor."""
    actor = request.actor
    cards = forms_visible(actor)
    rounds = list(rounds_visible(actor))
    issues = list(issues_visible(actor)[:NEWEST])
    events = events_page(limit=NEWEST) if can(actor, "ledger.view") else []
    names = Names.of((event.by for event in events), request.today)
    titles = {found.ref: found.title for found in definitions_of("scheme")} if rounds else {}
    waiting = Waiting.of(actor, request.now)
    work = groups_of(waiting.work)
    listed = {group.first.form_ref for group in work}
    context = {
        "kpis": cards_of(request, waiting),
        "todos": [
            *(work_todo(group, request) for group in work[:NEWEST]),
            *drafts_waiting(actor),
            *slips_to_do(request, waiting.slips),
            *questions_waiting(request, waiting.questions),
            *filings_waiting(actor, [card for card in cards if card.form.ref not in listed]),
            *units_lagging(actor, cards),
            *rounds_waiting(actor, rounds, titles),
            *appeals_waiting(request),
            *first_steps(request),
        ],
        "cards": [(card, 100 * card.answered / card.opened) for card in cards if card.opened],
        "excerpt": excerpt(request, cards),
        "rounds": [each for each in rounds if each.state == "published"][:NEWEST],
        "titles": titles,
        "issues": issues,
        "events": [(event, names.who(event.by)) for event in events],
    }
    return render(request, "workbench/workbench.html", context)


def excerpt(request: HttpRequest, cards: list[FormCard]) -> dict[str, object] | None:
    """Return the head of the matrix of the form with most still to come, else of the newest one.

    A single unit has no matrix: its progress stands in the table of the forms.
    """
    opened = [card for card in cards if card.newest is not None and card.units > 1]
    if not opened:
        return None
    card = max(opened, key=lambda each: (each.opened - each.answered, each.newest.end))
    return matrix_context(request, card.form.ref, per_page=EXCERPT)


def drafts_waiting(actor: Actor) -> list[Todo]:
    """Uploads that were neither taken nor dropped."""
    return [
        Todo(
            "未完成",
            "warn",
            f"导入未确认：{draft.file_name}",
            f"{moment(draft.created_at)} 上传，尚未导入",
            reverse("filing_preview", args=[draft.token]),
        )
        for draft in drafts_of(actor)[:NEWEST]
    ]


def slips_to_do(request: HttpRequest, slips: list[SlipView]) -> list[Todo]:
    """Slips on which the actor is to act, and what should be issued and is not."""
    todos = []
    for view in slips[:NEWEST]:
        slip, left = view.slip, (local_day(view.slip.reply_by) - request.today).days
        label, tone = (due_words(left), "bad" if left < 0 else "warn")
        if slip.state == "signed":
            label, tone = "待认可", "doing"
        below = f"{slip.unit_title}　{SLIP_STEPS[slip.state]}"
        todos.append(Todo(label, tone, str(slip), below, reverse("slip_detail", args=[slip.pk])))
    due = [each for _, found in proposed(request.actor, request.now) for each in found]
    if due:
        below = f"逾期超过规定天数，应发而未发 {len(due)} 份"
        todos.append(Todo("待督办", "warn", "督办单", below, reverse("slip_proposals")))
    return todos


def questions_waiting(request: HttpRequest, waiting: list[Any]) -> list[Todo]:
    """Questions that wait for the actor's answer, in one line."""
    if not waiting:
        return []
    days = (request.today - local_day(waiting[0].asked_at)).days
    below = f"{len(waiting)} 个问题待您答复，最久的已等 {days} 天"
    return [Todo("待答复", "doing", "问答", below, f"{reverse('question_list')}?mine=1&state=waiting")]


def work_todo(group: Group, request: HttpRequest) -> Todo:
    """Return the line of open work: what is to be filled says how long is left, all else which step waits."""
    work = group.first
    owed_by = work.owed_by
    left = None if owed_by is None else (local_day(owed_by) - request.today).days
    label, tone, more = WAITS[work.step], "doing", ""
    if work.step is Step.FILL and left is not None:
        label, tone = due_words(left), LIGHT_TONES.get(work.light, "")
    if work.stage == "returned":
        label, tone, more = "退回补正", tone if work.light is Light.RED else "warn", f"，{label}"
    whose = work.unit.title if len(group.works) == 1 else f"{len(group.works)} 份"
    below = f"{work.period.title}　{whose}{more}"
    return Todo(label, tone, f"{STEP_TITLES[work.step]} {work.form_title}", below, group.href)


def due_words(left: int) -> str:
    """Return how many days are left.

    >>> due_words(-2), due_words(0), due_words(3)
    ('逾期 2 天', '今日到期', '剩 3 天')
    """
    if left < 0:
        return f"逾期 {-left} 天"
    return f"剩 {left} 天" if left else "今日到期"


def filings_waiting(actor: Actor, cards: list[FormCard]) -> list[Todo]:
    """Forms with obligations not answered yet, for who fills them; for all others they are no work."""
    return [
        Todo(
            "待报",
            "doing",
            card.form.title,
            f"待报 {card.opened - card.answered} 份，应报 {card.opened} 份",
            reverse("filing_matrix", args=[card.form.ref]),
        )
        for card in cards
        if card.opened > card.answered and may_fill(actor, card.form, "filing.import")
    ]


def units_lagging(actor: Actor, cards: list[FormCard]) -> list[Todo]:
    """Forms with a due day that units still owe, for the office that sees to it that they answer."""
    if not can(actor, "period.open"):
        return []
    return [
        Todo(
            "待督促",
            "doing",
            card.form.title,
            f"尚有 {card.opened - card.answered} 份未报，应报 {card.opened} 份",
            reverse("filing_matrix", args=[card.form.ref]),
        )
        for card in cards
        if card.opened > card.answered and card.form.window is not None
    ]


def rounds_waiting(actor: Actor, rounds: list, titles: dict[str, str]) -> list[Todo]:
    """Trials that wait for publication."""
    if not can(actor, "round.publish"):
        return []
    return [
        Todo(
            "待发布",
            "doing",
            titles.get(each.scheme_ref, each.scheme_ref),
            f"{parse_period(each.period_code).title}试算，核对无误后发布",
            reverse("round_detail", args=[each.pk]),
        )
        for each in rounds
        if each.state == "draft"
    ]


def appeals_waiting(request: HttpRequest) -> list[Todo]:
    """Appeals that the actor may decide."""
    return [
        Todo(
            "待复核",
            "bad" if view.late else "doing",
            f"{view.appeal.unit.title}：{view.appeal.title}",
            f"{view.scheme}{view.period.title}申诉，{view.appeal.due_on:%Y-%m-%d} 前复核",
            reverse("appeal_detail", args=[view.appeal.pk]),
        )
        for view in appeals_to_decide(request.actor, request.now)[:NEWEST]
    ]


def first_steps(request: HttpRequest) -> list[Todo]:
    """What a new installation still lacks, for who can do something about it."""
    steps = []
    if can(request.actor, "org.manage") and not units_on(request.today).exists():
        steps.append(Todo("第一步", "warn", "导入单位", "还没有单位，先导入单位表", reverse("unit_import")))
    if can(request.actor, "pack.install") and not pack_versions():
        below = "在服务器上运行：luoshi pack install bulletins"
        steps.append(Todo("第二步", "warn", "安装业务包", below, reverse("pack_list")))
    return steps
