"""The district's plan of the year: taken from a sheet, handed out, carried out, verified by another unit.

Every act at its own moment on the line of the year, by the same actions as users take. Most measures are done
in time, some late, returned, extended, taken back or still open; lasting ones never close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK
from luoshi.demo.district.places import Scale
from luoshi.demo.district.year import Year
from luoshi.domains.plans.actions import measure_put, plan_make
from luoshi.domains.plans.handing import baseline_take, measures_hand_out
from luoshi.domains.plans.importing import plan_import
from luoshi.domains.plans.models import Plan, PlanNode
from luoshi.domains.plans.queries import typed_of
from luoshi.domains.plans.saying import measure_say
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.files.tables import Table
from luoshi.kernel.items.actions import item_move
from luoshi.kernel.items.clock_models import ClockExtension, ItemClock
from luoshi.kernel.items.extending import extension_ask, extension_decide
from luoshi.kernel.items.given import Given
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED

ISSUED = date(2023, 1, 10)
BEGUN = date(2023, 1, 16)
KEPT = date(2023, 4, 28)
MOVED = date(2023, 5, 8)
TITLE = "2023年度重点任务分解"
SOURCE = "示例区发〔2023〕1号"
ASPECTS_SMALL = 4
LEAD_COLUMNS = ("牵头单位", "配合单位")

DONE = (
    "已按要求完成，台账和工作记录齐全，可在本单位查阅。",
    "全部事项办结，结果已书面反馈有关单位。",
    "方案已印发执行，各项措施落实到科室和岗位。",
    "抽查核对完毕，发现的问题均已补正。",
)
SAID = (
    "正在征求有关单位意见，预计按期完成。",
    "摸底工作完成，正在汇总问题清单。",
    "初稿已形成，待主要负责人审定。",
    "完成过半，其余事项已列出时间表。",
)
CHECKED = ("现场核对，与报送情况一致。", "查阅台账和记录，符合要求。", "抽查三处，均已落实。")
RETURNED = "台账缺少办结日期，抽查两处与报送情况不一致，请补正后再报。"
STAGED = "本阶段目标完成，转入持续坚持，年底再作检查。"
EXTENDED = "需与上级部门衔接口径，申请顺延。"
GRANTED = "情况属实，同意顺延。"
OBJECTED = "该事项的主管职责已调整，建议重新确定牵头单位。"
KEPT_LEAD = "经核对职责分工，仍由原单位牵头，有关单位配合。"
REPLANNED = "上级工作进度调整，时限相应顺延。"
LOOKED_BACK = "回头看未发现反弹。"
RELAPSED = "回头看发现问题反弹，请继续办理。"


@dataclass(frozen=True, slots=True)
class Job:
    """One measure in hand and the draws that decide how it goes."""

    code: str
    item_id: int
    unit: str
    due: date
    lasting: bool
    luck: float
    draw: Random


class Plans:
    """Plans the acts of the plan on the line of a year."""

    def __init__(
        self, year: Year, scale: Scale, posts: Mapping[str, str], office_unit: str, check_unit: str
    ) -> None:
        self.year, self.posts, self.office_unit, self.check_unit = year, posts, office_unit, check_unit
        self.full = scale.most is None
        self.titles = [title for _, _, title in scale.units()]
        self.plan_id = 0
        begun = max(BEGUN, year.later(scale.begins, 1))
        year.at(begun, 10 * 60, self._made)
        year.at(year.later(begun, 1), 9 * 60 + 30, self._handed)
        year.at(KEPT, 16 * 60, self._kept)
        year.at(MOVED, 10 * 60, self._moved)

    def _actor(self, who: str, now: datetime) -> Actor:
        return self.year.staff.at(self.posts[who], local_day(now))

    def _made(self, now: datetime) -> None:
        """Install the pack, begin the plan and take its sheet."""
        self.year.tell("安装业务包：任务分解")
        bindings = {"office": self.office_unit}
        pack_install(actor=self._actor("admin", now), path=SHIPPED / "renwu", bindings=bindings, now=now)
        office = self._actor("drafter", now)
        plan = plan_make(
            actor=office,
            title=TITLE,
            year=ISSUED.year,
            issued_on=ISSUED,
            sources=[SOURCE],
            verifier_code=self.check_unit,
            now=now,
        )
        self.plan_id = plan.pk
        plan_import(actor=office, plan_id=plan.pk, table=self._table(), now=now)

    def _table(self) -> Table:
        """Return the breakdown; at the small scale its first aspects, with the units that there are."""
        content = (SHIPPED / "renwu" / "fixtures" / "plan.csv").read_bytes()
        table = read_table("任务分解.csv", content)
        if self.full:
            return table
        aspects = list(dict.fromkeys(row[0] for row in table.rows))[:ASPECTS_SMALL]
        lead, co = (table.columns.index(title) for title in LEAD_COLUMNS)
        rows = [list(row) for row in table.rows if row[0] in aspects]
        for number, row in enumerate(rows):
            row[lead] = self.titles[number % len(self.titles)]
            row[co] = self.titles[(number + 5) % len(self.titles)] if row[co] else None
        return replace(table, rows=rows)

    def _handed(self, now: datetime) -> None:
        """Hand everything out and plan how each measure goes."""
        aspects = PlanNode.objects.filter(plan_id=self.plan_id, parent=None).order_by("sort")
        ids = list(aspects.values_list("id", flat=True))
        nodes = measures_hand_out(
            actor=self._actor("drafter", now), plan_id=self.plan_id, node_ids=ids, now=now
        )
        self.year.tell(f"任务分解：下达举措 {len(nodes)} 项")
        for node in nodes:
            assert node.lead is not None and node.item_id is not None
            draw = random_of("plan", node.code)
            due = node.due_on or date(ISSUED.year, 4, 28) + timedelta(days=draw.randint(0, 40))
            job = Job(node.code, node.item_id, node.lead.code, due, node.lasting, draw.random(), draw)
            self._planned(job, local_day(now))

    def _planned(self, job: Job, today: date) -> None:
        accepted = self.year.later(today, job.draw.randint(1, 3))
        if job.code.endswith("2.2"):
            self._at(accepted, job, self._objected)
            self._at(self.year.later(accepted, 2), job, self._resent)
            accepted = self.year.later(accepted, 4)
        self._at(accepted, job, self._accepted)
        if job.luck > 0.97:
            return
        if job.draw.random() < 0.3:
            self._at(self.year.later(accepted, job.draw.randint(12, 30)), job, self._said)
        if job.lasting and job.luck > 0.5:
            return
        ready = job.due - timedelta(days=job.draw.randint(1, 14))
        if job.luck < 0.06 and not job.lasting:
            self._at(job.due - timedelta(days=4), job, self._extension_asked)
            self._at(job.due - timedelta(days=3), job, self._extension_decided)
            ready = job.due + timedelta(days=job.draw.randint(2, 8))
        elif job.luck < 0.15 and not job.lasting:
            ready = job.due + timedelta(days=job.draw.randint(2, 12))
        self._at(self._workday(ready), job, self._reported)

    def _accepted(self, job: Job, now: datetime) -> None:
        self._move(job, "accept", self._lead(job, now), now)

    def _objected(self, job: Job, now: datetime) -> None:
        self._move(job, "object", self._lead(job, now), now, note=OBJECTED)

    def _resent(self, job: Job, now: datetime) -> None:
        until = date(ISSUED.year, 12, 31) if job.lasting else job.due
        values = {"until": until.isoformat()}
        self._move(job, "resend", self._actor("drafter", now), now, note=KEPT_LEAD, values=values)

    def _said(self, job: Job, now: datetime) -> None:
        percent, text = job.draw.randrange(20, 90, 10), job.draw.choice(SAID)
        measure_say(actor=self._lead(job, now), item_id=job.item_id, percent=percent, text=text, now=now)

    def _extension_asked(self, job: Job, now: datetime) -> None:
        clock = self._clock(job)
        extension_ask(actor=self._lead(job, now), clock_id=clock.pk, number=10, reason=EXTENDED, now=now)

    def _extension_decided(self, job: Job, now: datetime) -> None:
        asked = ClockExtension.objects.get(clock=self._clock(job))
        extension_decide(
            actor=self._actor("checker", now), extension_id=asked.pk, approve=True, note=GRANTED, now=now
        )

    def _reported(self, job: Job, now: datetime) -> None:
        values = {"result": job.draw.choice(DONE)}
        self._move(job, "report", self._lead(job, now), now, values=values)
        day = self.year.later(local_day(now), job.draw.randint(1, 4))
        self._at(day, job, self._returned if 0.15 < job.luck < 0.22 else self._verified)

    def _returned(self, job: Job, now: datetime) -> None:
        self._move(job, "rework", self._actor("checker", now), now, note=RETURNED)
        again = replace(job, luck=0.5)
        self._at(self.year.later(local_day(now), job.draw.randint(2, 5)), again, self._reported)

    def _verified(self, job: Job, now: datetime) -> None:
        checker = self._actor("checker", now)
        if job.lasting:
            self._move(job, "stage", checker, now, note=STAGED)
            return
        self._move(job, "confirm", checker, now, note=job.draw.choice(CHECKED))
        if job.luck > 0.93:
            self._at(self.year.later(local_day(now), 20), job, self._rechecked)

    def _rechecked(self, job: Job, now: datetime) -> None:
        move, note = ("reopen", RELAPSED) if job.luck > 0.96 else ("recheck", LOOKED_BACK)
        self._move(job, move, self._actor("checker", now), now, note=note)

    def _kept(self, now: datetime) -> None:
        baseline_take(actor=self._actor("drafter", now), plan_id=self.plan_id, label="四月底", now=now)

    def _moved(self, now: datetime) -> None:
        """Give two measures that are under way another date: they are handed out and accepted anew."""
        plan = Plan.objects.get(pk=self.plan_id)
        rows = PlanNode.objects.filter(plan=plan, item__state="doing", due_on__gt=date(2023, 6, 12))
        rows = rows.filter(lead__closed_on=None).exclude(cos__unit__closed_on__isnull=False)
        for node in rows.select_related("lead").order_by("sort")[:2]:
            assert node.item_id is not None and node.lead is not None
            typed = replace(typed_of(plan, node), due="2023年11月底")
            office = self._actor("drafter", now)
            measure_put(actor=office, plan_id=plan.pk, typed=typed, now=now, reason=REPLANNED)
            draw, due = random_of("plan.again", node.code), date(ISSUED.year, 11, 30)
            again = Job(node.code, node.item_id, node.lead.code, due, lasting=False, luck=0.5, draw=draw)
            self._at(self.year.later(local_day(now), 2), again, self._accepted)

    def _clock(self, job: Job) -> ItemClock:
        return ItemClock.objects.filter(item_id=job.item_id, key="due").order_by("-round")[0]

    def _lead(self, job: Job, now: datetime) -> Actor:
        return self.year.staff.actor(job.unit, CLERK, local_day(now))

    def _move(self, job: Job, move: str, actor: Actor, now: datetime, **given: Any) -> None:
        item_move(actor=actor, item_id=job.item_id, move=move, given=Given(**given), now=now)

    def _at(self, day: date, job: Job, act: Callable[[Job, datetime], None]) -> None:
        """Plan an act of a measure within office hours of a day."""
        minute = 8 * 60 + 40 + job.draw.randint(0, 480)
        self.year.at(self._workday(day), minute, lambda now: act(job, now))

    def _workday(self, day: date) -> date:
        return day if self.year.calendar.is_workday(day) else self.year.later(day, 1)
