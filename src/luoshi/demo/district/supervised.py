"""Matters of supervision over the year: handed out, reported, returned, late, pressed for by slips.

One matter after another through the same actions as users take, each act at its own moment of the year. Most
are done in time; some are late and pressed for blue, orange, red; one conclusion is objected to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD
from luoshi.demo.district.places import MERGER, Scale
from luoshi.demo.district.supervised_words import (
    ANSWERS,
    FINDING,
    KINDS,
    MATTERS,
    PROGRESS,
    REPLIES,
    RETURNED,
)
from luoshi.demo.district.year import Year
from luoshi.domains.slips.about_items import slip_press
from luoshi.domains.slips.models import Slip, SlipState
from luoshi.domains.slips.pressing import pressed
from luoshi.domains.slips.replying import slip_reply
from luoshi.domains.slips.rules import rules_get
from luoshi.domains.supervision.authorities import Grant, authority_grant
from luoshi.domains.supervision.parts import parts_open
from luoshi.domains.supervision.plans import Draft, overlaps_of, plan_approve, plan_draft
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.clock_models import ItemClock
from luoshi.kernel.items.extending import extension_ask, extension_decide
from luoshi.kernel.items.given import Given
from luoshi.kernel.items.ladder import ladder_send
from luoshi.kernel.items.models import Item
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED

RULES = "duban.matter"
INSTALLED = timedelta(days=7)
GRANTED_AT, SENT_AT, ACCEPTED_AT, DONE_AT, CHECKED_AT, PRESSED_AT = 540, 570, 630, 945, 1005, 620
APART = 5
"""Days between two matters of the full district; in the small one as many in a shorter time."""


@dataclass(frozen=True)
class Posts:
    """Codes of the posts that act: of the administrator, the office, its second person, who approves."""

    admin: str
    office: str
    deputy: str
    approver: str
    organ: str


class Supervised:
    """Plans the acts of supervision on the line of the year."""

    def __init__(self, year: Year, scale: Scale, posts: Posts) -> None:
        self.year, self.posts = year, posts
        # A unit that is merged in the course of the year is handed nothing.
        self.units = [
            code for group, code, _ in scale.units() if group.code in ("ZF", "JD") and code != MERGER.code
        ]
        begins = self._workday(scale.begins + INSTALLED)
        year.at(begins, GRANTED_AT, self._installed)
        last = local_day(year.until)
        step = max(1, min(APART, (last - begins).days // len(MATTERS)))
        for number, title in enumerate(MATTERS):
            draw = random_of("matter", number)
            day = self._workday(begins + timedelta(days=1 + number * step))
            year.at(day, SENT_AT, self._sending(title, self._way(number), draw))
        day = self._workday(begins + timedelta(days=14))
        while day <= last:
            year.at(day, PRESSED_AT, self._round)
            day = self._workday(day + timedelta(days=4))
        year.at(self._workday(begins + timedelta(days=20)), SENT_AT, self._planned)
        year.at(self._workday(begins + timedelta(days=36)), SENT_AT, self._concluded)

    def _way(self, number: int) -> str:
        """Return what becomes of a matter: every tenth is late, and so on; the rest is done in time."""
        ways = ("done", "done", "returned", "done", "late", "extended", "done", "paused", "long", "silent")
        return ways[number % len(ways)] if number % 20 != 16 else "objected"

    def _installed(self, now: datetime) -> None:
        admin = self._at(self.posts.admin, now)
        bindings = {"office": self.posts.organ, "approver": self.posts.approver}
        pack_install(actor=admin, path=SHIPPED / "duban", bindings=bindings, now=now)
        grant = Grant(
            unit_code=self.posts.organ,
            standing="body",
            granted_by="示例区人民政府",
            paper="示政办〔2022〕3号",
            matter="区政府重点工作、会议决定和批示事项",
            scope="区政府各部门、各街道",
            duty="督促检查，提出结论和建议",
            from_on=date(2022, 1, 1),
        )
        authority_grant(actor=self._at(self.posts.office, now), grant=grant, now=now)

    def _sending(self, title: str, way: str, draw: Random) -> Callable[[datetime], None]:
        def sent(now: datetime) -> None:
            office = self._at(self.posts.office, now)
            unit, other = draw.sample(self.units, 2)
            values = {
                **draw.choice(KINDS),
                "urgency": "normal",
                "content": f"按部署完成{title}，明确责任科室和完成标准。",
                "require": "按期办结，报送结果和依据，不以会议和材料代替落实。",
                "limit": "rule",
                "cadence": "half",
            }
            given = Given(title=title, values=values)
            item = item_create(actor=office, type_ref="duban.matter", given=given, now=now)
            handed = Given(duties={"lead": [unit], "co": [other] if draw.randrange(4) == 0 else []})
            item_move(actor=office, item_id=item.pk, move="send", given=handed, now=now)
            self._follow(item, unit, other if handed.duties["co"] else "", way, draw, now)

        return sent

    def _follow(self, item: Item, unit: str, co: str, way: str, draw: Random, now: datetime) -> None:
        """Plan what the unit does with a matter it was handed."""
        day = local_day(now)
        if way == "objected":
            said = {"note": "该事项不属本单位职责。", "basis": "职能配置规定"}
            self._later(day, 1, ACCEPTED_AT, lambda at: self._unit(item, unit, "bounce", at, **said))
            return
        self._later(day, 1, ACCEPTED_AT, lambda at: self._unit(item, unit, "accept", at))
        if co:
            self._later(day, 2, SENT_AT, lambda at: self._part(item, unit, co, at))
        going = {"values": {"progress": draw.choice(PROGRESS), "percent": str(draw.randrange(20, 70))}}
        told_on = 14 if way == "paused" else 7
        self._later(day, told_on, DONE_AT, lambda at: self._unit(item, unit, "feedback", at, **going))
        if way == "silent":
            return
        if way == "paused":
            told = {"note": "等待上级配套文件。", "basis": "上级通知"}
            self._later(day, 4, SENT_AT, lambda at: self._office(item, "suspend", at, **told))
            self._later(day, 12, SENT_AT, lambda at: self._office(item, "resume", at))
        if way == "extended":
            self._later(day, 9, SENT_AT, lambda at: self._asked(item, unit, at))
        days = {"late": 34, "extended": 20, "paused": 20}.get(way, draw.randrange(9, 14))
        self._later(day, days, DONE_AT, lambda at: self._reported(item, unit, way, draw, at))

    def _reported(self, item: Item, unit: str, way: str, draw: Random, now: datetime) -> None:
        self._unit(item, unit, "report", now, values={"answer": draw.choice(ANSWERS)})
        day = local_day(now)
        if way == "returned":
            back = {"note": draw.choice(RETURNED)}
            self._later(day, 1, CHECKED_AT, lambda at: self._office(item, "rework", at, **back))
            self._later(day, 3, DONE_AT, lambda at: self._reported(item, unit, "done", draw, at))
        elif way == "long":
            kept = {"note": "转入常态管理。", "values": {"review_on": f"{day.year}-12-01"}}
            self._later(day, 1, CHECKED_AT, lambda at: self._office(item, "keep", at, **kept))
        else:
            full = {"values": {"result": "full"}}
            self._later(day, 1, CHECKED_AT, lambda at: self._office(item, "confirm", at, **full))

    def _part(self, item: Item, unit: str, co: str, now: datetime) -> None:
        office = self._at(self.posts.office, now)
        tasks = {co: f"就“{item.title}”提供本单位数据和意见"}
        (part,) = parts_open(actor=office, item_id=item.pk, tasks=tasks, earlier=5, now=now)
        day = local_day(now)
        self._later(day, 1, ACCEPTED_AT, lambda at: self._unit(part, co, "accept", at))
        said = {"values": {"answer": "已向牵头单位提供数据和书面意见。"}}
        self._later(day, 3, DONE_AT, lambda at: self._unit(part, co, "report", at, **said))
        self._later(day, 4, DONE_AT, lambda at: self._unit(part, unit, "confirm", at))

    def _asked(self, item: Item, unit: str, now: datetime) -> None:
        clock = ItemClock.objects.get(item=item, key="total", round=1)
        clerk = self._clerk(unit, now)
        asked = extension_ask(
            actor=clerk, clock_id=clock.pk, number=10, reason="招标流标一次，须重新组织。", now=now
        )
        office = self._at(self.posts.office, now)
        extension_decide(actor=office, extension_id=asked.pk, approve=True, note="同意，仅此一次。", now=now)

    def _round(self, now: datetime) -> None:
        """Let the clocks call, and issue what is due; every other slip is answered."""
        ladder_send(now)
        office = self._at(self.posts.office, now)
        for due in pressed(rules_get(RULES), now):
            slip = slip_press(actor=office, rules_ref=RULES, item_id=due.item.pk, now=now)
            if slip.pk % 2:
                self._later(local_day(now), 2, DONE_AT, self._replying(slip))

    def _replying(self, slip: Slip) -> Callable[[datetime], None]:
        return lambda now: self._replied(slip, now)

    def _replied(self, slip: Slip, now: datetime) -> None:
        slip.refresh_from_db(fields=["state"])
        if slip.state == SlipState.ISSUED:
            head = self.year.staff.actor(slip.unit_code, HEAD, local_day(now))
            text = REPLIES[slip.pk % len(REPLIES)]
            slip_reply(actor=head, slip_id=slip.pk, text=text, now=now)

    def _planned(self, now: datetime) -> None:
        """Two plans that meet; the second is approved with a reason."""
        office, deputy = self._at(self.posts.office, now), self._at(self.posts.deputy, now)
        day = local_day(now)
        for title in ("营商环境专项督查", "营商环境政策落实回访"):
            draft = Draft(
                title=title,
                kind="special",
                matter="营商环境政策落实",
                content="核对政策兑现、办件时限和企业反映问题的答复，不听汇报、不要材料。",
                units=tuple(self.units[:3]),
                from_on=day + timedelta(days=10),
                until_on=day + timedelta(days=14),
            )
            plan = plan_draft(actor=office, draft=draft, now=now)
            reasons = {each.other.pk: "与前一计划合并进点，一次完成。" for each in overlaps_of(plan)}
            plan_approve(actor=deputy, plan_id=plan.pk, answers=reasons, now=now)

    def _concluded(self, now: datetime) -> None:
        """A conclusion that its unit objects to; another person reviews it, a fourth decides."""
        office, day, unit = self._at(self.posts.office, now), local_day(now), self.units[0]
        values = {"kind": "daily", "finding": FINDING, "demand": "十个工作日内补齐。"}
        given = Given(title="督办事项办理质量抽查结论", values=values)
        item = item_create(actor=office, type_ref="duban.conclusion", given=given, now=now)
        handed = Given(duties={"lead": [unit]})
        item_move(actor=office, item_id=item.pk, move="submit", given=handed, now=now)
        self._later(day, 1, CHECKED_AT, lambda at: self._move(item, self.posts.approver, "approve", at))
        asked = {"values": {"grounds": "第二项的统计截止日期有误，请复核。"}}
        self._later(day, 8, DONE_AT, lambda at: self._unit(item, unit, "ask", at, **asked))
        advice = {"values": {"advice": "经核对，第二项应按月末数计，建议变更。"}}
        self._later(
            day, 15, CHECKED_AT, lambda at: self._move(item, self.posts.deputy, "advise", at, **advice)
        )

    def _office(self, item: Item, move: str, now: datetime, **given: object) -> None:
        self._move(item, self.posts.office, move, now, **given)

    def _unit(self, item: Item, unit: str, move: str, now: datetime, **given: object) -> None:
        actor = self._clerk(unit, now)
        item_move(actor=actor, item_id=item.pk, move=move, given=Given(**given), now=now)  # type: ignore[arg-type]

    def _move(self, item: Item, post: str, move: str, now: datetime, **given: object) -> None:
        actor = self._at(post, now)
        item_move(actor=actor, item_id=item.pk, move=move, given=Given(**given), now=now)  # type: ignore[arg-type]

    def _clerk(self, unit: str, now: datetime) -> Actor:
        return self.year.staff.actor(unit, CLERK, local_day(now))

    def _at(self, post: str, now: datetime) -> Actor:
        return self.year.staff.at(post, local_day(now))

    def _later(self, day: date, days: int, minute: int, act: Callable[[datetime], None]) -> None:
        self.year.at(self.year.calendar.add_workdays(day, days).date, minute, act)

    def _workday(self, day: date) -> date:
        while not self.year.calendar.is_workday(day):
            day += timedelta(days=1)
        return day
