"""Checks of pack, slots, roles, vocab, forms and imports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from luoshi.core.expr import Kind
from luoshi.kernel.filings.windows import ANCHORS
from luoshi.kernel.loader.checks.context import (
    Context,
    field_kinds,
    has_lost_fields,
    nearest_hint,
    unsure_fields,
)
from luoshi.kernel.loader.checks.many import check_many, many_fields
from luoshi.kernel.loader.nodes import Node
from luoshi.kernel.org.selectors import SELECTOR_NAMES

OFFICE_ROLES = ("clerk", "head", "desk", "reviewer", "office", "owner")
RESERVED = frozenset(
    {"all", "answer", "timing", "unit", "period", "note", "late_reason", "occurred", "true", "false", "none"}
)


def check_head(ctx: Context) -> None:
    """The id is the folder's name; required packs are known."""
    head = ctx.root.get("pack")
    if head is None:
        return
    name = head.text_at("id")
    if name is not None and name.text != ctx.folder:
        ctx.faults.add(name.place, f"业务包代码“{name.text}”与所在文件夹“{ctx.folder}”不同名")
    required = head.get("requires")
    for node in required.elements() if required is not None else ():
        if node.text is not None and node.text not in ctx.packs:
            ctx.unknown(node, "业务包", node.text, ctx.packs)


def check_roles(ctx: Context) -> None:
    """A role stands on a slot of its kind."""
    for _, role in ctx.section("roles"):
        who = role.text_at("who")
        if who is None or who.text is None:
            continue
        kind, _, rest = who.text.partition(":@")
        if kind in ("post", "unit") and rest:
            ctx.slot(who, rest.partition(".")[0], kind, len(kind) + 2)


def check_vocab(ctx: Context) -> None:
    """A list of options has options, and no two with the same words."""
    for key, vocab in ctx.section("vocab"):
        if isinstance(vocab.value, dict) and not vocab.names():
            ctx.faults.add(vocab.head, f"选项表 {key} 没有选项")
        ctx.unique((node for _, node in vocab.entries()), "选项")


def check_forms(ctx: Context) -> None:
    """Selectors, windows, flows, fields and rules of every form; one element is one kind of value."""
    _elements(ctx)
    for _, form in ctx.section("forms"):
        ctx.expression(form.text_at("to"), SELECTOR_NAMES, Kind.BOOL)
        _window(ctx, form)
        _flow(ctx, form)
        _admission(ctx, form)
        _fields(ctx, form)
        _offers(ctx, form)
        kinds = field_kinds(form)
        rules = form.get("rules")
        for rule in rules.elements() if rules is not None else ():
            must = rule.text_at("must")
            if must is not None and not has_lost_fields(form, ctx.faults):
                ctx.expression(must, kinds, Kind.BOOL, unsure=unsure_fields(form, ctx.faults))


def _window(ctx: Context, form: Node) -> None:
    window = form.get("window")
    if window is None:
        return
    ctx.calendar(window)
    lock = window.get("lock")
    moments = {
        "open": window.text_at("open"),
        "due": window.text_at("due"),
        "lock": lock and lock.text_at("at"),
    }
    for moment, node in moments.items():
        anchor = ((node.text or "") if node is not None else "").partition(" ")[0]
        if node is not None and anchor in ANCHORS and anchor not in ANCHORS[moment]:
            ctx.faults.add(node.place, f"此处不能从 {anchor} 算起，可用 {'、'.join(ANCHORS[moment])}")


def _flow(ctx: Context, form: Node) -> None:
    flow = form.get("flow")
    roles = ctx.names("roles")
    if flow is None or roles is None:
        return
    for step in ("fill", "sign", "review"):
        node = flow.text_at(step)
        allowed = {*roles, *OFFICE_ROLES} | ({"none"} if step != "fill" else set())
        if node is not None and node.text not in allowed:
            ctx.unknown(node, "角色", node.text or "", allowed)
        elif node is not None:
            _duty(ctx, node)
    nil = form.get("nil")
    need = nil.get("need") if nil is not None else None
    for node in need.elements() if need is not None else ():
        if (
            node.text is not None
            and node.text not in {"note", *field_kinds(form)}
            and not has_lost_fields(form, ctx.faults)
        ):
            ctx.unknown(node, "字段", node.text, {"note", *field_kinds(form)})


def _duty(ctx: Context, node: Node) -> None:
    """The duty of a step is one of the unit that files."""
    role = ctx.entry("roles", node.text)
    who = role.text_at("who") if role is not None else None
    text = (who.text or "") if who is not None else ""
    if text.startswith("duty:") and text.partition(".")[0] != "duty:unit":
        ctx.faults.add(node.place, f"角色 {node.text} 写作 {text}，填报流程里只能用 duty:unit[.head|.super]")


def _admission(ctx: Context, form: Node) -> None:
    admission = form.get("admission")
    if admission is None:
        return
    owner, until = admission.text_at("owner"), admission.text_at("until")
    if owner is not None and owner.text is not None and owner.text.startswith("unit:@"):
        ctx.slot(owner, owner.text.removeprefix("unit:@"), "unit", len("unit:@"))
    if until is not None and until.text is not None:
        try:
            date.fromisoformat(until.text)
        except ValueError:
            ctx.faults.add(until.place, f"“{until.text}”不是日历上的日期，应写作 2027-12-31")


