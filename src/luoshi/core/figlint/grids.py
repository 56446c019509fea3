"""Tables: total rows against their parts, rates and total columns against the columns they come from.

Which columns a rate or a total comes from is not guessed from words: it is taken from the table when most
of its rows agree (at least 3 rows, 60 %), and the others are then named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from luoshi.core.figlint.bounds import plain, prints_as, shown
from luoshi.core.figlint.cells import Cell, Line, Read, number, read
from luoshi.core.figlint.model import Finding, Grid

COLUMN_SUM, ROW_SUM, SHARE = "纵向合计", "横向合计", "占比"
LEAST_ROWS = 3
LEAST_SHARE = 0.6
_MOST_COLUMNS = 14
_LONGEST_BLOCK = 12
_ROWS_LEARNED_FROM = 300
_SUM_HEAD = re.compile(r"合计|总计|小计|总数|总量|总件数|共计|total", re.IGNORECASE)
_LIST = re.compile(r"\d+(?:\.\d+)?(?:\s*[ +＋、]\s*\d+(?:\.\d+)?)+\Z")

# What a cell should hold by the others of its row: (value, in words); None when that cannot be said.
Rule = Callable[[int], tuple[Fraction, str] | None]


def grid_contradictions(grid: Grid) -> list[Finding]:
    """Return the numbers of a table that its other numbers refute, row by row."""
    found = read(grid)
    if found is None:
        return []
    results: dict[tuple[int, int], Finding] = {}
    for check in (_total_rows, _rates, _total_columns, _lists):
        for row, column, finding in check(found):
            results.setdefault((row, column), finding)
    return [results[place] for place in sorted(results)]


# --- total rows ---


def _total_rows(table: Read) -> Iterator[tuple[int, int, Finding]]:
    for at, (row, line) in enumerate(table.lines):
        if line is Line.PART:
            continue
        choices = [rows for rows in _parts(table, at, line) if len(rows) > 1]
        if not choices:
            continue
        columns = [column for column in table.counts if table.cell(row, column)]
        best = max(choices, key=lambda rows: sum(_adds_up(table, row, column, rows) for column in columns))
        for column in columns:
            total = table.cell(row, column)
            if total is None or any(_adds_up(table, row, column, rows) for rows in choices):
                continue
            cells = [cell for each in best if (cell := table.cell(each, column))]
            if len(cells) < 2 or _is_mean(total, cells):
                continue
            yield row, column, _sum_finding(table, row, column, total, cells, COLUMN_SUM)


def _parts(table: Read, at: int, line: Line) -> Iterator[list[int]]:
    """Yield the rows a total may be of: those since the total before, all parts, all subtotals, or below."""
    above = table.lines[:at]
    run: list[int] = []
    for row, kind in reversed(above):
        if kind is not Line.PART:
            break
        run.insert(0, row)
    yield run
    if line is Line.TOTAL:
        yield [row for row, kind in above if kind is Line.PART]
        yield [row for row, kind in above if kind is Line.SUBTOTAL]
        last = [row for row, kind in above if kind is Line.SUBTOTAL]
        yield last + run if last and run else []
    if not run:
        below: list[int] = []
        for row, kind in table.lines[at + 1 :]:
            if kind is not Line.PART and line is Line.SUBTOTAL:
                break
            if kind is Line.PART:
                below.append(row)
        yield below
        yield [row for row, kind in table.lines[at + 1 :] if kind is Line.SUBTOTAL]


def _adds_up(table: Read, row: int, column: int, rows: Sequence[int]) -> bool:
    total = table.cell(row, column)
    cells = [cell for each in rows if (cell := table.cell(each, column))]
    return total is not None and bool(cells) and _sums_to(total, cells)


def _sums_to(total: Cell, cells: Sequence[Cell]) -> bool:
    """Whole numbers must agree exactly, decimals within half a last digit of every part and the total."""
    gap = abs(total.value - sum((cell.value for cell in cells), Decimal(0)))
    slack = sum((cell.step for cell in (*cells, total) if cell.digits), Decimal(0)) / 2
    return gap <= slack


def _is_mean(total: Cell, cells: Sequence[Cell]) -> bool:
    mean = Fraction(sum((cell.value for cell in cells), Decimal(0))) / len(cells)
    return prints_as((mean, mean), total.value, total.step)


def _sum_finding(
    table: Read, row: int, column: int, total: Cell, cells: Sequence[Cell], kind: str
) -> Finding:
    added = plain(sum((cell.value for cell in cells), Decimal(0)))
    if len(cells) > 8:
        words = f"{cells[0].text}＋{cells[1].text}＋…＋{cells[-1].text}（共 {len(cells)} 个数）＝{added}"
    else:
        words = f"{'＋'.join(cell.text for cell in cells)}＝{added}"
    return Finding(table.where(row, column), kind, table.quote(row, column), total.text, added, words)


# --- rules learned from the table ---


def _follow(
    table: Read, column: int, rows: Sequence[int], rules: Sequence[Rule], kind: str, tail: str = ""
) -> Iterator[tuple[int, int, Finding]]:
    """Take the rule that most rows of a column follow and yield the rows that do not."""
    best: Rule | None = None
    most = 0
    for rule in rules:
        fitting, told = 0, 0
        for row in rows[:_ROWS_LEARNED_FROM]:
            cell, computed = table.cell(row, column), rule(row)
            if cell is None or computed is None:
                continue
            fit = prints_as((computed[0], computed[0]), cell.value, cell.step)
            told += 1
            # 0 and 100 fit many rules and prove none.
            fitting += fit and cell.value not in (0, 100)
        if fitting >= LEAST_ROWS and fitting >= LEAST_SHARE * told and fitting > most:
            best, most = rule, fitting
    if best is None:
        return
    for row in rows:
        cell, computed = table.cell(row, column), best(row)
        if cell is None or computed is None:
            continue
        value, words = computed
        if not prints_as((value, value), cell.value, cell.step):
            should = f"{shown(value, cell.digits)}{tail}"
            said = f"{plain(cell.value)}{tail}"
            how = f"{words}＝{should}；本列多数行按此计算"
            yield (
                row,
                column,
                Finding(table.where(row, column), kind, table.quote(row, column), said, should, how),
            )


def _rates(table: Read) -> Iterator[tuple[int, int, Finding]]:
    every = [row for row, _ in table.lines]
    parts = [row for row, line in table.lines if line is Line.PART]
    for column in table.rates:
        near = sorted(table.counts, key=lambda each: abs(each - column))[:_MOST_COLUMNS]
        ratios = [_ratio(table, num, den) for num, den in permutations(near, 2)]
        growth = [_growth(table, now, then) for now, then in permutations(near, 2)]
        of_total = [_of_total(table, num) for num in near]
        found = list(_follow(table, column, every, [*of_total, *ratios, *growth], SHARE, "%"))
        yield from found or _follow(table, column, parts, [*of_total, *ratios, *growth], SHARE, "%")


def _ratio(table: Read, num: int, den: int) -> Rule:
    def rule(row: int) -> tuple[Fraction, str] | None:
        part, whole = table.cell(row, num), table.cell(row, den)
        if part is None or whole is None or whole.value <= 0:
            return None
        return 100 * Fraction(part.value) / Fraction(whole.value), f"{part.text}÷{whole.text}"

    return rule


def _growth(table: Read, now: int, then: int) -> Rule:
    def rule(row: int) -> tuple[Fraction, str] | None:
        this, last = table.cell(row, now), table.cell(row, then)
        if this is None or last is None or last.value <= 0:
            return None
        value = 100 * (Fraction(this.value) / Fraction(last.value) - 1)
        return value, f"({this.text}－{last.text})÷{last.text}"

    return rule


def _of_total(table: Read, num: int) -> Rule:
    total = next((row for row, line in table.lines if line is Line.TOTAL and table.cell(row, num)), None)

    def rule(row: int) -> tuple[Fraction, str] | None:
        part, whole = table.cell(row, num), table.cell(total, num) if total is not None else None
        if part is None or whole is None or whole.value <= 0:
            return None
        return 100 * Fraction(part.value) / Fraction(whole.value), f"{part.text}÷{whole.text}"

    return rule


def _total_columns(table: Read) -> Iterator[tuple[int, int, Finding]]:
    rows = [row for row, _ in table.lines]
    for column in table.counts:
        if _SUM_HEAD.search(table.heads[column]):
            rules = [_added(table, block) for block in _blocks(table.counts, column)]
            yield from _follow(table, column, rows, rules, ROW_SUM)


def _blocks(counts: list[int], column: int) -> Iterator[list[int]]:
    """Yield the stretches of two and more columns of counts beside a total column, the longest first."""
    at = counts.index(column)
    left, right = counts[:at], counts[at + 1 :]
    for size in range(min(_LONGEST_BLOCK, max(len(left), len(right))), 1, -1):
        if size <= len(left):
            yield left[-size:]
        if size <= len(right):
            yield right[:size]


def _added(table: Read, block: Sequence[int]) -> Rule:
    def rule(row: int) -> tuple[Fraction, str] | None:
        cells = [cell for column in block if (cell := table.cell(row, column))]
        if len(cells) < 2:
            return None
        return Fraction(sum((cell.value for cell in cells), Decimal(0))), "＋".join(
            cell.text for cell in cells
        )

    return rule


def _lists(table: Read) -> Iterator[tuple[int, int, Finding]]:
    """Cells that hold several numbers ("902 9") are the parts of a total in another column."""
    rows = [row for row, _ in table.lines]
    width = len(table.heads)
    for parts in range(width):
        texts = [table.grid.rows[row][parts].strip() for row in rows if parts < len(table.grid.rows[row])]
        if sum(bool(_LIST.match(text)) for text in texts) < LEAST_ROWS:
            continue
        for column in table.counts:
            yield from _follow(table, column, rows, [_listed(table, parts)], ROW_SUM)


def _listed(table: Read, column: int) -> Rule:
    def rule(row: int) -> tuple[Fraction, str] | None:
        texts = table.grid.rows[row]
        if column >= len(texts) or not _LIST.match(texts[column].strip()):
            return None
        cells = [cell for each in re.split(r"[\s+＋、]+", texts[column].strip()) if (cell := number(each))]
        return Fraction(sum((cell.value for cell in cells), Decimal(0))), "＋".join(
            cell.text for cell in cells
        )

    return rule
