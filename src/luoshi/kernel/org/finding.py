"""Finding the unit that a text in a spreadsheet means, and the nearest name when it means none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from luoshi.kernel.org.models import Unit, UnitAlias
from luoshi.kernel.org.names import Suggestions, name_key, shown, some


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for one text: the unit, or why there is none and what to do about it (Chinese)."""

    unit: Unit | None
    rule: str = ""
    remedy: str = ""


class UnitIndex:
    """All names of the units of a day, for looking up many texts. Two queries when made, none afterwards.

    A text is taken as a code first, then a name, an alias, a short name; width, case and spaces do not count.
    ``unit_ids`` narrows the units that are meant, so that the same name elsewhere does not stand in the way.
    """

    def __init__(self, on: date, *, unit_ids: Collection[int] | None = None) -> None:
        rows = Unit.objects.order_by("sort", "code")
        units = [unit for unit in rows if unit_ids is None or unit.pk in unit_ids]
        self._open = [unit for unit in units if unit.opened_on <= on and not _closed(unit, on)]
        self._gone = {name_key(text): unit for unit in units if _closed(unit, on) for text in _own(unit)}
        self._by_code = {unit.code: unit for unit in self._open}
        aliases: dict[int, list[str]] = defaultdict(list)
        for unit_id, text in UnitAlias.objects.order_by("id").values_list("unit_id", "text"):
            aliases[unit_id].append(text)
        self._levels = [
            self._keyed((unit, [unit.code]) for unit in self._open),
            self._keyed((unit, [unit.title]) for unit in self._open),
            self._keyed((unit, aliases[unit.pk]) for unit in self._open),
            self._keyed((unit, [unit.short]) for unit in self._open),
        ]
        self._names = {
            name_key(text): text
            for unit in self._open
            for text in (unit.code, unit.short, *aliases[unit.pk], unit.title)
            if text
        }
        self._suggestions = Suggestions(self._names)

    def find(self, text: str) -> Unit | None:
        """Return the one unit that a text means; None when there is none or more than one."""
        return self.look(text).unit

    def nearest(self, text: str) -> str | None:
        """Return the known name most like a text, None when none is close; ``Suggestions`` sets a limit."""
        near = self._suggestions.of(name_key(text))
        return self._names[near] if near else None

    def look(self, text: str) -> Found:
        """Return the unit that a text means, or the rule that is broken and the remedy."""
        exact = self._by_code.get(text.strip())
        if exact is not None:
            return Found(exact)
        key = name_key(text)
        if not key:
            return Found(None, "单位不能为空", "请填写单位名称或编码")
        for level in self._levels:
            units = level.get(key, [])
            if len(units) == 1:
                return Found(units[0])
            if units:
                codes = some([unit.code for unit in units])
                return Found(None, f"“{shown(text)}”对应{len(units)}个单位（{codes}）", "请改填单位编码")
        return self._missing(text, key)

    def _missing(self, text: str, key: str) -> Found:
        gone = self._gone.get(key)
        if gone is not None and gone.closed_on is not None:
            after = gone.successor_id and next((u for u in self._open if u.pk == gone.successor_id), None)
            remedy = f"请改填承接单位“{after.title}”" if after else "请核对期间，或改填承接单位"
            return Found(None, f"单位“{gone.title}”已于{gone.closed_on:%Y-%m-%d}撤销", remedy)
        near = self.nearest(text)
        remedy = f"是否想写“{near}”？" if near else "请核对名称，或在单位页面添加别名"
        return Found(None, f"没有单位“{shown(text)}”", remedy)

    @staticmethod
    def _keyed(named: Iterable[tuple[Unit, list[str]]]) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit, texts in named:
            for key in {name_key(text) for text in texts if text}:
                found[key].append(unit)
        return found


def _closed(unit: Unit, on: date) -> bool:
    return unit.closed_on is not None and unit.closed_on <= on


def _own(unit: Unit) -> list[str]:
    return [text for text in (unit.code, unit.title, unit.short) if text]
