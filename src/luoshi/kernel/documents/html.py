"""``render_html``: the document tree as a fragment for the screen; how paper looks is the style sheet's.

Everything goes through ``format_html``, so texts are escaped; links lead only inside this site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from luoshi.core import gbt9704 as gb
from luoshi.kernel.documents import tree
from luoshi.kernel.documents.docx_chart import chart_title
from luoshi.kernel.documents.text import clean_text

_NOTHING = mark_safe("")  # noqa: S308 - empty
_ALIGN_CLASS = {"left": "", "center": "mid", "right": "num"}


def render_html(doc: tree.Document) -> SafeString:
    """Return ``doc`` as one ``<div class="gw">``.

    A figure is ``<a class="fig" href data-key id>``, or a ``<span>`` when it has no ``href``; its id is the
    bookmark of the DOCX (``tree.figure_marks``). A chart is a ``<figure class="gw-chart">`` with an empty
    ``<div class="gw-plot">`` to draw into, whose ``data-chart`` holds JSON ``{kind, title, unit, categories,
    series: [{name, values}]}``, and a plain table of the same numbers for readers without script.
    """
    marks = tree.MarkNames()
    parts = [
        _head(doc.head),
        _title(doc.title_lines),
        _addressee(doc.addressee),
        *(_block(block, marks) for block in doc.blocks),
        _sign(doc.sign),
        _notes(doc.notes),
        _imprint(doc.imprint),
    ]
    kind = "gw gw-letter" if doc.style == "letter" else "gw"
    return format_html('<div class="{}" lang="zh-CN">{}</div>', kind, _join(parts))


def _join(parts: Iterable[Any]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts if part))


def _clean(text: str) -> str:
    return clean_text(text)


def _lines(texts: Iterable[str]) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((_clean(text),) for text in texts))  # noqa: S308


# --- head and title ---


def _head(head: tree.Head | None) -> SafeString:
    if head is None:
        return _NOTHING
    number = signer = _NOTHING
    if head.signer:
        signer = format_html('<span class="gw-signer">签发人：{}</span>', _clean(head.signer))
    if head.number or head.signer:
        kind = "gw-number gw-up" if head.signer else "gw-number"
        number = format_html('<p class="{}"><span>{}</span>{}</p>', kind, _clean(head.number or ""), signer)
    return format_html(
        '<header class="gw-head"><p class="gw-org">{}</p>{}</header>', _clean(head.org), number
    )


def _title(lines: tuple[str, ...]) -> SafeString:
    return format_html('<h1 class="gw-title">{}</h1>', _lines(lines)) if lines else _NOTHING


def _addressee(text: str | None) -> SafeString:
    return format_html('<p class="gw-addressee">{}：</p>', _clean(text.rstrip(":："))) if text else _NOTHING


# --- blocks ---


def _block(block: tree.Block, marks: tree.MarkNames) -> SafeString:
    match block:
        case tree.Heading():
            # The title is h1, so headings of the text start at h2.
            level = block.level
            tag = mark_safe(f"h{level + 1}")  # noqa: S308 - a number from 2 to 5
            return format_html('<{} class="gw-h{}">{}</{}>', tag, level, _clean(block.text), tag)
        case tree.Paragraph():
            return format_html('<p class="gw-p">{}</p>', _join(_run(run, marks) for run in block.runs))
        case tree.Caption():
            return format_html('<p class="gw-caption">{}</p>', _clean(block.text))
        case tree.Quote():
            return format_html(
                '<blockquote class="gw-quote"><p>{}</p><cite>来源：{}</cite></blockquote>',
                _clean(block.text),
                _clean(block.source),
            )
        case tree.Table():
            return _table(block, marks)
        case tree.Chart():
            return _chart(block)


def _run(run: tree.Run, marks: tree.MarkNames) -> SafeString:
    if isinstance(run, tree.Text):
        return format_html("{}", _lines(_clean(run.text).split("\n")))
    return _figure(run.key, run.text, run.href, marks)


def _figure(key: str, text: str, href: str | None, marks: tree.MarkNames) -> SafeString:
    mark = marks.next(key)
    if href is not None and _is_inner(href):
        return format_html(
            '<a class="fig" id="{}" href="{}" data-key="{}">{}</a>', mark, href, key, _clean(text)
        )
    return format_html('<span class="fig" id="{}" data-key="{}">{}</span>', mark, key, _clean(text))


def _is_inner(href: str) -> bool:
    """Tell whether a link stays on this site: a path, query or place on the page, nothing with a scheme."""
    return href.startswith(("/", "?", "#")) and not href.startswith(("//", "/\\"))


def _table(block: tree.Table, marks: tree.MarkNames) -> SafeString:
    classes = [_ALIGN_CLASS[column.align] for column in block.columns]
    caption = (
        format_html('<caption class="gw-caption">{}</caption>', _clean(block.caption))
        if block.caption
        else _NOTHING
    )
    head = format_html_join(
        "",
        '<th scope="col" class="{}">{}</th>',
        ((kind, _clean(column.title)) for kind, column in zip(classes, block.columns, strict=True)),
    )
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (format_html_join("", '<td class="{}">{}</td>', zip(classes, _cells(row, marks), strict=True)),)
            for row in block.rows
        ),
    )
    return format_html(
        '<div class="gw-table-wrap"><table class="gw-table">{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        caption,
        head,
        body,
    )


def _cells(row: tuple[tree.Cell, ...], marks: tree.MarkNames) -> list[SafeString]:
    return [
        _lines(_clean(cell.text).split("\n"))
        if cell.figure_key is None
        else _figure(cell.figure_key, cell.text, cell.href, marks)
        for cell in row
    ]


def _chart(block: tree.Chart) -> SafeString:
    title = _clean(chart_title(block))
    names = format_html_join(
        "", '<th scope="col" class="num">{}</th>', ((_clean(n),) for n, _ in block.series)
    )
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (_clean(category), _numbers([values[place] for _, values in block.series]))
            for place, category in enumerate(block.categories)
        ),
    )
    return format_html(
        '<figure class="gw-chart"><div class="gw-plot" role="img" aria-label="{}" data-chart="{}"></div>'
        '<figcaption class="gw-caption">{}</figcaption><details class="gw-data"><summary>图中数据</summary>'
        '<table class="gw-table"><thead><tr><th scope="col"></th>{}</tr></thead><tbody>{}</tbody></table>'
        "</details></figure>",
        _clean(block.alt) or title,
        _chart_json(block),
        title,
        names,
        rows,
    )


def _numbers(values: list[Decimal | None]) -> SafeString:
    return format_html_join(
        "", '<td class="num">{}</td>', (("—" if value is None else f"{value:f}",) for value in values)
    )


def _chart_json(block: tree.Chart) -> str:
    # The script draws with floats; the exact numbers stand in the table beside it.
    series = [
        {"name": _clean(name), "values": [None if value is None else float(value) for value in values]}
        for name, values in block.series
    ]
    data = {
        "kind": block.kind,
        "title": _clean(block.title),
        "unit": _clean(block.unit),
        "categories": [_clean(category) for category in block.categories],
        "series": series,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# --- end of the text ---


def _sign(sign: tree.Sign | None) -> SafeString:
    if sign is None:
        return _NOTHING
    return format_html(
        '<div class="gw-sign"><p>{}</p><p><time datetime="{}">{}</time></p></div>',
        _clean(sign.org),
        sign.date.isoformat(),
        gb.date_text(sign.date),
    )


def _notes(notes: tuple[str, ...]) -> SafeString:
    if not notes:
        return _NOTHING
    lines = format_html_join("", "<p>{}</p>", ((_bracketed(note),) for note in notes))
    return format_html('<div class="gw-notes">{}</div>', lines)


def _bracketed(note: str) -> str:
    bare = _clean(note).strip()
    return bare if bare.startswith("（") and bare.endswith("）") else f"（{bare}）"


def _imprint(imprint: tree.Imprint | None) -> SafeString:
    if imprint is None:
        return _NOTHING
    copies = _NOTHING
    if imprint.cc:
        copies = format_html('<p class="gw-cc"><span>抄送：</span><span>{}。</span></p>', _clean(imprint.cc))
    return format_html(
        '<footer class="gw-imprint">{}<p class="gw-printed"><span>{}</span><span>{}印发</span></p></footer>',
        copies,
        _clean(imprint.printer),
        gb.date_text(imprint.printed_on),
    )
