"""Designs of forms being written, and what was asked and decided about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Root


class ProposalState(models.TextChoices):
    """The life of a proposal. The last three are final: what comes next is a new proposal."""

    ASKED = "asked", "待审批"
    ADMITTED = "admitted", "已准入"
    REFUSED = "refused", "未准入"
    WITHDRAWN = "withdrawn", "已撤回"


class ProposalDraft(models.Model):
    """A form being designed. Not in the ledger: nothing has been asked yet.

    ``design``: everything as typed. ``form_key`` and ``form_hash``: the form in force that is to be changed
    and the hash of its definition when the draft began; empty for a new form. ``rev`` grows with every save.
    ``authors``: accounts that wrote on it, none of whom may admit it. ``page``: the page that saved last.
    """

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", verbose_name="申请单位")
    form_key = CodeField("表单代码", max_length=40, blank=True)
    form_hash = CodeField("所改版本", max_length=64, blank=True)
    design = models.JSONField("设计稿")
    rev = models.PositiveIntegerField("修订号")
    page = models.CharField("页面凭据", max_length=32, blank=True)
    authors = models.JSONField("起草账号")
    saved_at = models.DateTimeField("保存时间")
    saved_by_account = models.BigIntegerField("保存账号")
    saved_by_name = models.CharField("保存人", max_length=60)

    class Meta:
        verbose_name = "表单设计稿"
        indexes: ClassVar = [models.Index(fields=["unit", "-saved_at"], name="admission_draft_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.pk}"


class FormProposal(Root):
    """One form that a unit asked to be admitted, as it was designed on that day.

    ``form_key``: of the form to be changed; a new form gets its key when it is admitted. ``pack_version``:
    the version of the pack ``local`` that it came in with.
    """

    ledger_type: ClassVar[str] = "form_proposal"
    ledger_private: ClassVar[tuple[str, ...]] = ("note", "reply")

    title = models.CharField("表单名称", max_length=100)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+", verbose_name="申请单位")
    form_key = CodeField("表单代码", max_length=40, blank=True)
    form_hash = CodeField("所改版本", max_length=64, blank=True)
    design = models.JSONField("设计稿")
    note = models.CharField("申请说明", max_length=500, blank=True)
    authors = models.JSONField("起草账号")
    state = models.CharField("状态", max_length=10, choices=ProposalState.choices)
    asked_at = models.DateTimeField("申请时间")
    asked_by_account = models.BigIntegerField("申请账号")
    asked_by_post = CodeField("申请岗位", max_length=60, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by_account = models.BigIntegerField("审批账号", null=True, blank=True)
    decided_by_post = CodeField("审批岗位", max_length=60, blank=True)
    reply = models.CharField("审批意见", max_length=500, blank=True)
    pack_version = models.PositiveIntegerField("业务包版本", null=True, blank=True)

    class Meta:
        verbose_name = "报表准入申请"
        indexes: ClassVar = [models.Index(fields=["state", "-asked_at"], name="admission_proposal_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=ProposalState.values),
                name="admission_state_known",
                violation_error_message="准入申请的状态不在规定之内。",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ProposalState.ASKED)
                | models.Q(state=ProposalState.WITHDRAWN)
                | models.Q(decided_at__isnull=False, decided_by_account__isnull=False),
                name="admission_decision_named",
                violation_error_message="已审批的准入申请应有审批人和时间。",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ProposalState.ADMITTED)
                | (models.Q(pack_version__isnull=False) & ~models.Q(form_key="")),
                name="admission_admitted_has_form",
                violation_error_message="已准入的申请应有表单代码和业务包版本。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
