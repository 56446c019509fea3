"""Obligations, their versioned filings, import batches, and the facts that figures are computed from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root

CODE_COLUMNS = tuple(f"c{number:02}" for number in range(1, 13))
INTEGER_COLUMNS = tuple(f"i{number:02}" for number in range(1, 25))


class Answer(models.TextChoices):
    """What an obligation was answered with. Missing is not an answer: it is ``none`` past the due time."""

    NONE = "none", "未报"
    FILED = "filed", "已报"
    NIL = "nil", "零报告"
    EXCUSED = "excused", "免报"


class State(models.TextChoices):
    """The life of one version of a filing."""

    SUBMITTED = "submitted", "已提交"
    ACCEPTED = "accepted", "已通过"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    SUPERSEDED = "superseded", "已被更正"


class LockMode(models.TextChoices):
    """What happens to an entry after the lock time."""

    NONE = "none", "不锁定"
    SOFT = "soft", "须说明理由"
    HARD = "hard", "不再接收"


class ImportBatch(Root):
    """One file taken in: for which form and period, how many rows went in and how many stayed out."""

    ledger_type: ClassVar[str] = "import_batch"
    ledger_private: ClassVar[tuple[str, ...]] = ("file_name",)

    token = models.UUIDField("凭据", unique=True, help_text="草稿的凭据：同一草稿只入库一次。")
    form_ref = CodeField("表单", max_length=80)
    import_ref = CodeField("导入模板", max_length=80)
    period_code = CodeField("期间", max_length=20, blank=True, help_text="为空时各行自带期间。")
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    rows_taken = models.PositiveIntegerField("入库行数")
    rows_left = models.PositiveIntegerField("未入库行数")
    taken_at = models.DateTimeField("入库时间")
    taken_by_account = models.BigIntegerField("操作账号")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        indexes = [models.Index(fields=["form_ref", "-taken_at"], name="filings_batch_of_form")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.period_code}".strip()


class Obligation(Root):
    """One unit owes one form for one period. It keeps its unit, parents and place in the base for ever.

    ``parents``: list of [code, id] from the root of the tree down to the direct parent, on the opening day.
    ``definition`` is the form as it was on that day.
    """

    ledger_type: ClassVar[str] = "obligation"
    ledger_private: ClassVar[tuple[str, ...]] = ("excuse_reason",)

    form_ref = CodeField("表单", max_length=80)
    definition = models.ForeignKey(
        "definitions.Definition", verbose_name="表单定义", on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("org.Unit", verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    unit_code = CodeField("开放日单位编码", max_length=40)
    unit_kind = CodeField("开放日单位类别", max_length=20)
    period_code = CodeField("期间", max_length=20)
    period_kind = CodeField("期间类别", max_length=8)
    period_start = models.DateField("期间首日")
    period_end = models.DateField("期间末日")
    opened_on = models.DateField("开放日")
    due_at = models.DateTimeField("截止时间", null=True, blank=True)
    due_provisional = models.BooleanField("截止时间暂定", default=False)
    lock_at = models.DateTimeField("锁定时间", null=True, blank=True)
    lock_mode = CodeField("锁定方式", max_length=8, choices=LockMode.choices, default=LockMode.NONE)
    answer = CodeField("答复", max_length=8, choices=Answer.choices, default=Answer.NONE)
    excuse_reason = models.TextField("免报理由", blank=True)
    parents = models.JSONField("开放日上级链", default=list)
    current_version = models.PositiveIntegerField("现行版次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "应报"
        constraints = [
            models.UniqueConstraint(
                fields=["form_ref", "unit", "period_code"],
                name="filings_one_obligation",
                violation_error_message="该单位本期的这张表单已经开放。",
            ),
            models.CheckConstraint(
                condition=models.Q(period_start__lte=models.F("period_end")),
                name="filings_period_order",
                violation_error_message="期间首日不得晚于末日。",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=Answer.values),
                name="filings_answer_known",
                violation_error_message="答复只能是未报、已报、零报告或免报。",
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=[Answer.NONE, Answer.EXCUSED])
                | models.Q(current_version__gt=0),
                name="filings_answer_has_version",
                violation_error_message="已报或零报告必须有填报版次。",
            ),
        ]
        indexes = [
            models.Index(fields=["form_ref", "period_start", "period_end"], name="filings_form_period"),
            models.Index(fields=["form_ref", "answer"], name="filings_form_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref} {self.unit_code} {self.period_code}"


class Filing(Ledgered):
    """One version of the answer to an obligation.

    ``values``: field key → canonical text (decimals in plain spelling, dates ISO) or null where left blank.
    """

    ledger_type: ClassVar[str] = "filing"
    ledger_private: ClassVar[tuple[str, ...]] = ("note",)

    obligation = models.ForeignKey(
        Obligation, verbose_name="应报", on_delete=models.PROTECT, related_name="filings"
    )
    version = models.PositiveIntegerField("版次")
    state = CodeField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    values = models.JSONField("填报值", default=dict)
    note = models.TextField("说明", blank=True)
    occurred_on = models.DateField("发生日期", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by_account = models.BigIntegerField("提交账号")
    submitted_by_post = CodeField("提交岗位", max_length=40, blank=True)
    submitted_by_unit = CodeField("提交单位", max_length=40, blank=True)
    source_batch = models.ForeignKey(
        ImportBatch,
        verbose_name="导入批次",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
    )
    source_row = models.PositiveIntegerField("导入行号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报版次"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "version"],
                name="filings_one_version",
                violation_error_message="同一应报的版次不得重复。",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="filings_state_known",
                violation_error_message="填报状态不在规定之列。",
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1),
                name="filings_version_from_one",
                violation_error_message="版次从 1 起编。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} 第{self.version}版"


class ImportDraft(models.Model):
    """An uploaded file that waits for "take" or "cancel". Not in the ledger: nothing has happened yet."""

    token = models.UUIDField("凭据", unique=True)
    account_id = models.BigIntegerField("上传账号")
    form_ref = CodeField("表单", max_length=80)
    import_ref = CodeField("导入模板", max_length=80)
    period_code = CodeField("期间", max_length=20, blank=True)
    file_name = models.CharField("文件名", max_length=255)
    file_sha = CodeField("文件摘要", max_length=64)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "导入草稿"
        indexes = [models.Index(fields=["account_id", "-created_at"], name="filings_draft_of_account")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.token}"


class FactSlot(models.Model):
    """Which column of the fact table holds a field of a form.

    ``kind`` is ``integer`` (the value times 10^scale) or ``code`` (text, scale 0). It never moves.
    """

    form_ref = CodeField("表单", max_length=80)
    field = CodeField("字段", max_length=40)
    column = CodeField("列", max_length=3)
    scale = models.PositiveSmallIntegerField("小数位")
    kind = CodeField("列类", max_length=8)

    class Meta:
        verbose_name = verbose_name_plural = "事实列"
        constraints = [
            models.UniqueConstraint(
                fields=["form_ref", "field"],
                name="filings_slot_of_field",
                violation_error_message="同一字段只占一列。",
            ),
            models.UniqueConstraint(
                fields=["form_ref", "column"],
                name="filings_slot_of_column",
                violation_error_message="同一列只给一个字段。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref}.{self.field} → {self.column}"


class FilingFact(models.Model):
    """One version of a filing as figures read it; derived, written in the transaction of the filing.

    ``from_ms`` … ``to_ms`` (milliseconds, half open, null: still in force) is when the version counted.
    ``month`` is year × 100 + month in which the period ends. ``tag`` is 31 bits of the row's SHA-256.
    """

    filing_id = models.BigIntegerField("填报", unique=True)
    obligation_id = models.BigIntegerField("应报")
    form_ref = CodeField("表单", max_length=80)
    unit_id = models.BigIntegerField("单位")
    unit_code = CodeField("单位编码", max_length=40)
    unit_kind = CodeField("单位类别", max_length=20)
    unit_branch = CodeField("所属分支", max_length=40)
    unit_parent = CodeField("上级单位", max_length=40)
    period_code = CodeField("期间", max_length=20)
    period_kind = CodeField("期间类别", max_length=8)
    period_start = models.DateField("期间首日")
    period_end = models.DateField("期间末日")
    month = models.IntegerField("统计月")
    answer = CodeField("答复", max_length=8)
    submitted_ms = models.BigIntegerField("提交毫秒")
    due_ms = models.BigIntegerField("截止毫秒", null=True)
    from_ms = models.BigIntegerField("起效毫秒")
    to_ms = models.BigIntegerField("失效毫秒", null=True)
    tag = models.BigIntegerField("行标记")

    class Meta:
        verbose_name = verbose_name_plural = "填报事实"
        indexes = [
            models.Index(fields=["form_ref", "month", "unit_id"], name="filings_fact_month"),
            models.Index(fields=["obligation_id"], name="filings_fact_obligation"),
        ]

    def __str__(self) -> str:
        return f"{self.form_ref} {self.unit_code} {self.period_code}"


for _column in INTEGER_COLUMNS:
    models.BigIntegerField(_column, null=True).contribute_to_class(FilingFact, _column)
for _column in CODE_COLUMNS:
    CodeField(_column, max_length=200, null=True).contribute_to_class(FilingFact, _column)
