"""The first section of a report: why it ends so, as a fragment of HTML."""

from __future__ import annotations

from html import escape

from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Explanation
from sim.studies.explain.words import (
    move_summary,
    obstacle_words,
    price_words,
    rule_words,
)
from sim.views.explain import explain_view


def explained_fragment(scenario: Scenario, found: Explanation) -> str:
    """A section with a headline, bars as a table, the rule, the obstacles and the change.

    It needs no script and no style of its own; all texts are escaped.
    """
    view = explain_view(scenario, found)
    rows = "".join(
        f"<tr><td>{escape(bar.group)}</td><td>{escape(bar.title)}</td>"
        f"<td>{bar.index:.2f}</td><td>{escape(bar.direction)}</td></tr>"
        for bar in view.drivers
    )
    parts = [
        '<section id="why" aria-labelledby="why-h">',
        f'<h2 id="why-h">Why</h2><p>{escape(view.headline)}.</p>',
    ]
    if rows:
        parts.append(
            f"<p>{escape(found.measure)}: its mean in the lowest and the highest third of each "
            f"number that matters beyond chance (index above {found.chance:.2f}).</p>"
            "<table><thead><tr><th>Whose</th><th>Number</th><th>Index</th>"
            f"<th>Lowest → highest</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    if found.rule is not None:
        parts.append(f"<p>{escape(rule_words(found.rule, found.case))}.</p>")
    every = [obstacle_words(one) for one in [*found.obstacles[:3], *found.together[:3]]]
    if every:
        parts.append(_items(every))
    for change in found.changes:
        parts.append(f"<h3>The smallest change found</h3>{_items(change.what)}")
        parts.append(f"<p>{escape(price_words(change, scenario))}. ")
        parts.append(f"{escape(move_summary(change))}</p>")
        parts.append(f"<pre>{escape(chr(10).join(f'--set {one!r}' for one in change.set))}</pre>")
    return "".join([*parts, "</section>"])


def _items(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
