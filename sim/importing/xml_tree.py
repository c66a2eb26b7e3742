"""XML as a tree that knows its rows and columns; without entities or document types.

The standard library's expat parser is used, and whatever could expand or fetch something is refused
before it does: document types (and with them all entity declarations).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from sim.scenario.errors import Place, Problem

LARGEST = 50_000_000
"""Bytes: more than any domain that can be enumerated needs."""
DEEPEST = 50


@dataclass
class Element:
    """An element with where it starts."""

    file: Path
    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> Iterator[Element]:
        """Elements of a tag anywhere below, in the order of the file."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all(tag)

    def own(self, tag: str) -> list[Element]:
        """Children of a tag."""
        return [child for child in self.children if child.tag == tag]

    def problem(self, message: str, fix: str = "") -> Problem:
        """What is wrong with it, with its row and column."""
        return _problem_at(self.file, self.line, self.column, message, fix)


class Refused(Exception):
    """Something in the file that is not read, with the place of it."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def _problem_at(path: Path, line: int, column: int, message: str, fix: str = "") -> Problem:
    """A problem with its row and column."""
    return Problem(Place(str(path), line), f"column {column}", message, fix)


def read_xml(path: Path) -> tuple[Element | None, list[Problem]]:
    """The root element of a file, or why there is none."""
    try:
        if path.stat().st_size > LARGEST:
            return None, [Problem(Place(str(path)), "", f"is larger than {LARGEST:,} bytes")]
        content = path.read_bytes()
    except OSError as error:
        return None, [Problem(Place(str(path)), "", f"cannot be read: {error.strerror}")]
    try:
        return _parsed(path, content), []
    except Refused as error:
        return None, [_problem_at(path, error.line, error.column, str(error))]
    except expat.ExpatError as error:
        message = f"is not well-formed XML: {expat.ErrorString(error.code)}"
        fix = _hint(content, error)
        return None, [_problem_at(path, error.lineno, error.offset + 1, message, fix)]
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        return None, [Problem(Place(str(path), 1), "", f"cannot be decoded: {error}")]


def _hint(content: bytes, error: expat.ExpatError) -> str:
    """What usually lies behind a message of the parser."""
    lines = content.splitlines()
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else b""
    if re.search(rb"&(?!#?\w+;)", line):
        return "an & in a text is written &amp;"
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]:
        return "move <?xml …?> to the very beginning: nothing, no comment either, stands before it"
    return ""


def _parsed(path: Path, content: bytes) -> Element:
    parser = expat.ParserCreate()
    root = Element(path, "", {}, 0, 0)
    open_: list[Element] = [root]

    def place() -> tuple[int, int]:
        return parser.CurrentLineNumber, parser.CurrentColumnNumber + 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_) > DEEPEST:
            raise Refused(*place(), f"is nested more than {DEEPEST} levels deep")
        element = Element(path, tag, attributes, *place())
        open_[-1].children.append(element)
        open_.append(element)

    def end(_tag: str) -> None:
        element = open_.pop()
        element.text = element.text.strip()

    def characters(text: str) -> None:
        open_[-1].text += text

    def refuse(*_: object) -> int:
        raise Refused(*place(), "declares a document type or entities, which are not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.buffer_text = characters, True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.Parse(content, True)
    return root.children[0]
