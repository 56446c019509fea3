"""How a pack maps a table of another system to histories of items: columns, activities, times, time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from luoshi.core.errors import NotFound
from luoshi.kernel.definitions.queries import Def, definition
from luoshi.kernel.items.types import ItemType, type_def

KIND = "import"


@dataclass(frozen=True, slots=True)
class Activity:
    """A table with a row for each step: ``column`` says what was done, ``time`` when.

    ``moves``: activity → keys of moves; the first that leads on from the state of the item is meant.
    """

    column: str
    time: str
    moves: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HistoryTemplate:
    """The mapping of one import. All names but keys are column titles; "" where there is no such column.

    ``fields``: field key → column; ``duties``: role → column with units; ``times``: move → column with the
    time it was taken, one row of the case being enough. ``zone``: that of times without an offset.
    ``earlier``: a step before the registration is refused, or the registration counts from the ``first``.
    """

    ref: str
    item_ref: str
    number: str
    title: str
    who: str
    note: str
    zone: ZoneInfo
    earlier: str
    fields: Mapping[str, str]
    duties: Mapping[str, str]
    times: Mapping[str, str]
    activity: Activity | None
    ignore: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return its key within the pack."""
        return self.ref.partition(".")[2]

    @property
    def columns(self) -> list[str]:
        """Return every column that is read, once, in the order of the mapping."""
        single = [self.number, self.title, self.who, self.note]
        steps = [self.activity.column, self.activity.time] if self.activity else []
        named = [*single, *self.fields.values(), *self.duties.values(), *steps, *self.times.values()]
        return list(dict.fromkeys(title for title in named if title))


def history_template(import_ref: str) -> HistoryTemplate:
    """Return the import ``import_ref`` ("pack.key"). Raises: NotFound, also for an import of a form."""
    found = definition(KIND, import_ref)
    if not _of_items(found):
        raise NotFound(f"“{import_ref}”是表单的导入模板，不能导入事项。")
    return _template(found)


def history_templates(kind: ItemType) -> list[HistoryTemplate]:
    """Return the imports of an item type, in the order of its pack."""
    return [history_template(ref) for ref in kind.imports]


def template_type(template: HistoryTemplate) -> ItemType:
    """Return the item type in force that an import brings items of. Raises: NotFound."""
    return type_def(template.item_ref)


def _of_items(found: Def) -> bool:
    return bool(found.body.get("item"))


def _template(found: Def) -> HistoryTemplate:
    body: Mapping[str, Any] = found.body
    steps = body["activity"]
    activity = None
    if steps is not None:
        moves = {each["is"]: _listed(each["do"]) for each in steps["moves"]}
        activity = Activity(steps["column"], steps["time"], moves)
    return HistoryTemplate(
        ref=found.ref,
        item_ref=f"{found.pack}.{body['item']}",
        number=body["number"],
        title=body["title"],
        who=body["who"] or "",
        note=body["note"] or "",
        zone=ZoneInfo(body["zone"]),
        earlier=body["earlier"],
        fields=dict(body["columns"]),
        duties=dict(body["duties"]),
        times=dict(body["times"]),
        activity=activity,
        ignore=tuple(body["ignore"]),
    )


def _listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
