"""Papers of the offices over the year: requests and reports, and documents filed for review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.demo.district.habits import random_of
from luoshi.demo.district.people import CLERK, HEAD
from luoshi.demo.district.places import Scale
from luoshi.demo.district.year import Year
from luoshi.kernel.items.actions import item_create, item_move
from luoshi.kernel.items.given import Given
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED

PAPER, DOCUMENT = "qingshi.paper", "beian.paper"
KINDS = (
    ("request",) * 14
    + ("regular",) * 9
    + ("special",) * 7
    + ("feedback",) * 4
    + ("urgent",) * 2
    + ("record",)
)
SUBJECTS = {
    "request": (
        "增设便民服务点",
        "调整窗口服务时间",
        "更换老旧设备",
        "开展联合巡查",
        "调剂办公用房",
        "编制年度维修计划",
    ),
    "regular": ("季度重点工作进展", "半年履责情况", "窗口办件情况"),
    "special": ("汛前隐患排查", "公共设施巡检", "热线诉求分析"),
    "feedback": ("批办事项办理情况",),
    "urgent": ("供水管线破损处置情况", "道路塌陷处置情况"),
    "record": ("值班安排调整",),
}
MATTERS = ("people", "building", "safety", "finance", "economy")
DOCUMENTS = (
    "便民服务点管理办法",
    "公共设施巡检规定",
    "窗口首问负责办法",
    "零星维修资金使用规定",
    "应急物资储备管理办法",
    "数据填报管理规定",
    "户外设施设置管理办法",
    "公共停车泊位管理规定",
    "小型工程简易程序规定",
    "档案查阅服务办法",
    "志愿服务激励办法",
    "临时占道审批规定",
)
BODY = "现将有关情况整理如下，涉及的依据、对象、资金和时间安排均已核对。"


@dataclass(slots=True)
class Paper:
    """One paper on its way and the draws that decide how it goes."""

    unit: str
    kind: str
    title: str
    luck: float
    item_id: int = 0


class Offices:
    """Plans the papers on the line of a year. ``desk`` takes them in, ``leader`` decides."""

    def __init__(self, year: Year, scale: Scale, admin: str, desk: str, leader: str, watch: str) -> None:
        self.year, self.admin, self.desk, self.leader, self.watch = year, admin, desk, leader, watch
        self.units = [code for _, code, _ in scale.units() if not code.startswith("GQ")]
        first = year.later(scale.begins, 8)
        span = (local_day(year.until) - first).days - 4
        full = scale.most is None
        year.at(year.later(scale.begins, 4), 9 * 60 + 20, self._installed)
        kinds = KINDS if full else KINDS[::3]
        for number, kind in enumerate(random_of("papers").sample(kinds, len(kinds))):
            self._paper(number, kind, first + timedelta(days=span * number // len(kinds)))
        names = DOCUMENTS if full else DOCUMENTS[:4]
        for number, name in enumerate(names):
            self._document(number, name, first + timedelta(days=span * number // len(names)))

    def _installed(self, now: datetime) -> None:
        self.year.tell("安装业务包：请示报告、规范性文件备案")
        admin, watch = self._at(self.admin, now), self.watch
        bound = {"desk": self.desk, "leader": self.leader, "supervisor": watch}
        pack_install(actor=admin, path=SHIPPED / "qingshi", bindings=bound, now=now)
        bound = {"desk": self.desk, "reviewer": self.leader, "supervisor": watch}
        pack_install(actor=admin, path=SHIPPED / "beian", bindings=bound, now=now)

    def _at(self, post: str, now: datetime) -> Actor:
        return self.year.staff.at(post, local_day(now))

    def _of(self, unit: str, duty: str, now: datetime) -> Actor:
        return self.year.staff.actor(unit, duty, local_day(now))

    def _moved(self, paper: Paper, move: str, actor: Actor, now: datetime, **given: Any) -> None:
        item_move(actor=actor, item_id=paper.item_id, move=move, given=Given(**given), now=now)

    def _paper(self, number: int, kind: str, day: date) -> None:
        draw = random_of("paper", number)
        subject = SUBJECTS[kind][number % len(SUBJECTS[kind])]
        title = f"关于{subject}的{'请示' if kind == 'request' else '报告'}"
        paper = Paper(draw.choice(self.units), kind, title, draw.random())
        day = self.year.later(day, 1)
        self.year.at(day, 9 * 60 + number, lambda now: self._sent(paper, number, now))
        self.year.at(self.year.later(day, 1), 10 * 60 + number, lambda now: self._registered(paper, now))
        self.year.at(self.year.later(day, 3), 15 * 60 + number, lambda now: self._decided(paper, now))
        wait = 16 if paper.luck > 0.9 else 5 + number % 4
        self.year.at(self.year.later(day, wait), 11 * 60 + number, lambda now: self._answered(paper, now))

    def _sent(self, paper: Paper, number: int, now: datetime) -> None:
        clerk, head = self._of(paper.unit, CLERK, now), self._of(paper.unit, HEAD, now)
        values = {
            "kind": paper.kind,
            "upto": "district",
            "matter": MATTERS[number % len(MATTERS)],
            "matters": "1",
            "pressing": "urgent" if paper.kind == "urgent" else "plain",
            "body": BODY,
            "agreed": "alone" if number % 3 else "agreed",
        }
        if paper.kind == "urgent":
            values["acted"] = "已组织抢修并设置围挡，暂无人员受伤。"
        given = Given(title=paper.title, values=values)
        paper.item_id = item_create(actor=clerk, type_ref=PAPER, given=given, now=now).pk
        if paper.kind == "urgent":
            self._moved(paper, "phone", clerk, now, note="已电话报告值班室。")
        studied = {"studied": "meeting" if number % 2 else "circulated", "studied_on": f"{local_day(now)}"}
        self._moved(paper, "submit", clerk, now, values=studied)
        self._moved(paper, "sign", head, now + timedelta(minutes=25))

    def _registered(self, paper: Paper, now: datetime) -> None:
        desk = self._at(self.desk, now)
        self._moved(paper, "register", desk, now)
        if paper.luck < 0.08:
            self._moved(paper, "return", desk, now, note="缺少附表，请补充后再报。", basis="公文报送要求")
            return
        self._moved(paper, "propose", desk, now, values={"propose": "请领导审示，拟由有关单位配合办理。"})

    def _decided(self, paper: Paper, now: datetime) -> None:
        if paper.luck < 0.08:
            return
        move = "approve" if paper.kind == "request" else "read"
        words = {"decide": "同意，请按规定办理。" if paper.kind == "request" else "已阅。"}
        self._moved(paper, move, self._at(self.leader, now), now, values=words)

    def _answered(self, paper: Paper, now: datetime) -> None:
        if paper.luck < 0.08:
            return
        desk = self._at(self.desk, now)
        if paper.kind != "request":
            self._moved(paper, "archive", desk, now)
            return
        reply = {
            "result": "agree" if paper.luck < 0.8 else "partly",
            "reply": "同意所请事项，所需经费在年度预算内调剂，完成后书面报告。",
            "answered_on": f"{local_day(now)}",
        }
        self._moved(paper, "answer", desk, now, values=reply)
        if paper.luck < 0.7:
            self._moved(paper, "confirm", self._of(paper.unit, CLERK, now), now + timedelta(minutes=40))

    def _document(self, number: int, name: str, day: date) -> None:
        draw = random_of("document", number)
        paper = Paper(draw.choice(self.units), "document", name, draw.random())
        day = self.year.later(day, 2)
        self.year.at(day, 14 * 60 + number, lambda now: self._issued(paper, number, now))
        filed = self.year.later(day, 25 if paper.luck > 0.85 else 9)
        self.year.at(filed, 10 * 60 + 30 + number, lambda now: self._filed(paper, now))
        self.year.at(self.year.later(filed, 8), 15 * 60 + number, lambda now: self._reviewed(paper, now))

    def _issued(self, paper: Paper, number: int, now: datetime) -> None:
        day = local_day(now)
        needs = number % 5 != 4
        values = {
            "paper_no": f"示例规〔{day.year}〕{number + 1}号",
            "issued_on": f"{day}",
            "file_by": f"{day + timedelta(days=30)}",
            "binding": "yes" if needs else "no",
            "reusable": "yes",
            "excluded": "none" if needs else "internal",
            "needs": "yes" if needs else "no",
            "length": str(2200 + 310 * number),
            "body": "规定适用范围、职责分工、办理程序、期限和监督方式，自印发之日起施行。",
            "explain": "依据上位规定制定，已公开征求意见，并经合法性审查，无不同意见。",
            "valid_until": f"{day.replace(year=day.year + 5, day=1)}",
        }
        clerk = self._of(paper.unit, CLERK, now)
        given = Given(title=paper.title, values=values)
        paper.item_id = item_create(actor=clerk, type_ref=DOCUMENT, given=given, now=now).pk
        if not needs:
            paper.kind = "waived"
            note = "内部管理文件，不需备案。"
            self._moved(paper, "waive", self._at(self.desk, now), now + timedelta(hours=1), note=note)

    def _filed(self, paper: Paper, now: datetime) -> None:
        if paper.kind == "waived":
            return
        self._moved(paper, "send", self._of(paper.unit, HEAD, now), now)
        self._moved(paper, "accept", self._at(self.desk, now), now + timedelta(hours=2))

    def _reviewed(self, paper: Paper, now: datetime) -> None:
        if paper.kind == "waived":
            return
        leader, views = (
            self._at(self.leader, now),
            dict.fromkeys(("politics", "legal", "reason", "form"), "fit"),
        )
        if 0.4 < paper.luck < 0.6:
            views |= {"form": "wrong", "opinion": "缺少施行日期和解释单位，请补正。", "result": "correct"}
            self._moved(paper, "correct", leader, now, values=views)
            return
        views |= {"opinion": "审查未发现问题。", "result": "accept" if paper.luck < 0.8 else "advise"}
        self._moved(paper, "conclude", leader, now, values=views)
        self._moved(paper, "file", self._at(self.desk, now), now + timedelta(minutes=30))
