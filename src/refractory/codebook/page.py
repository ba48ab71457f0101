"""The codebook as a page: one table for each table, searched by the browser's own search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from refractory.codebook.book import Chapter, Entry
from refractory.numbers import format_count, say_count

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: 0.5rem 0 2rem; }
th:nth-child(1) { width: 21%; } th:nth-child(2) { width: 29%; } th:nth-child(3) { width: 21%; }
th:nth-child(4) { width: 11%; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid #ccc; }
th { border-bottom: 2px solid #444; }
td.number { font-variant-numeric: tabular-nums; }
code { font-size: 0.92em; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; }
.key { color: #555; }
@media (max-width: 50rem) { table, thead, tbody, tr, td { display: block; } thead { display: none; }
  td { border: 0; padding: 0.1rem 0; } tr { border-bottom: 1px solid #ccc; } }
@media (prefers-color-scheme: dark) { body { background: #16181b; color: #e8e6e1; } a { color: #8ab4e8; }
  .key { color: #a9a6a0; } th, td { border-color: #44474c; } th { border-color: #a9a6a0; } }
"""
_HEADS = ("Column", "Meaning", "Type and values", "Missing", "Protocol key")


def write_page(title: str, chapters: Sequence[Chapter], *, is_invented: bool) -> str:
    """Write the page of a codebook."""
    body = Markup("").join(_chapter(one) for one in chapters)
    contents = Markup("").join(
        Markup('<li><a href="#{0}"><code>{0}</code></a> {1} {2}</li>').format(
            one.table, one.grain, f"({say_count(one.rows, 'row')}, {say_count(len(one.entries), 'column')})"
        )
        for one in chapters
    )
    invented = "Invented data: nothing here is evidence about patients. " if is_invented else ""
    return Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Codebook: {title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head><body>'
        "<h1>Codebook</h1><p>{title}</p><p>{invented}For the study team only. A value that is missing is empty; "
        "dates are written year-month-day; days are counted from day 0, which is 0. In the analysis set yes is 1 and "
        "no is 0.</p><nav><ul>{contents}</ul></nav>{body}</body></html>\n"
    ).format(title=title, style=Markup(_STYLE), invented=invented, contents=contents, body=body)


def _chapter(chapter: Chapter) -> Markup:
    heads = Markup("").join(Markup("<th scope=col>{}</th>").format(head) for head in _HEADS)
    rows = Markup("").join(_entry(one) for one in chapter.entries)
    return Markup(
        '<section id="{0}"><h2><code>{0}</code></h2><p>{1} {2}.</p><table><thead><tr>{3}</tr></thead>'
        "<tbody>{4}</tbody></table></section>\n"
    ).format(chapter.table, chapter.grain, say_count(chapter.rows, "row"), heads, rows)


def _entry(entry: Entry) -> Markup:
    unit = f", {entry.unit}" if entry.unit else ""
    missing = format_count(entry.missing or 0)
    definition = Markup("<br>{}").format(entry.definition) if entry.definition else ""
    return Markup(
        "<tr><td><code>{}</code></td><td>{}{}</td><td>{}{}{}</td><td class=number>{}{}</td>"
        '<td class="key"><code>{}</code></td></tr>\n'
    ).format(
        entry.column, entry.label, definition, entry.kind, unit, _list(entry.values, " = "), missing,
        _list(entry.why_missing, ": "), entry.key,
    )  # fmt: skip


def _list(items: Mapping[str, object] | None, joint: str) -> Markup:
    if not items:
        return Markup("")
    told = Markup("").join(Markup("<li>{}</li>").format(escape(f"{name}{joint}{said}")) for name, said in items.items())
    return Markup("<ul>{}</ul>").format(told)
