"""What all cross-checks share: the names of a pack, its files, and the list of faults."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from luoshi.core.errors import ExpressionInvalid, nearest
from luoshi.core.expr import Expr, Kind, parse
from luoshi.kernel.loader.folder import Files
from luoshi.kernel.loader.nodes import Faults, Node

KIND_TITLES: Mapping[Kind, str] = {
    Kind.NUMBER: "数字",
    Kind.TEXT: "文字",
    Kind.BOOL: "是否",
    Kind.DATE: "日期",
}
SECTION_TITLES: Mapping[str, str] = {
    "slots": "槽位",
    "vocab": "选项表",
    "roles": "角色",
    "items": "事项",
    "forms": "表单",
    "notices": "提醒规则",
    "imports": "导入模板",
    "indicators": "指标",
    "schemes": "考核方案",
    "reports": "通报",
    "lists": "清单范本",
    "slips": "督办规则",
}
CALENDARS = ("cn",)
_POSITION = re.compile(r"^第 \d+ 个字符处：")


@dataclass(frozen=True)
class Context:
    """One check of one pack. ``packs``: ids of the packs that ``requires`` may name."""

    root: Node
    faults: Faults
    files: Files
    folder: str
    packs: frozenset[str]

    def section(self, name: str) -> Iterable[tuple[str, Node]]:
        """Yield the readable entries of a section."""
        found = self.root.get(name)
        return found.entries() if found is not None else ()

    def entry(self, section: str, key: str | None) -> Node | None:
        """Return a readable entry of a section."""
        found = self.root.get(section)
        return found.get(key) if found is not None and key is not None else None

    def names(self, section: str) -> set[str] | None:
        """Return every key of a section, None when the section itself could not be read."""
        if section in self.root.lost:
            return None
        found = self.root.get(section)
        return found.names() if found is not None else set()

    def require(self, node: Node | None, section: str) -> Node | None:
        """Return the entry that ``node`` names; note a fault at ``node`` when there is none such."""
        if node is None or node.text is None:
            return None
        known = self.names(section)
        if known is not None and node.text not in known:
            self.unknown(node, SECTION_TITLES[section], node.text, known)
        return self.entry(section, node.text)

    def calendar(self, entry: Node) -> None:
        """Note a fault where the key ``calendar`` of an entry names none that is installed."""
        node = entry.text_at("calendar")
        if node is not None and node.text not in CALENDARS:
            self.unknown(node, "日历", node.text or "", CALENDARS)

    def unknown(self, node: Node, what: str, name: str, known: Iterable[str], offset: int = 0) -> None:
        """Note that ``name`` is not among ``known``, with the nearest that is."""
        self.faults.add(node.at_offset(offset), f"没有{what}“{name}”", nearest_hint(name, known))

    def slot(self, node: Node | None, name: str, kind: str, offset: int) -> None:
        """Check that a slot exists and stands for a ``post`` or ``unit``."""
        known = self.names("slots")
        if node is None or known is None:
            return
        if name not in known:
            self.unknown(node, "槽位", name, known, offset)
            return
        entry = self.entry("slots", name)
        found = entry.text_at("kind") if entry is not None else None
        if found is not None and found.text in ("post", "unit") and found.text != kind:
            wanted, given = ("岗位", "单位") if kind == "post" else ("单位", "岗位")
            self.faults.add(node.at_offset(offset), f"槽位 {name} 对应{given}，此处需要{wanted}")

    def expression(
        self, node: Node | None, types: Mapping[str, Kind], *want: Kind, unsure: Collection[str] = ()
    ) -> Expr | None:
        """Return the parsed and type-checked expression of ``node``; note what is wrong with it.

        One that reads a name of ``unsure`` kind is not checked for kinds: that fault is told at the name.
        """
        if node is None or node.text is None or not node.text.strip():
            return None
        lead = len(node.text) - len(node.text.lstrip())
        try:
            expr = parse(node.text)
            if expr.names & set(unsure):
                return None
            kind = expr.check(types)
        except ExpressionInvalid as error:
            message = _POSITION.sub("", error.message).rstrip("。")
            self.faults.add(node.at_offset(lead + error.offset), message)
            return None
        if kind not in want:
            wanted = "或".join(KIND_TITLES[each] for each in want)
            self.faults.add(node.place, f"算式的结果是{KIND_TITLES[kind]}，此处应为{wanted}")
            return None
        return expr

    def unique(self, nodes: Iterable[Node | None], what: str) -> None:
        """Note every text that stands more than once among ``nodes``."""
        seen: dict[str, int] = {}
        for node in nodes:
            if node is None or node.text is None:
                continue
            if node.text in seen:
                self.faults.add(node.place, f"{what}“{node.text}”重复，第 {seen[node.text]} 行已经写过")
            seen.setdefault(node.text, node.place.line)


def nearest_hint(name: str, known: Iterable[str]) -> str:
    """Return what to try instead of an unknown name: the nearest one, or some of those there are."""
    listed = sorted(known)
    near = nearest(name, listed)
    if near:
        return f"是否想写 {near}"
    return f"可用 {'、'.join(listed[:12])}{'等' if len(listed) > 12 else ''}" if listed else "本包没有定义"


def field_kinds(form: Node, *, facts_only: bool = False) -> dict[str, Kind]:
    """Return the kind of every readable field of a form, but for table rows and files: no value to name."""
    kinds: dict[str, Kind] = {}
    fields = form.get("fields")
    for field in fields.elements() if fields is not None else ():
        key, type_ = field.text_at("key"), field.text_at("type")
        fact = field.get("fact")
        if key is None or (facts_only and (fact is None or fact.value is not True)):
            continue
        type_text = type_.text if type_ is not None and type_.text is not None else ""
        if (kind := type_text.partition(":")[0]) not in ("rows", "files"):
            kinds[key.text or ""] = _KINDS.get(kind, Kind.NUMBER)
    return kinds


def has_lost_fields(form: Node, faults: Faults) -> bool:
    """Say whether some field of a form cannot be known by name, so that its list of names is not complete."""
    fields = form.get("fields")
    return (
        "fields" in form.lost
        or fields is None
        or any(
            field.text_at("key") is None or faults.under(f"{field.path}.key") for field in fields.elements()
        )
    )


def unsure_fields(form: Node, faults: Faults) -> set[str]:
    """Return the fields whose type is faulty, so that nothing can be said of expressions over them."""
    fields = form.get("fields")
    return {
        key.text
        for field in (fields.elements() if fields is not None else ())
        if (key := field.text_at("key")) is not None and key.text is not None
        if field.text_at("type") is None
        or any(faults.under(f"{field.path}.{part}") for part in ("type", "min", "max"))
    }


_KINDS = {
    "text": Kind.TEXT,
    "vocab": Kind.TEXT,
    "set": Kind.TEXT,
    "date": Kind.DATE,
    "moment": Kind.TEXT,
}
