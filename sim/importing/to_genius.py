"""Scenarios with listed options as XML of GENIUS, which NegMAS reads."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

from sim.files import write_text
from sim.scenario.discrete_schema import DiscreteFile


def write_genius(content: DiscreteFile, folder: Path) -> list[str]:
    """Write a domain file and one utility space per actor; the names of the files.

    Weights and values are written with all their digits. GENIUS divides the evaluations of an issue
    by the largest one and NegMAS does not, so they are written with 1 as the largest and the weight
    multiplied instead, which means the same to both. Tactics and the number of rounds are not part
    of the format. The names of the talks and of the negotiators are attributes of the outermost
    elements, which other readers pass over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    width = len(str(len(content.actors)))
    texts = {f"{content.name}.xml": _domain(content)}
    # numbered, because a reader takes the files in the order of their names
    for number, actor in enumerate(content.actors, 1):
        texts[f"{content.name}_utility_{number:0{width}}_{actor}.xml"] = _space(content, actor)
    for name, text in texts.items():
        write_text(folder / name, text)
    return list(texts)


def _issue(number: int, title: str, items: list[str]) -> str:
    kind = 'etype="discrete" type="discrete" vtype="discrete"'
    body = "\n".join(items)
    return f'<issue index="{number}" name={quoteattr(title)} {kind}>\n{body}\n</issue>'


def _names(content: DiscreteFile) -> dict[str, str]:
    """Key → title of every issue, with the key where a title stands twice."""
    titles = {key: issue.title or key for key, issue in content.issues.items()}
    several = [title for title in titles.values() if list(titles.values()).count(title) > 1]
    return {key: f"{t} ({key})" if t in several else t for key, t in titles.items()}


def _domain(content: DiscreteFile) -> str:
    parts, names = [], _names(content)
    for number, (key, issue) in enumerate(content.issues.items(), 1):
        items = [
            f'<item index="{n}" value={quoteattr(option)} description={quoteattr(option)}/>'
            for n, option in enumerate(issue.options, 1)
        ]
        parts.append(_issue(number, names[key], items))
    return (
        f"<negotiation_template name={quoteattr(content.title)}>\n"
        f'<utility_space number_of_issues="{len(parts)}">\n'
        '<objective index="0" etype="objective" type="objective" description="" name="root">\n'
        + "\n".join(parts)
        + "\n</objective>\n</utility_space>\n</negotiation_template>\n"
    )


def _space(content: DiscreteFile, actor: str) -> str:
    spec = content.actors[actor]
    parts, weights, names = [], [], _names(content)
    for number, (key, issue) in enumerate(content.issues.items(), 1):
        position = spec.positions.get(key)
        items = []
        values = {o: 0.0 if position is None else position.values[o] for o in issue.options}
        factor = max(values.values())
        factor = factor if factor > 0 else 1.0
        for n, option in enumerate(issue.options, 1):
            value = values[option] / factor
            items.append(f'<item index="{n}" value={quoteattr(option)} evaluation="{value!r}"/>')
        parts.append(_issue(number, names[key], items))
        weight = 0.0 if position is None else position.weight * factor
        weights.append(f'<weight index="{number}" value="{weight!r}"></weight>')
    return (
        f'<utility_space name={quoteattr(spec.name)} number_of_issues="{len(parts)}">\n'
        '<objective index="0" etype="objective" type="objective" description="" name="any">\n'
        + "\n".join([*parts, *weights])
        + "\n</objective>\n"
        '<discount_factor value="1.0"/>\n'
        f'<reservation value="{spec.reservation!r}"/>\n'
        "</utility_space>\n"
    )
