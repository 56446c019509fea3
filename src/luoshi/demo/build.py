"""Builds the sample from nothing, by the same actions as users: its ledger is as honest as theirs."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from luoshi.core.actor import SYSTEM, Actor
from luoshi.core.beijing import LOCAL
from luoshi.core.periods import Period, parse_period
from luoshi.demo.cast import (
    ADMIN,
    APPROVER,
    AUDITOR,
    CAST,
    DEPUTY,
    DESIGNER,
    DESK,
    FILERS,
    OFFICE,
    OFFICE_UNITS,
    REVIEWER,
    Player,
)
from luoshi.demo.district.lists import Lists
from luoshi.demo.district.offices import Offices
from luoshi.demo.district.people import people_made, units_made
from luoshi.demo.district.places import Scale
from luoshi.demo.district.plans import Plans
from luoshi.demo.district.reminded import coached
from luoshi.demo.district.seats import Seats
from luoshi.demo.district.supervised import Posts, Supervised
from luoshi.demo.district.year import Year
from luoshi.kernel.access.actions import account_create, account_password_set, role_bind
from luoshi.kernel.access.models import Account
from luoshi.kernel.access.queries import actor_of
from luoshi.kernel.assess.actions import round_compute, round_publish
from luoshi.kernel.calendars.actions import calendar_install
from luoshi.kernel.files.sheets import read_table
from luoshi.kernel.filings.actions import draft_keep, filings_take, obligations_open
from luoshi.kernel.ledger.actions import sequence_all
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED
from luoshi.kernel.org.actions import (
    appoint,
    person_create,
    post_create,
    tree_create,
    unit_create,
    units_take,
)
from luoshi.kernel.org.importing import units_preview
from luoshi.kernel.reports.actions import report_freeze

PACK = SHIPPED / "bulletins"
YEAR_PACK = SHIPPED / "zeren"
UNITS_FROM = date(2010, 1, 1)
OFFICE_FROM = date(2020, 1, 1)
LEAD = timedelta(hours=1)
"""The sample's events lie in the hour before it is shown, so that what users do comes after them."""


@dataclass(frozen=True)
class Table:
    """One published table: its form, its file and the periods it covers."""

    form: str
    period: str
    asked: bool
    """Whether the period is asked on the page (else each row brings its own)."""
    opens: tuple[str, ...]
    frozen: bool
    waiting: str = ""
    """A further period that is opened and waits for somebody to import a file."""


TABLES = (
    Table("nantong", "2017-08", True, ("2017-08",), True),
    Table("panjin", "2023-01..2023-04", True, ("2023-01..2023-04",), True, waiting="2023-05..2023-06"),
    Table("changzhou", "2010-08", True, ("2010-08",), True),
    Table("lianyungang", "2021-07..2023-01", False, ("2021-07", "2022-02", "2022-08", "2023-01"), False),
)


@dataclass(frozen=True)
class Credential:
    """How to sign in as one of the cast."""

    username: str
    password: str
    title: str
    does: str


