"""The unit tree of a day, and one unit with its posts, places and history."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from luoshi.core.errors import Invalid
from luoshi.kernel.access.policy import can, require_right
from luoshi.kernel.documents.xlsx import Column
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.org.coaching import coach_links
from luoshi.kernel.org.kinds import kind_title
from luoshi.kernel.org.queries import UnitNode, posts_of, unit_aliases, unit_get, unit_places, unit_tree
from luoshi.web.ledger.words import Names
from luoshi.web.shell.export import xlsx_response


@require_safe
def unit_tree_page(request: HttpRequest) -> HttpResponse:
    """Every unit of a day in tree order; a search shows the units found with everybody above them."""
    require_right(request.actor, "org.view")
    context = tree_context(request)
    if request.htmx:
        return render(request, "org/_tree.html", context)
    return render(request, "org/tree.html", {**context, "may": {"manage": can(request.actor, "org.manage")}})


def tree_context(request: HttpRequest) -> dict[str, object]:
    """Return the rows of the tree as the address asks for them."""
    on = day_asked(request)
    wanted = request.GET.get("q", "").strip()
    nodes = unit_tree(on)
    shown = found_with_parents(nodes, wanted) if wanted else nodes
    rows = [(node, kind_title(node.kind)) for node in shown]
    return {"rows": rows, "on": on, "q": wanted, "total": len(nodes), "today": request.today}


def day_asked(request: HttpRequest) -> date:
    """Return the day of the address, today when it names none. Raises: Invalid."""
    text = request.GET.get("on", "")
    try:
        day = parse_date(text) if text else request.today
    except ValueError:
        day = None
    if day is None:
        raise Invalid(f"日期“{text}”写法不对，请写作 2021-01-15。")
    return day


def found_with_parents(nodes: list[UnitNode], wanted: str) -> list[UnitNode]:
    """Return the units whose name or code holds ``wanted``, and those above them, in tree order."""
    by_id = {node.id: node for node in nodes}
    keep: set[int] = set()
    for node in nodes:
        if wanted.casefold() not in f"{node.title} {node.code}".casefold():
            continue
        above: UnitNode | None = node
        while above is not None and above.id not in keep:
            keep.add(above.id)
            above = by_id.get(above.parent_id) if above.parent_id else None
    return [node for node in nodes if node.id in keep]


@require_safe
def unit_export(request: HttpRequest) -> HttpResponse:
    """The tree as shown, as a spreadsheet that can be imported again."""
    require_right(request.actor, "org.view")
    context = tree_context(request)
    codes = {node.id: node.code for node in unit_tree(context["on"])}
    columns = [
        Column("单位编码", 14),
        Column("单位名称", 30),
        Column("类别", 10),
        Column("上级编码", 14),
        Column("层级", 8, "int"),
    ]
    rows = [
        (node.code, node.title, title, codes.get(node.parent_id, ""), node.depth)
        for node, title in context["rows"]
    ]
    return xlsx_response(f"单位树 {context['on']:%Y-%m-%d}", columns, rows)


@require_safe
def unit_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One unit."""
    require_right(request.actor, "org.view")
    unit = unit_get(code)
    on = day_asked(request)
    events = events_of("unit", unit.pk)
    names = Names.of((event.by for event in events), request.today)
    context = {
        "unit": unit,
        "kind": kind_title(unit.kind),
        "on": on,
        "aliases": unit_aliases(unit.pk),
        "posts": posts_of(unit.pk, on),
        "places": unit_places(unit.pk),
        "coaches": coach_links(unit.pk),
        "may": {"coach": can(request.actor, "coach.set") and unit.closed_on is None},
        "events": [(event, names.who(event.by)) for event in reversed(events)],
    }
    template = "org/_unit.html" if request.htmx else "org/unit.html"
    return render(request, template, context)
