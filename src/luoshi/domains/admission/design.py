"""A form as it is being designed: every choice and text just as typed, judged nowhere here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

MOST_FIELDS = 60
MOST_RULES = 20
LONGEST = 2000
# What a new form begins with: a month's form that is open five working days before the end of the month.
DEFAULTS: Mapping[str, str] = {
    "title": "",
    "basis": "",
    "source": "",
    "period": "month",
    "open_from": "end-",
    "open_days": "5",
    "open_unit": "workday",
    "due_from": "end+",
    "due_days": "10",
    "due_unit": "workday",
    "lock_mode": "soft",
    "lock_days": "20",
    "fill": "clerk",
    "sign": "head",
    "review": "owner",
    "returns": "3",
    "nil": "yes",
    "minutes": "",
    "until": "",
    "note": "",
}
PICKS = ("groups", "kinds", "units")
BLANK_FIELDS = 1


@dataclass(frozen=True, slots=True)
class FieldDesign:
    """One field as typed. ``key`` is given once and stays. ``options``: one choice a line."""

    key: str = ""
    title: str = ""
    kind: str = "int"
    digits: str = "2"
    unit: str = ""
    required: str = "yes"
    least: str = ""
    most: str = ""
    jump: str = ""
    options: str = ""
    element: str = ""
    keep: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class RuleDesign:
    """One rule as picked: keys of fields and the relation between them."""

    left: str = ""
    relation: str = "le"
    right: str = ""
    also: str = ""


FIELD_NAMES = tuple(each.name for each in fields(FieldDesign))
RULE_NAMES = tuple(each.name for each in fields(RuleDesign))


@dataclass(frozen=True, slots=True)
class Design:
    """A whole form as typed. ``texts``: see ``DEFAULTS``; ``picks``: codes of groups, kinds, units addressed.

    ``last``: the number of the newest field key ever given, so that no key is given twice.
    """

    texts: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: tuple[FieldDesign, ...] = ()
    rules: tuple[RuleDesign, ...] = ()
    last: int = 0

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, DEFAULTS[name])

    def picked(self, name: str) -> tuple[str, ...]:
        """Return what was picked of ``groups``, ``kinds`` or ``units``."""
        return self.picks.get(name, ())

    def keyed(self) -> Design:
        """Return the design with a key for every field that has none."""
        last, found = self.last, []
        for each in self.fields:
            if not each.key:
                last += 1
                each = replace(each, key=f"f{last}")
            found.append(each)
        return replace(self, fields=tuple(found), last=last)

    def as_json(self) -> dict[str, Any]:
        """Return the design as it is kept."""
        return {
            "texts": dict(self.texts),
            "picks": {name: list(self.picked(name)) for name in PICKS if self.picked(name)},
            "fields": [asdict(each) for each in self.fields],
            "rules": [asdict(each) for each in self.rules],
            "last": self.last,
        }


def design_of(kept: Mapping[str, Any]) -> Design:
    """Return a design that was kept; names that are no longer known are left out."""
    return Design(
        texts={name: str(kept["texts"].get(name, text)) for name, text in DEFAULTS.items()},
        picks={name: tuple(kept["picks"][name]) for name in PICKS if kept["picks"].get(name)},
        fields=tuple(FieldDesign(**_known(each, FIELD_NAMES)) for each in kept["fields"]),
        rules=tuple(RuleDesign(**_known(each, RULE_NAMES)) for each in kept["rules"]),
        last=int(kept["last"]),
    )


def blank_design() -> Design:
    """Return what a new form begins with."""
    return Design(fields=(FieldDesign(),) * BLANK_FIELDS).keyed()


def _known(kept: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(kept[name]) for name in names if name in kept}


def changed(design: Design, what: str) -> Design:
    """Return the design after one press of a button of its page; unknown buttons change nothing.

    ``what``: ``add``, ``rule``, or ``up:KEY``, ``down:KEY``, ``drop:KEY``, ``cite:KEY:ELEMENT``, ``undo:N``
    with the key of a field or the number of a rule.
    """
    verb, _, rest = what.partition(":")
    act = _ACTS.get(verb)
    return act(design, rest).keyed() if act else design


def _added(design: Design, _: str) -> Design:
    return replace(design, fields=(*design.fields, FieldDesign())[:MOST_FIELDS])


def _rule_added(design: Design, _: str) -> Design:
    return replace(design, rules=(*design.rules, RuleDesign())[:MOST_RULES])


def _moved(step: int) -> Callable[[Design, str], Design]:
    def act(design: Design, key: str) -> Design:
        rows = list(design.fields)
        place = next((number for number, each in enumerate(rows) if each.key == key), None)
        if place is None or not 0 <= place + step < len(rows):
            return design
        rows[place], rows[place + step] = rows[place + step], rows[place]
        return replace(design, fields=tuple(rows))

    return act


def _dropped(design: Design, key: str) -> Design:
    """A rule that names the field goes with it."""
    kept = tuple(each for each in design.fields if each.key != key)
    rules = tuple(each for each in design.rules if key not in (each.left, each.right, each.also))
    return replace(design, fields=kept, rules=rules)


def _rule_dropped(design: Design, number: str) -> Design:
    rules = tuple(each for place, each in enumerate(design.rules) if str(place) != number)
    return replace(design, rules=rules)


def _cited(design: Design, rest: str) -> Design:
    key, _, element = rest.partition(":")
    rows = tuple(replace(each, element=element) if each.key == key else each for each in design.fields)
    return replace(design, fields=rows)


_ACTS: Mapping[str, Callable[[Design, str], Design]] = {
    "add": _added,
    "rule": _rule_added,
    "up": _moved(-1),
    "down": _moved(1),
    "drop": _dropped,
    "undo": _rule_dropped,
    "cite": _cited,
}
