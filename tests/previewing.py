"""The sample's pack once more, with a preview and grades in one scheme."""

from __future__ import annotations

import shutil
from pathlib import Path

from luoshi.kernel.loader.actions import pack_install
from luoshi.kernel.loader.folder import SHIPPED
from tests.district import District

RULES = """    rank: {tie: share_low, better: up}
    preview: {calendar: cn, appeal: 5, decide: 10}
    grades:
      - {key: best, title: 优秀, share: 30, least: 90}
      - {key: fit, title: 合格}
"""


def preview_installed(district: District, folder: Path) -> None:
    """Install version 2 of the pack, whose scheme ``panjin`` says preview and grades."""
    pack = folder / "bulletins"
    shutil.copytree(SHIPPED / "bulletins", pack)
    text = (pack / "pack.yaml").read_text(encoding="utf-8")
    head, title, rest = text.partition("  panjin:\n    title: 热线办理四率评分")
    changed = rest.replace("    rank: {tie: share_low, better: up}\n", RULES, 1)
    whole = head.replace("version: 1", "version: 2", 1) + title + changed
    (pack / "pack.yaml").write_text(whole, encoding="utf-8")
    pack_install(actor=district.actor("guanli"), path=pack, now=district.now)
