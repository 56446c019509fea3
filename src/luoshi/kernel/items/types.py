"""An item type as its pack defines it, read once a process for each definition row, which never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.core.errors import NotFound, WrongState, nearest
from luoshi.core.expr import Expr, parse
from luoshi.kernel.definitions.fields import Field, field_of
from luoshi.kernel.definitions.queries import (
    Def,
    definition,
    definition_by_id,
    definitions_in,
    definitions_of,
)
from luoshi.kernel.items.schema import (
    CREATE,
    After,
    DutyRule,
    EvidenceRule,
    Holder,
    Stage,
    Within,
    after_of,
    duty_rule,
    evidence_rule,
    is_condition,
    within_of,
)
from luoshi.kernel.items.schema_clocks import ClockRule, clock_rule
from luoshi.kernel.items.schema_rules import ItemRule, item_rule

LEAD = "lead"
ANY_UNIT = "unit:any"


@dataclass(frozen=True, slots=True)
class State:
    """One state; ``edit``: what may be changed in it without a move, ``by`` whom."""

    key: str
    title: str
    stage: Stage
    edit: tuple[str, ...]
    by: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One transition; ``starts`` is empty for the one that creates. ``apart``: (move, person or unit).

    ``guards``: names of conditions that upper apps registered.
    ``conditions``: what the records must show besides what is given. ``when``: of which items it is a move at
    all, ``say``: what is told to whoever tries it on another. ``after``: how long its state must have lasted.
    """

    key: str
    title: str
    starts: frozenset[str]
    end: str
    by: tuple[Holder, ...]
    need: tuple[str, ...]
    may: tuple[str, ...]
    apart: tuple[tuple[str, str], ...]
    most: int | None
    within: Within | None
    guards: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    when: Expr | None = None
    say: str = ""
    after: After | None = None


@dataclass(frozen=True, slots=True)
class ItemType:
    """One item type of one pack version; ``area``: the title of its pack, under which menus show it.

    ``imports``: the imports of its pack that bring items of it in from other systems.
    """

    ref: str
    pack: str
    pack_version: int
    definition_id: int
    area: str
    title: str
    pattern: str
    gapless: bool
    duties: Mapping[str, DutyRule]
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    public: tuple[str, ...]
    clocks: Mapping[str, ClockRule]
    evidence: EvidenceRule
    rules: tuple[ItemRule, ...] = ()
    imports: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[Field, ...]:
        """Return the fields that figures and filters read."""
        return tuple(field for field in self.fields.values() if field.fact)

    @property
    def yearly(self) -> bool:
        """Say whether numbers begin anew every year."""
        return "{year}" in self.pattern

    def moves_from(self, state: str) -> list[Move]:
        """Return the moves that lead on from a state, in the order of the pack."""
        return [move for move in self.moves.values() if state in move.starts]

    def move(self, key: str, state: str) -> Move:
        """Return a move that may be taken in a state. Raises: NotFound, WrongState naming what one can."""
        found = self.moves.get(key)
        if found is None or key == CREATE:
            near = nearest(key, self.moves)
            raise NotFound(f"“{self.title}”没有动作“{key}”。" + (f"是否指 {near}？" if near else ""))
        if state not in found.starts:
            title = self.states[state].title
            able = "、".join(f"“{each.title}”" for each in self.moves_from(state)) or "无"
            raise WrongState(f"本件现为“{title}”，不能{found.title}；现在可办：{able}。请刷新页面后核对。")
        return found


_kept: dict[int, ItemType] = {}


def types_forget() -> None:
    """Forget every type read. Only tests need it: they roll rows back, and ids come again."""
    _kept.clear()


def type_by_id(definition_id: int) -> ItemType:
    """Return the type of a definition row. No query once it was read. Raises: NotFound."""
    found = _kept.get(definition_id)
    return type_of(definition_by_id(definition_id)) if found is None else found


def types_by_ids(ids: Collection[int]) -> dict[int, ItemType]:
    """Return types by the ids of their definition rows."""
    return {row_id: type_by_id(row_id) for row_id in sorted(ids)}


def type_def(ref: str) -> ItemType:
    """Return the type ``ref`` ("pack.key") in force. Raises: NotFound."""
    return type_of(definition("item", ref))


def types_in_force() -> list[ItemType]:
    """Return every type in force, by pack and by place in its file."""
    return [type_of(found) for found in definitions_of("item")]


def type_of(found: Def) -> ItemType:
    """Read a definition of kind item, with vocabs and roles of its own pack version."""
    kept = _kept.get(found.id)
    if kept is None:
        kept = _kept[found.id] = _read(found)
    return kept


def _read(found: Def) -> ItemType:
    body = found.body
    version = found.pack_version_id
    vocabs = {each.key: _options(each.body) for each in definitions_in(version, "vocab")}
    roles = {each.key: each.body for each in definitions_in(version, "role")}

    def holders(keys: Any) -> tuple[Holder, ...]:
        return tuple(holder_of(key, roles[key]) for key in _listed(keys))

    fields = [field_of({**field, "blank": True}, vocabs) for field in body["fields"]]
    states = [
        State(each["key"], each["title"], Stage(each["stage"]), tuple(each["edit"]), holders(each["by"]))
        for each in body["states"]
    ]
    moves = [
        Move(
            key=each["do"],
            title=each["title"],
            starts=frozenset(_listed(each["from"])),
            end=each["to"],
            by=holders(each["by"]),
            need=tuple(need for need in each["need"] if not is_condition(need)),
            may=tuple(each["may"]),
            apart=tuple((rule["move"], rule["level"]) for rule in each["apart"]),
            most=each["max"],
            within=within_of(each["within"]) if each["within"] else None,
            guards=tuple(each.get("guard") or ()),
            conditions=tuple(need for need in each["need"] if is_condition(need)),
            when=parse(each["when"]) if each.get("when") else None,
            say=each.get("say") or "",
            after=after_of(each["after"]) if each.get("after") else None,
        )
        for each in body["moves"]
    ]
    return ItemType(
        ref=found.ref,
        pack=found.pack,
        pack_version=found.pack_version,
        definition_id=found.id,
        area=next((each.title for each in definitions_in(version, "pack")), found.pack),
        title=found.title,
        pattern=body["number"],
        gapless=body["gapless"],
        duties={key: duty_rule(key, text) for key, text in body["duty"].items()},
        fields={field.key: field for field in fields},
        states={state.key: state for state in states},
        moves={move.key: move for move in moves},
        public=tuple(body["public"]),
        clocks={key: clock_rule(key, clock, holders) for key, clock in (body.get("clocks") or {}).items()},
        rules=tuple(item_rule(each) for each in body.get("rules") or ()),
        evidence=evidence_rule(body.get("evidence")),
        imports=tuple(
            each.ref for each in definitions_in(version, "import") if each.body.get("item") == found.key
        ),
    )


def _options(body: Mapping[str, Any]) -> dict[str, str]:
    """Return code → title in the order of the pack."""
    options = body.get("options") or body
    return {code: str(options[code]) for code in body.get("order") or options}


def holder_of(key: str, body: Mapping[str, Any]) -> Holder:
    """Read one role of a pack."""
    if body["who"] == ANY_UNIT:
        return Holder("any", "", "", str(body.get("title") or "各单位"))
    kind, _, rest = str(body["who"]).partition(":")
    name, _, part = rest.removeprefix("@").partition(".")
    return Holder(kind, name, part, str(body.get("title") or key))


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
