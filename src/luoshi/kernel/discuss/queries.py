"""Reading comments, questions and answers; the number of queries does not grow with rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.errors import NotFound
from luoshi.kernel.access.policy import can
from luoshi.kernel.discuss.hooks import Topic, subject_kind, topic_kind, topic_kinds, topic_of
from luoshi.kernel.discuss.models import Comment, Question, QuestionAnswer
from luoshi.kernel.discuss.sight import answered_by, question_visible, questions_visible

__all__ = [
    "AnswerView",
    "CommentView",
    "QuestionView",
    "comment_own",
    "comments_of",
    "faq_counts",
    "faq_of",
    "may_ask",
    "may_comment",
    "question_view",
    "question_visible",
    "questions_found",
    "questions_mine",
    "questions_visible",
    "topic_of",
    "topics_known",
]

STATES: Mapping[str, str] = {"waiting": "待答复", "answered": "已答复", "withdrawn": "已撤回"}


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment; ``text`` is empty once it is struck. ``mine``: the reader wrote it."""

    id: int
    text: str
    at: datetime
    by: tuple[int, str, str]
    struck_at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One version of an answer; ``unit_code``: of the unit that answered."""

    version: int
    text: str
    at: datetime
    unit_code: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question as a reader sees it.

    ``unit_title`` is empty for readers who neither answer it nor belong to the unit. ``answers``: newest
    first. ``waited``: whole days from asking to the answer or until now.
    """

    id: int
    topic: Topic
    field: str
    field_title: str
    text: str
    state: str
    asked_at: datetime
    answered_at: datetime | None
    unit_title: str
    answers: tuple[AnswerView, ...]
    waited: int
    mine: bool
    to_answer: bool

    @property
    def state_title(self) -> str:
        """Return the state in words."""
        return STATES[self.state]

    @property
    def answer(self) -> AnswerView | None:
        """Return the answer in force."""
        return self.answers[0] if self.answers else None


def comments_of(actor: Actor, kind: str, subject_id: int) -> list[CommentView]:
    """Return the comments on a record, oldest first. Raises: NotFound when the record is out of sight."""
    subject_kind(kind).check(actor, subject_id)
    rows = Comment.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("at", "id")
    return [
        CommentView(
            id=row.pk,
            text="" if row.struck_at else row.text,
            at=row.at,
            by=(row.by_account, row.by_post, row.by_unit),
            struck_at=row.struck_at,
            mine=row.by_account == actor.account_id,
        )
        for row in rows
    ]


def comment_own(actor: Actor, comment_id: int) -> Comment:
    """Return a comment that the actor wrote and may strike. Raises: NotFound."""
    own = Comment.objects.filter(pk=comment_id, by_account=actor.account_id, struck_at=None)
    comment = own.order_by("id").first()
    if comment is None:
        raise NotFound("没有这条意见，或它不是您写的。")
    return comment


def may_comment(actor: Actor, kind: str, subject_id: int, now: datetime) -> bool:
    """Say whether the actor may comment on a record in sight."""
    return can(actor, "comment.write") and subject_kind(kind).may_comment(actor, subject_id, now)


def may_ask(actor: Actor, kind: str, ref: str, now: datetime) -> bool:
    """Say whether the actor may ask about a topic."""
    return can(actor, "question.ask") and topic_kind(kind).holds(actor, ref, local_day(now))


def topics_known() -> dict[tuple[str, str], Topic]:
    """Return every topic in force by (kind, ref)."""
    return {(kind.kind, ref): topic for kind in topic_kinds() for ref, topic in kind.topics(None).items()}


def faq_of(actor: Actor, kind: str, ref: str, now: datetime) -> dict[str, list[QuestionView]]:
    """Return the answered questions about a topic by field ("" for the whole), the first answered first."""
    if not can(actor, "question.view"):
        return {}
    rows = Question.objects.select_related("unit").filter(
        topic_kind=kind, topic_ref=ref, answered_at__isnull=False
    )
    found: dict[str, list[QuestionView]] = defaultdict(list)
    for view in _views(actor, rows.order_by("answered_at", "id"), now):
        found[view.field].append(view)
    return dict(found)


def faq_counts(actor: Actor, kind: str, refs: Collection[str]) -> dict[str, int]:
    """Return how many answered questions there are about each of some topics. One query."""
    if not refs or not can(actor, "question.view"):
        return {}
    answered = Question.objects.filter(topic_kind=kind, topic_ref__in=refs, answered_at__isnull=False)
    counted = answered.order_by("topic_ref").values_list("topic_ref").annotate(number=Count("id"))
    return dict(counted)


