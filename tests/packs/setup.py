"""The sample units of the bulletins pack and the pack itself, put in through the actions."""

from __future__ import annotations

from datetime import date, datetime

from luoshi.core.actor import SYSTEM, SYSTEM_ACTOR
from luoshi.kernel.definitions.models import PackVersion
from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.fixtures import read_sheet
from luoshi.kernel.loader.folder import SHIPPED
from luoshi.kernel.loader.nodes import Faults
from luoshi.kernel.org.actions import post_create, tree_create, unit_create
from luoshi.kernel.org.kinds import kind_of
from tests.harness.times import NOW

OPENED = date(2004, 1, 1)
UNITS = "fixtures/units.csv"


def sample_units(now: datetime = NOW) -> None:
    """Set up every unit of the pack's unit table and the post that fills in."""
    sheet = read_sheet(UNITS, (SHIPPED / "bulletins" / UNITS).read_bytes(), "", Faults())
    assert sheet is not None
    tree_create(by=SYSTEM, now=now)
    for row in sheet.rows:
        unit_create(
            by=SYSTEM,
            code=row["单位编码"],
            title=row["单位名称"],
            short=row["简称"],
            kind=kind_of(row["类别"]) or "",
            parent_code=row["上级编码"] or None,
            on=OPENED,
            now=now,
        )
    post_create(by=SYSTEM, code="desk", title="统计岗", unit_code="SAMPLE", now=now)


def bulletins_installed(now: datetime = NOW) -> PackVersion:
    """Set up the sample units and install the shipped pack."""
    sample_units(now)
    return pack_install(
        actor=SYSTEM_ACTOR, path="bulletins", bindings={"desk": "desk", "organ": "SAMPLE"}, now=now
    )
