"""Checks of fields that hold more than one value: table rows, and files as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from luoshi.kernel.definitions.fields import PICTURES
from luoshi.kernel.loader.checks.context import Context, nearest_hint
from luoshi.kernel.loader.nodes import Node

NUMERIC = ("int", "decimal", "percent", "money")
MOST_ROWS = 200
MOST_CELLS = 800  # a page takes 1,000 inputs (Django's DATA_UPLOAD_MAX_NUMBER_FIELDS)
ONLY = {"columns": "rows", "total": "rows", "kinds": "files"}
NOT_MANY = ("fact", "element", "from", "keep", "jump", "min", "max", "unit")


def check_many(ctx: Context, field: Node) -> None:
    """The keys of table rows and of files stand where they belong, and only there."""
    kind, parameter = type_of(field)
    for key, wanted in ONLY.items():
        node = given(field, key)
        if node is not None and kind != wanted:
            ctx.faults.add(node.head, f"只有 {wanted}:N 字段可以写 {key}")
    if kind not in ONLY.values():
        return
    for key in NOT_MANY:
        node = given(field, key)
        if node is not None:
            why = "不能作为统计字段" if key == "fact" else f"不能写 {key}"
            ctx.faults.add(node.head, f"{kind}:N 字段{why}；要统计的数请另设数字字段")
    if kind == "rows":
        _rows(ctx, field, parameter)
    else:
        _files(ctx, field)


def type_of(field: Node) -> tuple[str, str]:
    """Return the kind of a field and what stands behind the colon, "" where it cannot be read."""
    node = field.text_at("type")
    kind, _, parameter = ((node.text or "") if node is not None else "").partition(":")
    return kind, parameter


def given(field: Node, key: str) -> Node | None:
    """Return the node of a key that says something: neither null, false nor an empty text."""
    node = field.get(key)
    return None if node is None or node.value in (None, False, "") else node


def many_fields(form: Node) -> Mapping[str, str]:
    """Return the kind, rows or files, of every field that holds more than one value, by key."""
    fields = form.get("fields")
    found: dict[str, str] = {}
    for field in fields.elements() if fields is not None else ():
        key, kind = field.text_at("key"), type_of(field)[0]
        if key is not None and key.text is not None and kind in ONLY.values():
            found[key.text] = kind
    return found


def _rows(ctx: Context, field: Node, parameter: str) -> None:
    type_ = field.text_at("type")
    if type_ is not None and parameter.isdecimal() and int(parameter) > MOST_ROWS:
        ctx.faults.add(type_.at_offset(len("rows:")), f"最多 {MOST_ROWS} 行，更多的请用表格导入的表单")
    columns = field.get("columns")
    if columns is None:
        if "columns" not in field.lost:
            ctx.faults.add(field.head, "rows:N 字段要写 columns：每一列的 key、title 和 type")
        return
    listed = list(columns.elements())
    if parameter.isdecimal() and MOST_CELLS < int(parameter) * len(listed) <= MOST_ROWS * len(listed):
        ctx.faults.add(columns.head, f"行数乘以列数不得超过 {MOST_CELLS}，请减少行数或列数")
    ctx.unique((column.text_at("key") for column in listed), "列代码")
    ctx.unique((column.text_at("title") for column in listed), "列名称")
    for column in listed:
        _column(ctx, column)
    _totals(ctx, field, listed)


def _column(ctx: Context, column: Node) -> None:
    kind, parameter = type_of(column)
    type_ = column.text_at("type")
    known = ctx.names("vocab")
    if kind == "vocab" and type_ is not None and known is not None and parameter not in known:
        ctx.unknown(type_, "选项表", parameter, known, len("vocab:"))
    bounds = [column.get("min"), column.get("max")]
    for node in bounds:
        if node is not None and node.value is not None and kind in ("text", "date", "vocab"):
            ctx.faults.add(node.head, "只有数字列可以写 min 和 max")
    low, high = (_number(node) for node in bounds)
    if bounds[0] is not None and low is not None and high is not None and low > high:
        ctx.faults.add(bounds[0].place, f"min {low} 大于 max {high}")


def _totals(ctx: Context, field: Node, columns: list[Node]) -> None:
    total = field.get("total")
    kinds = {key.text or "": type_of(each)[0] for each in columns if (key := each.text_at("key")) is not None}
    for node in total.elements() if total is not None else ():
        if node.text is None:
            continue
        if node.text not in kinds:
            ctx.faults.add(node.place, f"没有列“{node.text}”", nearest_hint(node.text, kinds))
        elif kinds[node.text] not in NUMERIC:
            ctx.faults.add(node.place, f"列“{node.text}”不是数字，不能合计")
    if total is not None:
        ctx.unique(total.elements(), "合计列")


def _files(ctx: Context, field: Node) -> None:
    kinds, blank = field.get("kinds"), field.get("blank")
    if kinds is None:
        if "kinds" not in field.lost:
            ctx.faults.add(field.head, "files:N 字段要写 kinds：可收的佐证类别，如 [document, sheet, photo]")
        return
    ctx.unique(kinds.elements(), "佐证类别")
    taken = {node.text for node in kinds.elements()}
    required = blank is None or blank.value is not True
    if required and taken and taken <= PICTURES:
        ctx.faults.add(
            kinds.place,
            "必交的佐证不能只收照片或截图：照片、截图不得作为唯一佐证",
            "请加上 document 或 sheet，或写 blank: true 改为可不交",
        )


def _number(node: Node | None) -> Decimal | None:
    if node is None or isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        return None
    return Decimal(node.value)
