"""The units of the district: 85 in six groups. No place or body of these names is meant to exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

DISTRICT = "SQ"


@dataclass(frozen=True, slots=True)
class Group:
    """One of the six groups. ``titles``: of its units in order; their codes are ``code`` and 01, 02, …"""

    code: str
    title: str
    kind: str
    titles: tuple[str, ...]

    def codes(self, most: int | None = None) -> list[str]:
        """Return the codes of the first ``most`` units, of all without it."""
        return [f"{self.code}{number:02}" for number in range(1, len(self.titles[:most]) + 1)]


GROUPS = (
    Group(
        "JD",
        "街道",
        "street",
        tuple(
            f"{name}街道"
            for name in (
                [
                    "松涧",
                    "柏亭",
                    "杏园",
                    "荷塘",
                    "榆荫",
                    "竹径",
                    "槐安",
                    "兰渡",
                    "枫桥头",
                    "梅坞",
                    "樟岭",
                    "苇湾",
                    "棠梨",
                    "石榴巷",
                ]
            )
        ),
    ),
    Group(
        "DW",
        "区委部门",
        "dept",
        tuple(
            f"区委{name}"
            for name in [
                "综合办公室",
                "督查考核室",
                "干部工作部",
                "宣传工作部",
                "联络工作部",
                "政法协调办",
                "政策研究室",
                "机构编制办",
                "机关工作委员会",
                "网络信息办",
                "老干部服务局",
                "档案史志馆",
            ]
        ),
    ),
    Group(
        "ZF",
        "区政府部门",
        "dept",
        tuple(
            f"区{name}"
            for name in [
                "城市环境局",
                "政府办公室",
                "发展规划局",
                "教育事业局",
                "科技产业局",
                "工业商贸局",
                "民政事务局",
                "司法事务局",
                "财政管理局",
                "人力社保局",
                "自然资源局",
                "住房建设局",
                "交通管理局",
                "水务管理局",
                "农业农村局",
                "文化旅游局",
                "卫生健康局",
                "退役服务局",
                "应急安全局",
                "审计监督局",
                "市场监管局",
                "统计调查局",
                "医疗保障局",
                "行政审批局",
                "信访接待办",
                "国资监管办",
            ]
        ),
    ),
    Group(
        "TT",
        "人民团体",
        "office",
        tuple(
            f"区{name}"
            for name in [
                "职工联合会",
                "青年联合会",
                "妇女联合会",
                "科技工作者协会",
                "文艺工作者联合会",
                "工商联合会",
                "残疾人联合会",
                "红十字服务会",
            ]
        ),
    ),
    Group(
        "GQ",
        "区属国企",
        "firm",
        (
            "青禾城建集团",
            "澄湖资产公司",
            "云岫文旅公司",
            "安行公交公司",
            "润泽水务公司",
            "绿荫园林公司",
            "恒温供热公司",
            "合川仓储公司",
            "同舟粮储公司",
        ),
    ),
    Group(
        "SY",
        "事业单位",
        "office",
        tuple(
            f"区{name}"
            for name in [
                "公共图书中心",
                "融媒体中心",
                "政务服务中心",
                "数据资源中心",
                "疾病防控中心",
                "城市管理中心",
                "园林养护所",
                "房屋征收中心",
                "投资促进中心",
                "劳动就业中心",
                "社会保险中心",
                "文化活动馆",
                "体育运动中心",
                "地方志编辑室",
                "机关事务中心",
                "社区学院",
            ]
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Merger:
    """A unit that is closed on a day; ``into`` goes on with what it owes."""

    code: str
    into: str
    on: date


@dataclass(frozen=True, slots=True)
class Renaming:
    """A unit that gets another name on a day."""

    code: str
    title: str
    on: date


MERGER = Merger("GQ02", into="GQ01", on=date(2023, 3, 1))
RENAMING = Renaming("ZF01", "区城市运行和环境局", on=date(2023, 3, 15))


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of the district is built: units of each group, and the month of the first filings."""

    name: str
    most: int | None
    first_month: str
    begins: date

    def units(self) -> Iterator[tuple[Group, str, str]]:
        """Give group, code and title of every unit, in order."""
        for group in GROUPS:
            yield from ((group, *each) for each in zip(group.codes(self.most), group.titles, strict=False))


SMALL = Scale("small", 2, "2023-02", date(2023, 2, 1))
FULL = Scale("full", None, "2022-06", date(2022, 6, 1))
SCALES = {scale.name: scale for scale in (SMALL, FULL)}
