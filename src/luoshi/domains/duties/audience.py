"""Which units a list or item is for: typed as names, kept as an expression of the dated tree.

Typed are titles of kinds (街道), of groups with all units below them, and of single units, parted by 、. What
is no such list of names, an expression made elsewhere, is kept and shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.core.errors import ExpressionInvalid, nearest
from luoshi.kernel.org.kinds import KINDS
from luoshi.kernel.org.queries import UnitNode, unit_tree
from luoshi.kernel.org.selectors import selector

_PARTED = re.compile(r"[、，,;；\s]+")
_PART = re.compile(r"unit\.(branch|parent|kind|code) (?:== '([^']*)'|in \(([^)]*)\))")
NAMES = ("branch", "parent", "kind", "code")
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Audience:
    """Units of a day by the names they are typed with."""

    nodes: tuple[UnitNode, ...]

    @classmethod
    def on(cls, day: date) -> Audience:
        """Read the tree of a day. One query."""
        return cls(tuple(unit_tree(day)))

    def read(self, text: str) -> tuple[str, str]:
        """Return (expression, fault): one of the two is empty; both are for an empty text.

        The fault names what is not known and the name it resembles.
        """
        typed = text.strip()
        if "unit." in typed:
            try:
                selector(typed)
            except ExpressionInvalid as refusal:
                return "", str(refusal)
            return typed, ""
        found: dict[str, list[str]] = {name: [] for name in NAMES}
        known = self._names()
        for part in filter(None, _PARTED.split(typed)):
            if part not in known:
                near = nearest(part, known)
                hint = f"是否想写“{near}”？" if near else "请写单位全称、简称、编码，或类别、分组的名称。"
                return "", f"没有名为“{part}”的单位、分组或类别，{hint}"
            name, code = known[part]
            found[name].append(code)
        return expression_of(found), ""

    def words(self, expression: str) -> str:
        """Return the names an expression was made of; the expression itself where it is of another shape."""
        parts = parts_of(expression)
        if parts is None:
            return expression
        known = self._names()
        titles = {node.code: node.title for node in self.nodes}
        named = []
        for name, code in parts:
            title = KINDS.get(code, code) if name == "kind" else titles.get(code, code)
            if known.get(title) != (name, code) and known.get(code) != (name, code):
                return expression
            named.append(title if known.get(title) == (name, code) else code)
        return "、".join(named)

    def _names(self) -> Mapping[str, tuple[str, str]]:
        known: dict[str, tuple[str, str]] = {}
        for node in self.nodes:
            # A branch hangs right under the district; a group further down is its units' parent.
            group = "branch" if node.depth == 1 else "parent"
            name = group if node.kind == GROUP else "code"
            for text in filter(None, (node.code, node.title, node.short)):
                # The first unit of a name has it; the others are found by their codes.
                known.setdefault(text, (name, node.code))
        for code, title in KINDS.items():
            # A group of the tree is meant before all units of a kind: it says more exactly who.
            if code != GROUP:
                known.setdefault(title, ("kind", code))
        return known


def expression_of(found: Mapping[str, Iterable[str]]) -> str:
    """Return the expression that selects units by branch, parent, kind or code.

    >>> expression_of({"branch": ["JD"], "code": ["ZF01", "ZF02", "ZF01"]})
    "unit.branch == 'JD' or unit.code in ('ZF01', 'ZF02')"
    """
    parts = []
    for name in NAMES:
        codes = list(dict.fromkeys(found.get(name, ())))
        if len(codes) == 1:
            parts.append(f"unit.{name} == '{codes[0]}'")
        elif codes:
            listed = ", ".join(f"'{code}'" for code in codes)
            parts.append(f"unit.{name} in ({listed})")
    return " or ".join(parts)


def parts_of(expression: str) -> list[tuple[str, str]] | None:
    """Return (name, code) of every choice of an expression made by ``expression_of``; None for another one.

    >>> parts_of("unit.kind == 'street' or unit.code in ('ZF01', 'ZF02')")
    [('kind', 'street'), ('code', 'ZF01'), ('code', 'ZF02')]
    >>> parts_of("unit.kind == 'street' and unit.branch == 'NT'") is None
    True
    """
    found: list[tuple[str, str]] = []
    for part in expression.split(" or "):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        name, one, several = match.groups()
        codes = [one] if one is not None else [code.strip(" '") for code in several.split(",")]
        found += [(name, code) for code in codes]
    return found
