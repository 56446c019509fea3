"""The whole check of a draft: prose sentence by sentence, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from luoshi.core.figlint.cells import cell_place, number
from luoshi.core.figlint.changes import change_findings
from luoshi.core.figlint.grids import grid_contradictions
from luoshi.core.figlint.groups import groups_of
from luoshi.core.figlint.model import Block, Context, Finding, Grid, Paragraph, Quantity, Sentence
from luoshi.core.figlint.roles import Role, roles_of
from luoshi.core.figlint.shares import rate_findings, share_findings, shares_by_part
from luoshi.core.figlint.sums import equation_findings, group_findings, rest_findings, total_findings
from luoshi.core.figlint.tokens import sentences

_TOTAL_MARK = re.compile(r"共|总|合计|累计|全年|受理|收到|接到")
_SHORTEST_SENTENCE = 7


@dataclass(frozen=True, slots=True)
class Examined:
    """A draft that was checked: how much was read, and what contradicts, in reading order."""

    paragraphs: int
    tables: int
    figures: int
    findings: tuple[Finding, ...]


def examine(blocks: Iterable[Block]) -> Examined:
    """Check a draft and count what was read; the figures are those with a unit, and numbers in cells."""
    every = list(blocks)
    paragraphs = [block for block in every if isinstance(block, Paragraph)]
    grids = [block for block in every if isinstance(block, Grid)]
    figures = sum(len(each.quantities) for block in paragraphs for each in sentences("", block.text))
    figures += sum(number(text) is not None for grid in grids for row in grid.rows for text in row)
    return Examined(len(paragraphs), len(grids), figures, tuple(contradictions(every)))


def contradictions(blocks: Iterable[Block]) -> list[Finding]:
    """Return what cannot be true together in a draft, in reading order, each printed number once.

    Tolerance: a printed number may have been rounded half up or cut off at its last digit.

    >>> from luoshi.core.figlint.model import Paragraph
    >>> [found] = contradictions([Paragraph("第 1 段", "共受理200件，其中电话受理150件，占80%。")])
    >>> print(found.place, found.said, found.should, found.how)
    第 1 段第 1 句 占 80% 75% 150件÷200件＝75%
    """
    found: list[Finding] = []
    known: list[Quantity] = []
    for block in blocks:
        found += (
            grid_findings(block)
            if isinstance(block, Grid)
            else paragraph_findings(block.place, block.text, known)
        )
    return found


def grid_findings(grid: Grid) -> list[Finding]:
    """Return the contradictions of a table, and of the sentences that stand in its cells."""
    found = grid_contradictions(grid)
    told = {finding.how.partition("；")[0] for finding in found}
    for row, texts in enumerate(grid.rows):
        for column, text in enumerate(texts):
            if len(text) >= _SHORTEST_SENTENCE and number(text) is None:
                inside = paragraph_findings(cell_place(grid, row, column), text, [])
                found += [finding for finding in inside if finding.how not in told]
    return found


def paragraph_findings(place: str, text: str, known: list[Quantity]) -> list[Finding]:
    """Return the contradictions of one paragraph. Wholes named in a sentence serve the sentences after it.

    ``known``: the counts of the paragraphs before; those of this one are added.
    """
    found: list[Finding] = []
    totals: list[Quantity] = []
    earlier: list[Quantity] = []
    for sentence in sentences(place, text):
        roles = roles_of(sentence)
        once: dict[int, Finding] = {}
        for start, finding in _sentence_findings(sentence, roles, Context(totals, earlier, known)):
            once.setdefault(start, finding)
        found += [once[start] for start in sorted(once)]
        mains = [
            each
            for each, role in zip(sentence.quantities, roles, strict=True)
            if role is Role.MAIN and not each.is_share
        ]
        totals += [each for each in mains if each is mains[0] or _TOTAL_MARK.search(each.lead)]
        earlier = mains
        known += mains
    return found


def _sentence_findings(
    sentence: Sentence, roles: list[Role], context: Context
) -> Iterator[tuple[int, Finding]]:
    groups = groups_of(sentence, roles, context)
    for checks in (
        change_findings(sentence, roles, context),
        share_findings(sentence, roles, groups, context),
        rate_findings(sentence, roles, context),
        group_findings(sentence, groups, shares_by_part(sentence, roles)),
        rest_findings(sentence, roles, groups, context),
        total_findings(sentence, roles, groups),
    ):
        for quantity, finding in checks:
            yield quantity.start, finding
    yield from equation_findings(sentence)
