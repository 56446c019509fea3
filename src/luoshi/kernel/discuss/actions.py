"""Every change of comments and questions: who, lock, state, change, record, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.beijing import local_day
from luoshi.core.errors import Duplicate, Incomplete, Invalid, NotAllowed, NotFound, SamePerson, WrongState
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.discuss.hooks import subject_kind, topic_kind, topic_of
from luoshi.kernel.discuss.models import Comment, Question, QuestionAnswer
from luoshi.kernel.discuss.sight import question_visible
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.ledger.rows import Ledgered
from luoshi.kernel.notify.actions import Target, notice_send
from luoshi.kernel.notify.recipients import To, holder

LONGEST = 1000
TOPIC = "question"


@transaction.atomic
def comment_add(*, actor: Actor, kind: str, subject_id: int, text: str, now: datetime) -> Comment:
    """Say something about a record; everybody who sees the record reads it, and it is never edited.

    Raises: NotFound (the record is out of sight), NotAllowed (has no part in it), Incomplete, Invalid (text).
    Ledger: ``comment.added``.
    """
    subject = subject_kind(kind)
    subject.check(actor, subject_id)
    require_right(actor, "comment.write")
    if not subject.may_comment(actor, subject_id, now):
        raise NotAllowed(f"只有{subject.who}可以写意见。")
    comment = Comment.objects.create(
        subject_kind=kind,
        subject_id=subject_id,
        text=_text(text, "请写明意见。"),
        at=now,
        by_account=actor.account_id,
        by_post=actor.post_code,
        by_unit=actor.unit_code,
    )
    record(comment, "comment.added", by=actor.by, at=now, data=_subject(comment))
    if subject.commented is not None:
        subject.commented(actor, subject_id, comment.pk, now)
    return comment


@transaction.atomic
def comment_strike(*, actor: Actor, comment_id: int, now: datetime) -> Comment:
    """Take one's own comment out of sight; that it was there, when and by whom stays readable.

    Raises: NotFound, NotAllowed (not the author), WrongState (struck already).
    Ledger: ``comment.struck``.
    """
    comment = Comment.objects.select_for_update().filter(pk=comment_id).first()
    if comment is None:
        raise NotFound("没有这条意见，或您无权查看。")
    subject_kind(comment.subject_kind).check(actor, comment.subject_id)
    require(comment.by_account == actor.account_id, "只有写意见的本人可以划去。")
    require(comment.struck_at is None, "这条意见已经划去。", WrongState)
    comment.struck_at = now
    comment.save()
    record(comment, "comment.struck", by=actor.by, at=now, data=_subject(comment))
    return comment


@transaction.atomic
def question_ask(*, actor: Actor, kind: str, ref: str, text: str, now: datetime, field: str = "") -> Question:
    """Ask about a form (``ref``) or one of its fields, on behalf of the actor's unit.

    Raises: NotFound (no such topic), NotAllowed (no right, or the unit does not hold it), Incomplete, Invalid
    (text, field), Duplicate (the unit asked the same and waits for the answer).
    Ledger: ``question.asked``.
    """
    topic = topic_of(kind, ref)
    require_right(actor, "question.ask")
    if actor.unit_id is None or not topic_kind(kind).holds(actor, ref, local_day(now)):
        raise NotAllowed(f"“{topic.title}”不由您的单位填报，不能代为提问。")
    require(not field or field in topic.fields, "没有这一填报项，请重新选择。", Invalid)
    text = _text(text, "请写明问题。")
    same = Question.objects.filter(
        topic_kind=kind, topic_ref=ref, field=field, unit_id=actor.unit_id, text=text
    )
    if same.filter(withdrawn_at=None, answered_at=None).exists():
        raise Duplicate("本单位已经提过这个问题，正在等待答复，请勿重复提问。")
    question = Question.objects.create(
        topic_kind=kind,
        topic_ref=ref,
        field=field,
        unit_id=actor.unit_id,
        unit_code=actor.unit_code,
        text=text,
        asked_at=now,
        asked_by_account=actor.account_id,
        asked_by_post=actor.post_code,
    )
    _record(question, "question.asked", actor, now)
    about = f"{topic.title}{'·' + topic.fields[field] if field else ''}"
    to = topic_kind(kind).tell(ref, actor.unit_id)
    _tell(question, to, f"{actor.unit_title}就“{about}”提问，请答复。", actor, now)
    return question


@transaction.atomic
def question_withdraw(*, actor: Actor, question_id: int, now: datetime) -> Question:
    """Take one's own question back while it has no answer.

    Raises: NotFound, NotAllowed (somebody else's), WrongState (answered or withdrawn).
    Ledger: ``question.withdrawn``.
    """
    question = _locked(actor, question_id, now)
    require(question.asked_by_account == actor.account_id, "只有提问的本人可以撤回。")
    _waiting(question)
    question.withdrawn_at = now
    question.save()
    _record(question, "question.withdrawn", actor, now)
    return question


@transaction.atomic
def question_answer(*, actor: Actor, question_id: int, text: str, now: datetime) -> QuestionAnswer:
    """Answer a question; question and answer are then read by everybody who files.

    Raises: NotFound, NotAllowed (who answers is somebody else), SamePerson (one's own question), WrongState
    (answered or withdrawn), Incomplete, Invalid (text).
    Ledger: ``question.answered`` with the answer.
    """
    question = _answerable(actor, question_id, now)
    _waiting(question)
    question.answered_at = now
    answer = _answer(question, actor, text, now)
    _record(question, "question.answered", actor, now, answer)
    _tell_asker(question, "已答复，请查看。", actor, now)
    return answer


@transaction.atomic
def answer_revise(*, actor: Actor, question_id: int, text: str, now: datetime) -> QuestionAnswer:
    """Replace the answer in force by a new version; the old one stays readable.

    Raises: NotFound, NotAllowed, SamePerson, WrongState (no answer yet), Incomplete, Invalid (text, or the
    same as before).
    Ledger: ``question.revised`` with the new version.
    """
    question = _answerable(actor, question_id, now)
    require(question.version, "这个问题还没有答复，请直接答复。", WrongState)
    standing = question.answers.get(version=question.version)
    require(text.strip() != standing.text, "与现行答复相同，没有可修订的内容。", Invalid)
    answer = _answer(question, actor, text, now)
    _record(question, "question.revised", actor, now, answer)
    _tell_asker(question, "的答复有修订，请查看。", actor, now)
    return answer


def _locked(actor: Actor, question_id: int, now: datetime) -> Question:
    question_visible(actor, question_id, local_day(now))
    return Question.objects.select_for_update().get(pk=question_id)


def _answerable(actor: Actor, question_id: int, now: datetime) -> Question:
    question = _locked(actor, question_id, now)
    require_right(actor, "question.answer")
    kind = topic_kind(question.topic_kind)
    if question.topic_ref not in kind.answered(actor, local_day(now)):
        topic = topic_of(question.topic_kind, question.topic_ref)
        raise NotAllowed(f"“{topic.title}”的问题由{topic.answered_by}答复，您当前的岗位不能答复。")
    require(
        question.asked_by_account != actor.account_id, "不能答复本人提出的问题，请由他人答复。", SamePerson
    )
    return question


def _waiting(question: Question) -> None:
    require(question.withdrawn_at is None, "这个问题已经撤回。", WrongState)
    require(
        question.answered_at is None,
        "这个问题已经答复，不能撤回或重复答复；需要改动的，请修订答复。",
        WrongState,
    )


def _answer(question: Question, actor: Actor, text: str, now: datetime) -> QuestionAnswer:
    question.version += 1
    answer = QuestionAnswer.objects.create(
        question=question,
        version=question.version,
        text=_text(text, "请写明答复。"),
        at=now,
        by_account=actor.account_id,
        by_post=actor.post_code,
        by_unit=actor.unit_code,
    )
    question.save()
    return answer


def _record(question: Question, kind: str, actor: Actor, now: datetime, *rows: Ledgered) -> None:
    data = {
        "topic": question.topic_ref,
        "field": question.field,
        "unit": question.unit_code,
        "version": question.version,
    }
    record(question, kind, by=actor.by, at=now, rows=rows, data=data)


def _tell_asker(question: Question, words: str, actor: Actor, now: datetime) -> None:
    topic = topic_of(question.topic_kind, question.topic_ref)
    to = (holder(question.asked_by_post, question.unit_id, "提问岗位"),)
    _tell(question, to, f"您就“{topic.title}”提出的问题{words}", actor, now)


def _tell(question: Question, to: tuple[To, ...], text: str, actor: Actor, now: datetime) -> None:
    notice_send(
        by=actor,
        to=to,
        topic=TOPIC,
        text=text,
        target=Target(question.ledger_type, question.pk, question.unit_id),
        now=now,
        key=f"question:{question.pk}:{question.version}",
    )


def _subject(comment: Comment) -> dict[str, object]:
    return {"subject": comment.subject_kind, "id": comment.subject_id}


def _text(text: str, wanted: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Incomplete(wanted, fields={"text": wanted})
    if len(text) > LONGEST:
        message = f"不得超过 {LONGEST} 字，现有 {len(text)} 字，请删减。"
        raise Invalid(message, fields={"text": message})
    return text
