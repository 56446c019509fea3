"""A form in force as a design again: to be changed, or to serve as the pattern of a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.domains.admission.audience import NAMES
from luoshi.domains.admission.compose import ANCHORS, KINDS, RELATIONS, SIGNS
from luoshi.domains.admission.design import DEFAULTS, Design, FieldDesign, RuleDesign
from luoshi.kernel.filings.windows import Offset, offset_of

_KEY = re.compile(r"f([1-9]\d{0,3})", re.ASCII)
_RULE = re.compile(r"(\w+) (<=|>=|==) (\w+)(?: \+ (\w+))?", re.ASCII)
_PART = re.compile(r"(unit\.\w+) (?:== '([\w.-]+)'|in \(([^()]*)\))(?: and unit\.kind != 'group')?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A design made from a form. ``left_out``: rules and field types that the page cannot show, in words."""

    design: Design
    left_out: tuple[str, ...]


def adopted(body: Mapping[str, Any], vocab: Mapping[str, Mapping[str, str]]) -> Adopted:
    """Return a form's body as a design. Keys other than ``f1``, ``f2``, … are given anew."""
    rows = [row for row in body["fields"] if _kind(row["type"])]
    left_out = [str(row["title"]) for row in body["fields"] if not _kind(row["type"])]
    taken = {row["key"] for row in rows if _KEY.fullmatch(row["key"])}
    free = (f"f{number}" for number in range(1, 9999) if f"f{number}" not in taken)
    keys = {row["key"]: row["key"] if row["key"] in taken else next(free) for row in rows}
    rules = []
    for each in body.get("rules") or ():
        rule = _rule(each["must"], keys)
        if rule is None:
            left_out.append(str(each["say"]))
        else:
            rules.append(rule)
    design = Design(
        texts={**DEFAULTS, **_texts(body)},
        picks=_picks(body.get("to") or ""),
        fields=tuple(_field(row, keys, vocab) for row in rows),
        rules=tuple(rules),
        last=max((int(key[1:]) for key in keys.values()), default=0),
    )
    return Adopted(design, tuple(left_out))


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    flow, admission = body["flow"], body["admission"]
    found = {
        "title": body["title"],
        "basis": admission["basis"],
        "source": body.get("source") or "",
        "period": body["period"],
        "minutes": str(admission["minutes"]),
        "until": admission["until"],
        "nil": "no" if body.get("nil") in (None, "none") else "yes",
        "sign": "none" if flow.get("sign") == "none" else "head",
        "review": flow["review"] if flow.get("review") in ("none", "reviewer", "office") else "owner",
        "returns": str(flow.get("returns") or DEFAULTS["returns"]),
    }
    window = body.get("window")
    if isinstance(window, Mapping):
        for name in ("open", "due"):
            found |= _moment(name, offset_of(window[name]))
        lock = window.get("lock")
        found["lock_mode"] = lock["mode"] if lock else "none"
        if lock:
            found["lock_days"] = str(abs(offset_of(lock["at"]).amount))
    return found


def _moment(name: str, offset: Offset) -> dict[str, str]:
    anchor = f"{offset.anchor}{'-' if offset.amount < 0 else '+'}"
    if anchor not in ANCHORS:
        return {}
    unit = "workday" if offset.workdays else "day"
    return {f"{name}_from": anchor, f"{name}_days": str(abs(offset.amount)), f"{name}_unit": unit}


def _picks(expression: str) -> dict[str, tuple[str, ...]]:
    """Return what was picked; nothing when the expression says something the page cannot show."""
    picks: dict[str, tuple[str, ...]] = {}
    names = {name: pick for pick, name in NAMES.items()}
    for part in expression.split(" or "):
        found = _PART.fullmatch(part)
        if found is None or found[1] not in names:
            return {}
        codes = [found[2]] if found[2] else re.findall(r"'([\w.-]+)'", found[3])
        picks[names[found[1]]] = tuple(codes)
    return picks


def _kind(type_: str) -> str:
    kind = type_.partition(":")[0]
    return "choice" if kind == "vocab" else kind if kind in KINDS else ""


def _field(
    row: Mapping[str, Any], keys: Mapping[str, str], vocab: Mapping[str, Mapping[str, str]]
) -> FieldDesign:
    kind, _, parameter = row["type"].partition(":")
    return FieldDesign(
        key=keys[row["key"]],
        title=row["title"],
        kind=_kind(row["type"]),
        digits=parameter if kind in ("decimal", "percent") else "2",
        unit=row.get("unit") or "",
        required="" if row.get("blank") else "yes",
        least=_text(row.get("min")),
        most=_text(row.get("max")),
        jump=_text(row.get("jump")),
        options="\n".join(vocab.get(parameter, {}).values()) if kind == "vocab" else "",
        element=row.get("element") or "",
        keep="yes" if row.get("keep") else "",
        help=row.get("help") or "",
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _rule(must: str, keys: Mapping[str, str]) -> RuleDesign | None:
    found = _RULE.fullmatch(must)
    named: Iterable[str] = filter(None, found.group(1, 3, 4)) if found else ()
    if found is None or any(key not in keys for key in named):
        return None
    summed = bool(found[4])
    fitting = (each for each in RELATIONS if SIGNS[each] == found[2] and each.endswith("_sum") == summed)
    relation = next(fitting, "")
    if not relation:
        return None
    return RuleDesign(keys[found[1]], relation, keys[found[3]], keys[found[4]] if found[4] else "")
