"""Longer texts that staff write, with headings and lists."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@cache
def _parser() -> MarkdownIt:
    """HTML in the source stays text; the parser refuses javascript: and the like in links."""
    from markdown_it import MarkdownIt  # when it is needed: each start of a process would be longer by it

    return MarkdownIt("commonmark", {"html": False}).disable("image")


def render_markdown(source: str) -> Markup:
    """CommonMark as safe HTML; headings begin at the second level, below the page's own."""
    parser = _parser()
    tokens = parser.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if token.type in ("heading_open", "paragraph_open", "bullet_list_open", "ordered_list_open"):
            token.attrSet("dir", "auto")
    return Markup(parser.renderer.render(tokens, parser.options, {}))