def questions_mine(actor: Actor, now: datetime) -> QuerySet[Question]:
    """Return the open questions that wait for the actor's answer, the longest waiting first."""
    rows = Question.objects.select_related("unit").filter(
        answered_by(actor, local_day(now)), answered_at=None, withdrawn_at=None
    )
    return rows.order_by("asked_at", "id")


def question_view(actor: Actor, question_id: int, now: datetime) -> QuestionView:
    """Return one question with every version of its answer. Raises: NotFound."""
    return _views(actor, [question_visible(actor, question_id, local_day(now))], now)[0]


def questions_found(
    actor: Actor, now: datetime, *, state: str = "", topic: str = "", text: str = "", mine: bool = False
) -> list[QuestionView]:
    """Return the questions in sight: open ones first, the longest waiting first, then the newest answered.

    ``state``: a key of ``STATES``; ``topic``: "kind:ref"; ``text``: in question, answer or field;
    ``mine``: only what the actor is to answer.
    """
    rows = questions_visible(actor, local_day(now))
    if mine:
        rows = rows.filter(answered_by(actor, local_day(now)))
    if topic:
        kind, _, ref = topic.partition(":")
        rows = rows.filter(topic_kind=kind, topic_ref=ref)
    found = [
        view for view in _views(actor, rows, now) if state in ("", view.state) and _says(view, text.strip())
    ]
    return sorted(found, key=lambda view: (view.state != "waiting", _order(view), view.id))


def _order(view: QuestionView) -> float:
    return view.asked_at.timestamp() if view.state == "waiting" else -view.asked_at.timestamp()


def _says(view: QuestionView, text: str) -> bool:
    said = (view.text, view.field_title, view.topic.title, view.answer.text if view.answer else "")
    return not text or any(text in part for part in said)


def _views(actor: Actor, rows: Iterable[Question], now: datetime) -> list[QuestionView]:
    questions = list(rows)
    topics = _topics(questions)
    answers: dict[int, list[AnswerView]] = defaultdict(list)
    versions = QuestionAnswer.objects.filter(question_id__in=[row.pk for row in questions])
    for each in versions.order_by("question_id", "-version"):
        answers[each.question_id].append(AnswerView(each.version, each.text, each.at, each.by_unit))
    to_answer = _to_answer(actor, questions, now)
    return [
        _view(actor, row, topics[row.topic_kind, row.topic_ref], answers[row.pk], row.pk in to_answer, now)
        for row in questions
    ]


def _to_answer(actor: Actor, questions: Sequence[Question], now: datetime) -> set[int]:
    mine = Q(pk__in=[row.pk for row in questions]) & answered_by(actor, local_day(now))
    return set(Question.objects.filter(mine).order_by("id").values_list("pk", flat=True))


def _topics(questions: Sequence[Question]) -> dict[tuple[str, str], Topic]:
    """Return the topics of questions; one whose pack is gone is told by its code."""
    refs: dict[str, set[str]] = defaultdict(set)
    for row in questions:
        refs[row.topic_kind].add(row.topic_ref)
    found: dict[tuple[str, str], Topic] = {}
    for kind, wanted in refs.items():
        known = topic_kind(kind).topics(frozenset(wanted))
        for ref in wanted:
            found[kind, ref] = known.get(ref) or Topic(kind, ref, ref, {}, "")
    return found


def _view(
    actor: Actor,
    row: Question,
    topic: Topic,
    answers: Sequence[AnswerView],
    to_answer: bool,
    now: datetime,
) -> QuestionView:
    own = actor.unit_id is not None and row.unit_id == actor.unit_id
    state = "withdrawn" if row.withdrawn_at else "answered" if row.answered_at else "waiting"
    until = row.answered_at or row.withdrawn_at or now
    return QuestionView(
        id=row.pk,
        topic=topic,
        field=row.field,
        field_title=topic.fields.get(row.field, row.field),
        text=row.text,
        state=state,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        unit_title=row.unit.title if own or to_answer or can(actor, "question.oversee") else "",
        answers=tuple(answers),
        waited=(local_day(until) - local_day(row.asked_at)).days,
        mine=row.asked_by_account == actor.account_id,
        to_answer=to_answer,
    )