def _fields(ctx: Context, form: Node) -> None:
    found = form.get("fields")
    fields = list(found.elements()) if found is not None else []
    ctx.unique((field.text_at("key") for field in fields), "字段代码")
    ctx.unique((field.text_at("title") for field in fields), "字段名称")
    for field in fields:
        key, type_ = field.text_at("key"), field.text_at("type")
        if key is not None and key.text in RESERVED:
            ctx.faults.add(key.place, f"字段代码不能用保留字 {key.text}，请换一个")
        kind, _, parameter = ((type_.text or "") if type_ is not None else "").partition(":")
        if kind == "vocab" and type_ is not None:
            known = ctx.names("vocab")
            if known is not None and parameter not in known:
                ctx.unknown(type_, "选项表", parameter, known, len("vocab:"))
        check_many(ctx, field)
        if kind not in ("rows", "files"):
            _bounds(ctx, field, kind)


def _offers(ctx: Context, form: Node) -> None:
    """The last month needs an element and a period of several months; a range has no period before it."""
    period = form.text_at("period")
    kind = period.text if period is not None else None
    found = form.get("fields")
    for field in found.elements() if found is not None else ():
        source, element, keep = field.text_at("from"), field.text_at("element"), field.get("keep")
        if source is not None and kind in ("month", "node"):
            ctx.faults.add(source.place, f"期间类别为 {kind} 的表单没有“最后一个月”，请删去 from")
        if source is not None and source.text and element is None and "element" not in field.lost:
            ctx.faults.add(source.place, "写了 from 的字段须有 element，才能取得已有数据")
        if keep is not None and keep.value is True and kind == "range":
            ctx.faults.add(keep.place, "期间类别为 range 的表单没有上期，请删去 keep")


def _elements(ctx: Context) -> None:
    """Fields that state one element agree in type and unit: a value of one is offered for the other."""
    first: dict[str, tuple[str, str, str]] = {}
    for form_key, form in ctx.section("forms"):
        found = form.get("fields")
        for field in found.elements() if found is not None else ():
            element, type_, key = field.text_at("element"), field.text_at("type"), field.text_at("key")
            if element is None or type_ is None or key is None or not element.text:
                continue
            unit = field.text_at("unit")
            said = (type_.text or "", (unit.text or "") if unit is not None else "")
            where = f"{form_key}.{key.text}"
            known = first.setdefault(element.text, (*said, where))
            if known[:2] != said:
                ctx.faults.add(
                    element.place,
                    f"数据元 {element.text} 在 {known[2]} 是 {' '.join(known[:2]).strip()}，"
                    f"在此是 {' '.join(said).strip()}",
                    "同一数据元的类型和计量单位须一致，否则请换一个编码",
                )


def _bounds(ctx: Context, field: Node, kind: str) -> None:
    least, most = field.get("min"), field.get("max")
    for node in (least, most, field.get("jump")):
        if node is not None and node.value is not None and kind in ("text", "date", "vocab"):
            ctx.faults.add(node.head, "只有数字字段可以限定大小（min、max）和变动幅度（jump）")
    low, high = _number(least), _number(most)
    if least is not None and low is not None and high is not None and low > high:
        ctx.faults.add(least.place, f"最小值（min）{low} 大于最大值（max）{high}")


def _number(node: Node | None) -> Decimal | None:
    if node is None or isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        return None
    return Decimal(node.value)


def check_imports(ctx: Context) -> None:
    """Every field that must be filled has a column; no column is used twice."""
    for _, template in ctx.section("imports"):
        if "item" in template.names():
            continue
        form = ctx.require(template.text_at("form"), "forms")
        columns, ignore = template.get("columns"), template.get("ignore")
        unit, period = template.text_at("unit"), template.text_at("period")
        titles = [unit, *(node for _, node in columns.entries())] if columns is not None else [unit]
        if period is not None and period.text != "none":
            titles.append(period)
        titles += list(ignore.elements()) if ignore is not None else []
        ctx.unique(titles, "列名")
        if form is not None and columns is not None and not has_lost_fields(form, ctx.faults):
            _columns(ctx, form, columns)


def _columns(ctx: Context, form: Node, columns: Node) -> None:
    kinds = field_kinds(form)
    many = many_fields(form)
    for key, node in columns.entries():
        if key in many:
            ctx.faults.add(node.head, f"{many[key]}:N 字段 {key} 不能用表格导入，只能在填报页填写")
        elif key not in kinds:
            ctx.faults.add(node.head, f"表单没有字段“{key}”", nearest_hint(key, kinds))
    fields = form.get("fields")
    for field in fields.elements() if fields is not None else ():
        key_node, blank = field.text_at("key"), field.get("blank")
        if key_node is None or (blank is not None and blank.value is True):
            continue
        key = key_node.text or ""
        if key in many:
            why = f"必填字段 {key} 不能用表格导入，本表单不能设导入模板"
            ctx.faults.add(columns.head, why, path=f"{columns.path}.{key}")
        elif key not in columns.names():
            ctx.faults.add(columns.head, f"必填字段 {key} 没有对应的列", path=f"{columns.path}.{key}")
