"""The district's responsibility lists: adopted, written, published, once revised; three small forms filed.

Every act at its own moment on the line of the year, by the same actions as users take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from luoshi.core.actor import SYSTEM_ACTOR, Actor
from luoshi.core.beijing import local_day
from luoshi.core.periods import Period, periods_between
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD
from luoshi.demo.district.places import Scale
from luoshi.demo.district.words import LATE_REASONS
from luoshi.demo.district.year import OPENED_AT, Act, Year
from luoshi.domains.duties.actions import item_put, list_draft, list_publish, list_revise
from luoshi.domains.duties.adopting import list_adopt
from luoshi.domains.duties.checking import ItemTyped
from luoshi.kernel.filings.actions import (
    filing_sign,
    filing_submit,
    filings_accept_batch,
    obligations_open,
)
from luoshi.kernel.filings.entries import Typed
from luoshi.kernel.filings.forms import form_def
from luoshi.kernel.filings.models import Obligation
from luoshi.kernel.filings.windows import dates_of
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED

BEGUN = date(2023, 2, 1)
IN_FORCE = date(2023, 2, 6)
REVISED = date(2023, 6, 1)
FORMS = ("lists.plan", "lists.quarter", "lists.half")
REVIEW_WEEKDAY, REVIEWED_AT = 2, 16 * 60
MISSING, LATE = 0.03, 0.05

QUARTERLY = ("每季度", "期末后10个工作日")
MONTHLY = ("每月", "期末后5个工作日")
STREETS = (
    ItemTyped("X01", "服务群众", "背街小巷照明、井盖等问题三日内处置", "领导班子", *QUARTERLY),
    ItemTyped("X02", "服务群众", "班子成员包联社区，问题登记后限期答复", "班子成员", "每季度", "期末当日"),
    ItemTyped("X03", "履责记实", "应报事项按时答复", "第一责任人", *QUARTERLY, answer="QD91"),
    ItemTyped("X04", "履责记实", "被退回的填报及时补正", "领导班子", *QUARTERLY, answer="QD92"),
)
OWN: Mapping[str, tuple[str, Sequence[ItemTyped]]] = {
    "JD01": (
        "松涧街道个性清单",
        (
            ItemTyped("Y01", "重点工作", "沿河步道整治按月推进", "领导班子", *MONTHLY),
            ItemTyped("Y02", "重点工作", "加装电梯协商有记录", "班子成员", "每次发生", "发生后5个工作日"),
        ),
    ),
    "ZF01": (
        "城市环境局个性清单",
        (
            ItemTyped("Y01", "行业监管", "施工工地扬尘巡查发现的问题闭环处置", "领导班子", *MONTHLY),
            ItemTyped("Y02", "行业监管", "环卫作业标准执行情况检查", "班子成员", *QUARTERLY),
        ),
    ),
    "ZF02": (
        "政府办公室个性清单",
        (ItemTyped("Y01", "运转保障", "交办事项台账日清周结", "第一责任人", "每月", "期末后3个工作日"),),
    ),
}
MAIN = (
    "班子分工到人，三月底前各科室列出细目，六月和十二月各检查一次。",
    "按季安排重点事项，每项写明承办科室和办成标准。",
    "全年安排分四季推进，年中对照清单自查一次。",
)
RESULT = (
    "两项台账登记不及时，已当场补正。",
    "一处作业点交接记录不全，已要求五日内补齐。",
    "检查了三个条线，未发现新的问题。",
    "一项答复超过约定日期，已说明原因并办结。",
)
CONCLUSION = (
    "确定三项任务，由分管成员牵头，九月底前办成。",
    "确定两项整改，由综合科牵头，七月底前办成。",
)


class Lists:
    """Plans the acts of lists and of their forms on the line of a year."""

    def __init__(self, year: Year, scale: Scale, posts: Mapping[str, str], office_unit: str) -> None:
        self.year, self.posts, self.office_unit = year, posts, office_unit
        self._codes = {code for _, code, _ in scale.units()}
        self._drafts: dict[str, int] = {}
        self._to_review: list[int] = []
        self._review_planned = False
        year.at(BEGUN, 10 * 60, self._installed)
        year.at(BEGUN, 11 * 60, self._adopted)
        year.at(IN_FORCE, 8 * 60, self._published("gx", "fm"))
        year.at(IN_FORCE + timedelta(days=2), 9 * 60, self._streets)
        year.at(IN_FORCE + timedelta(days=3), 15 * 60, self._published("jd"))
        for number, unit in enumerate(OWN):
            if unit in self._codes:
                day = IN_FORCE + timedelta(days=7 + number)
                year.at(day, 10 * 60, self._own(unit))
                year.at(day + timedelta(days=1), 16 * 60, self._published(unit.lower(), by="drafter"))
        year.at(date(2023, 5, 22), 9 * 60, self._revised)
        year.at(date(2023, 5, 25), 15 * 60, self._published("gx", on=REVISED))

    def _actor(self, who: str, now: datetime) -> Actor:
        return self.year.staff.at(self.posts[who], local_day(now))

    def _installed(self, now: datetime) -> None:
        self.year.tell("安装业务包：清单范本")
        pack_install(
            actor=self._actor("admin", now),
            path=SHIPPED / "lists",
            bindings={"office": self.office_unit},
            now=now,
        )
        for ref in FORMS:
            form = form_def(ref)
            assert form.window is not None
            for period in periods_between(form.period_kind, BEGUN, local_day(self.year.until)):
                day = dates_of(form.window, period, self.year.calendar).open_on
                if day >= BEGUN:
                    self.year.at(day, OPENED_AT, self._opening(ref, period))

    def _adopted(self, now: datetime) -> None:
        self.year.tell("责任清单：按范本起草共性清单和负面清单")
        drafter = self._actor("drafter", now)
        for code, ref in (("gx", "lists.common"), ("fm", "lists.negative")):
            made = list_adopt(actor=drafter, template_ref=ref, code=code, year=2023, now=now)
            self._drafts[code] = made.pk

    def _published(self, *codes: str, by: str = "publisher", on: date | None = None) -> Act:
        def published(now: datetime) -> None:
            for code in codes:
                list_publish(
                    actor=self._actor(by, now),
                    list_id=self._drafts[code],
                    effective_from=on or local_day(now),
                    now=now,
                )

        return published

    def _streets(self, now: datetime) -> None:
        self._written("jd", "街道个性清单", "JD", STREETS, self._actor("drafter", now), now)

    def _own(self, unit: str) -> Act:
        def written(now: datetime) -> None:
            title, items = OWN[unit]
            clerk = self.year.staff.actor(unit, CLERK, local_day(now))
            self._written(unit.lower(), title, unit, items, clerk, now)

        return written

    def _written(
        self, code: str, title: str, units: str, items: Sequence[ItemTyped], actor: Actor, now: datetime
    ) -> None:
        made = list_draft(
            actor=actor,
            code=code,
            title=title,
            kind="own",
            holders=["team", "head", "member"],
            year=2023,
            applies_to=units,
            basis="年度重点工作安排",
            now=now,
        )
        for item in items:
            item_put(actor=actor, list_id=made.pk, typed=item, now=now)
        self._drafts[code] = made.pk

    def _revised(self, now: datetime) -> None:
        """Word one item of the common list anew and tighten its limit, from June on."""
        drafter = self._actor("drafter", now)
        made = list_revise(actor=drafter, list_id=self._drafts["gx"], now=now)
        item = ItemTyped(
            "A09",
            "请示报告",
            "规范性文件印发后二十日内报送备案，并附起草说明",
            "领导班子",
            "每次发生",
            "发生后20日",
            review_unit=self.office_unit,
            answer="QD09",
            evidence_hint="备案记录自动汇集，不另报送",
        )
        item_put(actor=drafter, list_id=made.pk, typed=item, now=now)
        self._drafts["gx"] = made.pk

    def _opening(self, ref: str, period: Period) -> Act:
        def opened(now: datetime) -> None:
            number = obligations_open(actor=SYSTEM_ACTOR, form_ref=ref, period=period, now=now)
            self.year.tell(f"{form_def(ref).title}：{period.title}，{number} 个单位")
            for row in Obligation.objects.filter(form_ref=ref, period_code=period.code).order_by("id"):
                self._planned(row)

        return opened

    def _planned(self, row: Obligation) -> None:
        draw = random_of("lists", row.form_ref, row.unit_code, row.period_code)
        share = draw.random()
        if share < MISSING or row.due_at is None:
            return
        day = self._later(row.opened_on, draw.randint(1, 8))
        if share < MISSING + LATE:
            day = self._later(local_day(row.due_at), draw.randint(1, 5))
        self.year.at(day, draw.randint(9 * 60, 16 * 60), lambda now: self._submitted(row, now))

    def _submitted(self, row: Obligation, now: datetime) -> None:
        draw = random_of("lists said", row.form_ref, row.unit_code, row.period_code)
        assert row.due_at is not None
        typed = Typed(
            values=_values(row, local_day(now)),
            late_reason=draw.choice(LATE_REASONS) if now > row.due_at else "",
        )
        clerk = self.year.staff.actor(row.unit_code, CLERK, local_day(now))
        filing = filing_submit(actor=clerk, obligation_id=row.pk, rev=0, typed=typed, now=now)
        self.year.at(local_day(now), 17 * 60 + 15, lambda moment: self._signed(row, filing.pk, moment))

    def _signed(self, row: Obligation, filing_id: int, now: datetime) -> None:
        head = self.year.staff.actor(row.unit_code, HEAD, local_day(now))
        filing_sign(actor=head, filing_id=filing_id, now=now)
        self._to_review.append(filing_id)
        if not self._review_planned:
            self._review_planned = True
            day = self._later(local_day(now), 1)
            while day.weekday() != REVIEW_WEEKDAY:
                day = self._later(day, 1)
            self.year.at(day, REVIEWED_AT, self._reviewed)

    def _reviewed(self, now: datetime) -> None:
        self._review_planned = False
        waiting, self._to_review = self._to_review, []
        filings_accept_batch(actor=self._actor("drafter", now), filing_ids=waiting, now=now)

    def _later(self, day: date, workdays: int) -> date:
        return self.year.calendar.add_workdays(day, workdays).date


def _values(row: Obligation, today: date) -> dict[str, str]:
    """Return what a unit files, from the seed alone."""
    draw = random_of("lists values", row.form_ref, row.unit_code, row.period_code)
    held = (today - timedelta(days=draw.randint(1, 6))).isoformat()
    if row.form_ref == "lists.plan":
        own = str(len(OWN[row.unit_code][1])) if row.unit_code in OWN else str(draw.randint(0, 3))
        return {"adopted": held, "own": own, "main": draw.choice(MAIN)}
    if row.form_ref == "lists.half":
        learning = draw.choice(("done", "done", "partly"))
        tasks = str(draw.randint(1, 5))
        return {"held": held, "conclusion": draw.choice(CONCLUSION), "tasks": tasks, "learning": learning}
    members = random_of("members", row.unit_code).randint(3, 9)
    heard, checked = (members - (draw.random() < 0.2) - (draw.random() < 0.1) for _ in range(2))
    return {
        "members": str(members),
        "heard": str(heard),
        "checked": str(checked),
        "result": draw.choice(RESULT),
    }
