"""A calendar lists only the days that a notice names, and the years whose notice is out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from luoshi.db.fields import CodeField
from luoshi.kernel.ledger.rows import Ledgered, Root


class Calendar(Root):
    """One working-day calendar. ``fingerprint`` names its content: two equal ones count days alike."""

    ledger_type: ClassVar[str] = "calendar"

    code = CodeField("编码", max_length=20, unique=True)
    title = models.CharField("名称", max_length=60)
    fingerprint = CodeField("内容摘要", max_length=64)

    class Meta:
        verbose_name = "工作日历"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.title


class CalendarDay(Ledgered):
    """A day the yearly notice names: a holiday (also one that falls on a weekend), or a weekend worked."""

    ledger_type: ClassVar[str] = "calendar_day"

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="days", verbose_name="工作日历")
    date = models.DateField("日期")
    is_workday = models.BooleanField("是否工作日")
    title = models.CharField("事由", max_length=60)
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = "特殊日"
        ordering: ClassVar = ["calendar_id", "date"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calendar", "date"],
                name="calendar_day_once",
                violation_error_message="该日期已有安排。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.title}"


class CalendarYear(Ledgered):
    """Whether the arrangement of one year is published; due dates beyond a published year are provisional."""

    ledger_type: ClassVar[str] = "calendar_year"

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="years", verbose_name="工作日历")
    year = models.PositiveSmallIntegerField("年度")
    published = models.BooleanField("放假安排已公布")

    class Meta:
        verbose_name = "日历年度"
        ordering: ClassVar = ["calendar_id", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once"),
            models.CheckConstraint(
                condition=models.Q(year__gte=1949, year__lte=2200), name="calendar_year_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年"