class Steps:
    """Hands out times a little apart, so that the sample's events follow one another as they would."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def next(self) -> datetime:
        self._now += timedelta(seconds=7)
        return self._now


def build(*, now: datetime, tell: Callable[[str], None], scale: Scale | None = None) -> list[Credential]:
    """Build the sample; ``tell`` gets one line of progress for each part.

    With a ``scale`` the district files from the day it begins until an hour before ``now``. The published
    tables are imported in that hour.
    Raises: Refusal when an action refuses, which would be a fault of the sample.
    """
    steps = Steps(now - LEAD if scale is None else datetime.combine(scale.begins, time(9), tzinfo=LOCAL))
    tell("建立工作日历、单位、人员和岗位")
    calendar_install(by=SYSTEM, code="cn", now=steps.next())
    _units(steps)
    credentials = [_player(player, steps) for player in CAST]
    if scale is not None:
        credentials += _year(scale, steps, now - LEAD, tell)
        steps = Steps(now - LEAD)
    _published(steps, tell)
    tell("给留痕依次编号")
    sequence_all()
    return credentials


def _year(scale: Scale, steps: Steps, until: datetime, tell: Callable[[str], None]) -> list[Credential]:
    """Set up the district with its people and the form pack, and let it file."""
    units_made(scale, OFFICE_FROM, steps.next)
    credentials = [_player(player, steps) for player in FILERS]
    people_made(scale, OFFICE_FROM, steps.next)
    coached(scale, OFFICE_FROM, steps.next)
    tell("安装业务包：履责记实")
    bindings = {"office": REVIEWER.unit}
    pack_install(actor=_actor(ADMIN, steps), path=YEAR_PACK, bindings=bindings, now=steps.next())
    year = Year(scale, REVIEWER.post, (DESIGNER.post, OFFICE.post), until, tell)
    posts = {"admin": ADMIN.post, "drafter": REVIEWER.post, "publisher": OFFICE.post}
    Lists(year, scale, posts, REVIEWER.unit)
    supervising = Posts(ADMIN.post, OFFICE.post, DEPUTY.post, APPROVER.post, OFFICE.unit)
    Supervised(year, scale, supervising)
    Plans(year, scale, posts | {"checker": OFFICE.post}, REVIEWER.unit, OFFICE.unit)
    Offices(year, scale, ADMIN.post, REVIEWER.post, OFFICE.post, OFFICE.unit)
    Seats(year, OFFICE.post, AUDITOR.post)
    year.run()
    return credentials


def _published(steps: Steps, tell: Callable[[str], None]) -> None:
    """Take in the four published tables."""
    tell("安装业务包：热线与街道通报样例")
    bindings = {"desk": DESK.post, "organ": DESK.unit}
    pack_install(actor=_actor(ADMIN, steps), path=PACK, bindings=bindings, now=steps.next())
    for table in TABLES:
        tell(f"导入并计算：{parse_period(table.period).title}，{table.form}")
        _table(table, steps)


def _units(steps: Steps) -> None:
    tree_create(by=SYSTEM, now=steps.next())
    for code, title, kind, parent in OFFICE_UNITS:
        unit_create(
            by=SYSTEM, code=code, title=title, kind=kind, parent_code=parent, on=OFFICE_FROM, now=steps.next()
        )
    table = read_table("units.csv", (PACK / "fixtures" / "units.csv").read_bytes())
    units_take(by=SYSTEM, preview=units_preview(table, on=UNITS_FROM), now=steps.next())


def _player(player: Player, steps: Steps) -> Credential:
    """Make a person with post, role and account, who has already replaced the one-time password."""
    person = person_create(by=SYSTEM, name=player.name, now=steps.next())
    post_create(
        by=SYSTEM,
        code=player.post,
        unit_code=player.unit,
        title=player.post_title,
        is_head=player.is_head,
        now=steps.next(),
    )
    appoint(by=SYSTEM, person_id=person.pk, post_code=player.post, from_on=OFFICE_FROM, now=steps.next())
    role_bind(
        by=SYSTEM, post_code=player.post, role=player.role, scope_unit_code=player.scope, now=steps.next()
    )
    account, once = account_create(by=SYSTEM, username=player.username, person_id=person.pk, now=steps.next())
    now = steps.next()
    password = _password()
    account_password_set(actor=actor_of(account, None, now.date()), old=once, new=password, now=now)
    return Credential(player.username, password, player.post_title, player.does)


def _password() -> str:
    """Return a password that is easy to type and passes the rules: two words of letters, digits, a mark."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    word = "".join(secrets.choice(letters) for _ in range(5)).capitalize()
    other = "".join(secrets.choice(letters) for _ in range(4))
    digits = "".join(secrets.choice(string.digits[2:]) for _ in range(3))
    return f"{word}-{other}-{digits}"


def _table(table: Table, steps: Steps) -> None:
    """Take one published table all the way: open, import, compute, publish and, for most, freeze."""
    form = f"bulletins.{table.form}"
    period = parse_period(table.period)
    desk, office = _actor(DESK, steps), _actor(OFFICE, steps)
    for code in filter(None, (*table.opens, table.waiting)):
        obligations_open(actor=office, form_ref=form, period=parse_period(code), now=steps.next())
    draft = draft_keep(
        actor=desk,
        form_ref=form,
        import_ref=form,
        period=period if table.asked else None,
        name=f"{table.form}.csv",
        content=(PACK / "fixtures" / f"{table.form}.csv").read_bytes(),
        now=steps.next(),
    )
    filings_take(actor=desk, draft_token=draft.token, only_clean=False, now=steps.next())
    for code in table.opens:
        _round(form, parse_period(code), office, steps)
    if table.frozen:
        report_freeze(actor=office, report_ref=form, period=period, now=steps.next())


def _round(scheme_ref: str, period: Period, office: Actor, steps: Steps) -> None:
    trial = round_compute(actor=office, scheme_ref=scheme_ref, period=period, now=steps.next())
    round_publish(actor=office, round_id=trial.pk, now=steps.next())


def _actor(player: Player, steps: Steps) -> Actor:
    account = Account.objects.get(username=player.username)
    return actor_of(account, None, steps.next().date())
