"""What a new version of a pack changes against the one in force, entry by entry and key by key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.kernel.definitions.actions import Entry
from luoshi.kernel.definitions.kinds import KINDS
from luoshi.kernel.definitions.queries import Def

LONGEST = 60


@dataclass(frozen=True)
class Change:
    """One difference. ``path`` is empty for a whole entry; ``before``, ``after`` None where there is none."""

    kind: str
    key: str
    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        name = f"{KINDS[self.kind]} {self.key}{f'.{self.path}' if self.path else ''}"
        if self.before is None:
            return f"+ {name}" + (f"：{self.after}" if self.path else "")
        if self.after is None:
            return f"- {name}" + (f"：{self.before}" if self.path else "")
        return f"~ {name}：{self.before} → {self.after}"


def changes(old: Iterable[Def], new: Iterable[Entry]) -> list[Change]:
    """Return what differs, in the order of the kinds: entries that came, went, and keys that changed."""
    before = {(each.kind, each.key): each.body for each in old}
    after = {(each.kind, each.key): each.body for each in new}
    order = list(KINDS)
    found: list[Change] = []
    for kind, key in sorted(before.keys() | after.keys(), key=lambda pair: (order.index(pair[0]), pair[1])):
        one, other = before.get((kind, key)), after.get((kind, key))
        if one is None or other is None:
            whole = None if one is None else "", None if other is None else ""
            found.append(Change(kind, key, "", *whole))
        else:
            found += _inside(kind, key, "", one, other)
    return found


def _inside(kind: str, key: str, path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for part in sorted(old.keys() | new.keys()):
            yield from _part(kind, key, f"{path}.{part}" if path else str(part), part, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        if all(isinstance(each, Mapping) and "key" in each for each in [*old, *new]):
            named = {each["key"]: each for each in old}, {each["key"]: each for each in new}
            for part in dict.fromkeys([*named[0], *named[1]]):
                yield from _part(kind, key, f"{path}[{part}]", part, *named)
            if [*named[0]] != [*named[1]] and named[0].keys() == named[1].keys():
                yield Change(kind, key, path, "、".join(named[0]), "、".join(named[1]))
        else:
            one, other = dict(enumerate(old)), dict(enumerate(new))
            for number in range(max(len(old), len(new))):
                yield from _part(kind, key, f"{path}[{number}]", number, one, other)
    else:
        yield Change(kind, key, path, _shown(old), _shown(new))


def _part(
    kind: str, key: str, path: str, part: Any, old: Mapping[Any, Any], new: Mapping[Any, Any]
) -> Iterator[Change]:
    if part in old and part in new:
        yield from _inside(kind, key, path, old[part], new[part])
    elif part in old:
        yield Change(kind, key, path, _shown(old[part]), None)
    else:
        yield Change(kind, key, path, None, _shown(new[part]))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
