"""What somebody gives with a move or an edit, read against what it needs and what it may take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from luoshi.core.errors import Incomplete, Invalid
from luoshi.kernel.definitions.fields import LONGEST_TEXT, Unfit
from luoshi.kernel.items.models import ItemDuty
from luoshi.kernel.items.schema import BASIS, DUTY_PREFIX, DUTY_TITLES, EVIDENCE_PREFIX, NOTE, DutyRule
from luoshi.kernel.items.types import ItemType
from luoshi.kernel.org.models import Post, Unit

LONGEST_TITLE = 200
TITLE = "title"
NOTE_TITLES = {NOTE: "说明", BASIS: "依据"}


@dataclass(frozen=True, slots=True)
class Given:
    """``values``: field key → what was typed; ``duties``: duty → codes of all units or posts that hold it."""

    title: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    basis: str = ""
    duties: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to hold a duty."""

    unit: Unit
    post: Post | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was given, checked: canonical texts, personal ones apart; every duty with all who hold it then."""

    title: str | None
    values: dict[str, str | None]
    private: dict[str, str | None]
    note: str
    basis: str
    duties: dict[str, list[Target]]


def given_read(kind: ItemType, allowed: Collection[str], given: Given) -> Read:
    """Return what was given. Raises: Invalid naming each thing that is not asked for or does not fit."""
    faults: dict[str, str] = {}
    texts: dict[str, str | None] = {}
    for key, raw in given.values.items():
        known = kind.fields.get(key)
        if known is None or key not in allowed:
            faults[key] = f"此处不收“{known.title if known else key}”，请删去。"
            continue
        try:
            texts[key] = known.read(raw)
        except Unfit as unfit:
            faults[key] = f"{known.title}：{unfit.problem}。"
    for key, noun in NOTE_TITLES.items():
        text = (given.note if key == NOTE else given.basis).strip()
        if len(text) > LONGEST_TEXT:
            faults[key] = f"{noun}不得超过 {LONGEST_TEXT} 字，现有 {len(text)} 字。"
        elif text and key not in allowed:
            faults[key] = f"此处不收{noun}，请删去。"
    title = given.title.strip() if given.title is not None else None
    if title is not None and TITLE not in allowed:
        faults[TITLE] = "此处不能改事由。"
    elif title is not None and not 0 < len(title) <= LONGEST_TITLE:
        faults[TITLE] = f"事由应为 1 至 {LONGEST_TITLE} 字。"
    duties = _targets(kind, allowed, given.duties, faults)
    if faults:
        raise Invalid(" ".join(faults.values()), fields=faults)
    return Read(
        title=title,
        values={key: text for key, text in texts.items() if not kind.fields[key].pii},
        private={key: text for key, text in texts.items() if kind.fields[key].pii},
        note=given.note.strip(),
        basis=given.basis.strip(),
        duties=duties,
    )


def needs_check(
    kind: ItemType,
    need: Iterable[str],
    read: Read,
    *,
    values: Mapping[str, str | None],
    private: Collection[str],
    duties: Collection[ItemDuty],
    unproved: Mapping[str, str],
) -> None:
    """Refuse while something needed neither was given nor stands already; a note is given every time.

    ``unproved``: what lacks of evidence, from ``proof_faults``.
    Raises: Incomplete naming each thing that lacks.
    """
    faults: dict[str, str] = {}
    for key in need:
        if key.startswith(EVIDENCE_PREFIX):
            if key in unproved:
                faults[key] = unproved[key]
        elif key.startswith(DUTY_PREFIX):
            role = key.removeprefix(DUTY_PREFIX)
            standing = [row for row in duties if row.role == role]
            if not read.duties.get(role, standing):
                faults[key] = f"请先确定{duty_title(kind.duties[role])}。"
        elif key in NOTE_TITLES:
            if not (read.note if key == NOTE else read.basis):
                faults[key] = f"请填写{NOTE_TITLES[key]}。"
        elif not _stands(key, kind, read, values, private):
            faults[key] = f"请填写{kind.fields[key].title}。"
    if faults:
        raise Incomplete(" ".join(faults.values()), fields=faults)


def _stands(
    key: str, kind: ItemType, read: Read, values: Mapping[str, str | None], private: Collection[str]
) -> bool:
    if kind.fields[key].pii:
        return read.private[key] is not None if key in read.private else key in private
    return read.values.get(key, values.get(key)) is not None


def duty_title(rule: DutyRule) -> str:
    """Return a duty as forms and tables call it."""
    return DUTY_TITLES.get(rule.role, f"职责 {rule.role} 的{'岗位' if rule.post else '单位'}")


def _targets(
    kind: ItemType, allowed: Collection[str], given: Mapping[str, Sequence[str]], faults: dict[str, str]
) -> dict[str, list[Target]]:
    """Return the units and posts named. One query for units, one for posts."""
    wanted = {role: list(dict.fromkeys(codes)) for role, codes in given.items() if role in kind.duties}
    for role in given:
        if role not in kind.duties or f"{DUTY_PREFIX}{role}" not in allowed:
            faults[f"{DUTY_PREFIX}{role}"] = f"此处不能调整职责 {role}。"
    units = _units({code for role in wanted if not kind.duties[role].post for code in wanted[role]})
    posts = _posts({code for role in wanted if kind.duties[role].post for code in wanted[role]})
    found: dict[str, list[Target]] = {}
    for role, codes in wanted.items():
        rule = kind.duties[role]
        told = count_fault(rule, len(codes))
        missing = [code for code in codes if code not in (posts if rule.post else units)]
        if missing:
            told = f"没有编码为“{missing[0]}”的{'岗位' if rule.post else '单位'}，请从名录中选择。"
        closed = [code for code in codes if code in units and units[code].closed_on is not None]
        if closed:
            told = f"“{units[closed[0]].title}”已撤销，请改选承接单位。"
        if told:
            faults[f"{DUTY_PREFIX}{role}"] = f"{duty_title(rule)}：{told}"
            continue
        if rule.post:
            found[role] = [Target(posts[code].unit, posts[code]) for code in codes]
        else:
            found[role] = [Target(units[code], None) for code in codes]
    return found


def _units(codes: Collection[str]) -> dict[str, Unit]:
    rows = Unit.objects.filter(code__in=codes).order_by("code")
    return {row.code: row for row in rows} if codes else {}


def _posts(codes: Collection[str]) -> dict[str, Post]:
    rows = Post.objects.filter(code__in=codes).select_related("unit").order_by("code")
    return {row.code: row for row in rows} if codes else {}


def count_fault(rule: DutyRule, count: int) -> str:
    """Return what is wrong with so many holders of a duty, "" when nothing is."""
    noun = "岗位" if rule.post else "单位"
    if count < rule.least:
        return f"至少要有 {rule.least} 个{noun}，现有 {count} 个。"
    if rule.most is not None and count > rule.most:
        return f"最多 {rule.most} 个{noun}，现有 {count} 个。"
    return ""
