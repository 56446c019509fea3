"""Who is addressed, picked in words: groups of the unit tree, kinds of units, single units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.domains.admission.design import PICKS, Design
from luoshi.kernel.org.kinds import kind_title
from luoshi.kernel.org.positions import BRANCH_DEPTH, UnitFacts, UnitNode, unit_facts, unit_tree
from luoshi.kernel.org.selectors import selector, selects

GROUP = "group"
LONGEST = 500
NAMES: Mapping[str, str] = {"groups": "unit.branch", "kinds": "unit.kind", "units": "unit.code"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick: ``units`` of it exist."""

    code: str
    title: str
    units: int


@dataclass(frozen=True, slots=True)
class Audience:
    """What may be picked on a day, and who that is. ``titles``: code → name of every unit."""

    choices: Mapping[str, tuple[Choice, ...]]
    facts: tuple[UnitFacts, ...]
    titles: Mapping[str, str]

    def addressed(self, expression: str) -> list[str]:
        """Return the names of the units an expression selects, in tree order. Raises: ExpressionInvalid."""
        wanted = selector(expression)
        return [self.titles[facts.code] for facts in self.facts if selects(wanted, facts)]

    def fault(self, design: Design) -> str:
        """Return what is wrong with what was picked, "" when nothing is."""
        if not any(design.picked(name) for name in PICKS):
            return "请选择由哪些单位填报。"
        for name in PICKS:
            known = {choice.code for choice in self.choices[name]}
            gone = [code for code in design.picked(name) if code not in known]
            if gone:
                return f"单位树中已没有“{'、'.join(gone[:5])}”，请重新选择。"
        expression = expression_of(design)
        if len(expression) > LONGEST:
            return "逐个点名的单位太多，请改按分组或类别选择。"
        return "" if self.addressed(expression) else "所选范围内目前没有单位，请重新选择。"


def expression_of(design: Design) -> str:
    """Return the picks as a pack writes them, "" when nothing was picked.

    >>> from luoshi.domains.admission.design import Design
    >>> expression_of(Design(picks={"groups": ("JD",), "units": ("ZF01", "ZF02")}))
    "unit.branch == 'JD' and unit.kind != 'group' or unit.code in ('ZF01', 'ZF02')"
    """
    return " or ".join(_part(name, design.picked(name)) for name in PICKS if design.picked(name))


def _part(name: str, codes: Iterable[str]) -> str:
    listed = [f"'{code}'" for code in codes]
    part = f"{NAMES[name]} == {listed[0]}" if len(listed) == 1 else f"{NAMES[name]} in ({', '.join(listed)})"
    return f"{part} and unit.kind != '{GROUP}'" if name == "groups" else part


def audience_on(on: date) -> Audience:
    """Return what may be picked on a day. Two queries."""
    nodes = unit_tree(on)
    facts = tuple(unit_facts(on))
    leaves = [each for each in facts if each.kind != GROUP]
    in_group = Counter(each.branch for each in leaves)
    of_kind = Counter(each.kind for each in leaves)
    return Audience(
        choices={
            "groups": tuple(_groups(nodes, in_group)),
            "kinds": tuple(Choice(kind, kind_title(kind), number) for kind, number in of_kind.items()),
            "units": tuple(Choice(node.code, node.title, 1) for node in nodes if node.kind != GROUP),
        },
        facts=facts,
        titles={node.code: node.title for node in nodes},
    )


def _groups(nodes: Iterable[UnitNode], in_group: Mapping[str, int]) -> Iterable[Choice]:
    for node in nodes:
        if node.depth == BRANCH_DEPTH and in_group.get(node.code):
            yield Choice(node.code, node.title, in_group[node.code])
