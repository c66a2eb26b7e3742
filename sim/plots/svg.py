"""Figures as SVG elements that stand in a page, several of them side by side."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.plots.style import house_style

SIDE = 14
"""Points of the figure's margins that are left out: a page has its own."""
_HEAD = re.compile(r".*?<svg [^>]*viewBox=\"([^\"]+)\"[^>]*>(?:\s*<metadata>.*?</metadata>)?", re.S)
_STYLE = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.S)
_IDS = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:xlink:href="#|url\(#)([^")]+)')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"font-family: [^;\"]*")


def svg(figure: Figure, key: str, title: str, words: Sequence[str]) -> str:
    """The figure as an ``<svg>`` element with a name and a text equivalent.

    Parameters
    ----------
    figure : Figure
    key : str
        Begins every id in it, so that figures on one page do not meet.
    title : str
        What it finds; read out first.
    words : sequence of str
        The chart in sentences, for those who cannot see it.

    Remarks
    -------
    Texts stay texts: they can be found and copied, and cost a third of outlines. Where DejaVu Sans
    is not there, Verdana has its widths and other fonts are narrower, so that nothing collides.
    """
    with house_style(), mpl.rc_context({"svg.fonttype": "none"}):
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    head = _HEAD.match(text)
    if head is None:
        raise RuntimeError("matplotlib has written an SVG of another kind")
    body = _STYLE.sub("", text[head.end() :])
    used = set(_USED.findall(body))
    body = _IDS.sub(lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", body)
    body = _USED.sub(lambda m: m[0].replace("#", f"#{key}-", 1), body)
    body = body.replace("xlink:href=", "href=")
    body = _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), body)
    body = _FONT.sub("font-family: DejaVu Sans, Verdana, sans-serif", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    name, alt = html.escape(title), html.escape(" ".join(words))
    _, _, width, height = (float(number) for number in head[1].split())
    box = f"{SIDE} 0 {width - 2 * SIDE:g} {height:g}"
    return (
        f'<svg viewBox="{box}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-labelledby="{key}-title" aria-describedby="{key}-desc">'
        f'<title id="{key}-title">{name}</title><desc id="{key}-desc">{alt}</desc>{body.strip()}'
    )
