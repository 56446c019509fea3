"""Comments, questions and the versions of their answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Comment(Root):
    """What somebody said about one record. Never edited; once struck it is no longer shown.

    ``subject_kind`` is the ``ledger_type`` of the record, ``subject_id`` its id.
    """

    ledger_type: ClassVar[str] = "comment"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    subject_kind = CodeField("对象类别", max_length=32)
    subject_id = models.BigIntegerField("对象")
    text = models.TextField("意见")
    at = models.DateTimeField("时间")
    by_account = models.BigIntegerField("账号")
    by_post = CodeField("岗位", max_length=60, blank=True)
    by_unit = CodeField("单位", max_length=40, blank=True)
    struck_at = models.DateTimeField("划去时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见"
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="discuss_comment_of")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class Question(Root):
    """What a unit asks about something it holds: a form, or one of its fields.

    ``topic_kind`` and ``topic_ref`` name what it is about, ``field`` one field of it or empty for the whole.
    ``version``: the newest answer, 0 before the first.
    """

    ledger_type: ClassVar[str] = "question"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    topic_kind = CodeField("类别", max_length=20)
    topic_ref = CodeField("所问", max_length=80)
    field = CodeField("填报项", max_length=40, blank=True)
    unit = models.ForeignKey("org.Unit", verbose_name="提问单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("提问单位编码", max_length=40)
    text = models.TextField("问题")
    asked_at = models.DateTimeField("提问时间")
    asked_by_account = models.BigIntegerField("提问账号")
    asked_by_post = CodeField("提问岗位", max_length=60, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    answered_at = models.DateTimeField("首次答复时间", null=True, blank=True)
    version = models.PositiveIntegerField("现行答复版次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(answered_at__isnull=True),
                name="discuss_withdrawn_unanswered",
                violation_error_message="已答复的问题不能撤回。",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, version=0)
                | models.Q(answered_at__isnull=False, version__gt=0),
                name="discuss_answered_has_version",
                violation_error_message="已答复的问题须有答复版次。",
            ),
        ]
        indexes = [
            models.Index(fields=["topic_kind", "topic_ref", "field"], name="discuss_question_of"),
            models.Index(fields=["answered_at", "asked_at"], name="discuss_question_open"),
        ]

    def __str__(self) -> str:
        return f"{self.topic_ref} {self.field}".strip()


class QuestionAnswer(Ledgered):
    """One version of the answer to a question; the newest counts, older ones stay readable."""

    ledger_type: ClassVar[str] = "question_answer"
    ledger_private: ClassVar[tuple[str, ...]] = ("text",)

    question = models.ForeignKey(
        Question, verbose_name="问题", on_delete=models.PROTECT, related_name="answers"
    )
    version = models.PositiveIntegerField("版次")
    text = models.TextField("答复")
    at = models.DateTimeField("答复时间")
    by_account = models.BigIntegerField("答复账号")
    by_post = CodeField("答复岗位", max_length=60, blank=True)
    by_unit = CodeField("答复单位", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        constraints = [
            models.UniqueConstraint(
                fields=["question", "version"],
                name="discuss_one_answer_version",
                violation_error_message="同一问题的答复版次不得重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id} 第{self.version}版"
