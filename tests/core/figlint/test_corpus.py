"""Twenty own drafts with forty contradictions, and the same twenty without; the files stand in tests/data."""

from __future__ import annotations

import pytest

from luoshi.core.figlint.check import examine
from luoshi.core.figlint.model import Finding, Paragraph
from tests.core.figlint.corpus import DRAFTS, FOLDER, PLANTS, files


def findings(file: str) -> tuple[Finding, ...]:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    blocks = [Paragraph(f"第 {number} 段", line) for number, line in enumerate(lines, start=1)]
    return examine(blocks).findings


def test_files_are_what_the_script_writes() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == files()
    assert (len(DRAFTS), len(PLANTS)) == (20, 40)
    assert all(DRAFTS[plant.draft].count(plant.right) == 1 for plant in PLANTS)


@pytest.mark.parametrize("draft", DRAFTS)
def test_clean_draft_raises_no_alarm(draft: str) -> None:
    assert findings(f"clean_{draft}.txt") == ()


def test_at_least_38_of_40_planted_contradictions_are_found() -> None:
    found = {draft: findings(f"planted_{draft}.txt") for draft in DRAFTS}
    missed = [
        plant
        for plant in PLANTS
        if not any(each.kind == plant.kind and plant.should in each.should for each in found[plant.draft])
    ]
    assert len(missed) <= 2, missed
    # One wrong share of draft 14 also contradicts the printed change of that share: both are true findings.
    assert sum(map(len, found.values())) <= len(PLANTS) + 1
