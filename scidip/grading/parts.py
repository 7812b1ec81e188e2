"""What each cell of a student is: an answer, a cell of ours, a check, or something of one's own.

It is told by its id, else by its metadata, else by the name that it makes, else by the heading
above it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from scidip.grading.cells import Cell, heading, question_and_role, split_lines, squeeze
from scidip.grading.trusted import Trusted

ANSWER, CHECK, GIVEN, EXTRA = "answer", "check", "given", "extra"
ASKED = "asked"  # the student's own check of a question; it is not run, but says where
COMMAND = re.compile(r"#?\s*(check|hint|solution|show)\(.*\)\s*;?")
ASK = re.compile(r"""check\(\s*["'](\d{1,2})\.(\d{1,2})["']\s*,?\s*""")
PASSING = (ast.For, ast.AsyncFor, ast.comprehension)  # what their targets stand for passes by
LONGEST_CELL = 200_000  # characters


@dataclass(frozen=True)
class Part:
    """What a cell of the student is.

    Parameters
    ----------
    role : str
        answer, extra, given (one of ours, where the student has it) or asked.
    question : str
        The question that it belongs to; empty for extra cells and for our setup.
    source : str
        Its text.
    kind : str
        ``"code"`` or anything else.
    makes : frozenset of str
        The names that it makes.
    asks : tuple of (str, str)
        The questions that it checks, each with the name that it hands over; empty for no bare name.
    """

    role: str
    question: str
    source: str
    kind: str = "code"
    makes: frozenset[str] = frozenset()
    asks: tuple[tuple[str, str], ...] = ()

    @cached_property
    def squeezed(self) -> str:
        """Its code as it is compared."""
        return squeeze(self.source)


def sort(cells: list[Cell], trusted: Trusted) -> list[Part]:
    """Find out which cells are answers, which are extra, and which are ours."""
    ours = {squeeze(code): ("", code) for code in trusted.setup}
    for number, codes in trusted.given.items():
        ours |= {squeeze(code): (number, code) for code in codes}
    region, parts = "", []
    for cell in cells:
        number, role = question_and_role(cell.name)
        number = number if number in trusted.variable or number in trusted.open else ""
        region = number or heading(cell) or region
        part = _part(cell, number, role, region, ours, trusted)
        if part is not None:
            parts.append(part)
    return parts


def _part(
    cell: Cell, number: str, role: str, region: str, ours: dict, trusted: Trusted
) -> Part | None:
    source = cell.source[:LONGEST_CELL]
    if cell.kind != "code":
        is_answer = role == "answer" and number and source.strip()
        return Part(ANSWER, number, source, cell.kind) if is_answer else None
    asks = _asked(source)
    source = without_commands(source)
    squeezed = squeeze(source)
    if not squeezed:
        return Part(ASKED, "", "", asks=asks) if asks else None
    makes = frozenset(_made_names(source))
    if role == "answer" and number in trusted.variable:
        return Part(ANSWER, number, source, "code", makes, asks)
    if squeezed in trusted.known or squeeze(cell.source) in trusted.known:
        if squeezed in trusted.blank.get(region, ()):
            return Part(ANSWER, region, source)
        return Part(GIVEN, *ours[squeezed]) if squeezed in ours else None
    answers = [one for one, name in trusted.variable.items() if name in makes]
    if answers:  # an answer in a cell that is none, or in one that has lost its id
        question = region if region in answers else answers[-1]
        return Part(ANSWER, question, source, "code", makes, asks)
    return Part(EXTRA, "", source, "code", makes, asks)


def _asked(source: str) -> tuple[tuple[str, str], ...]:
    """Find the checks in a cell."""
    asks = []
    for line in map(str.strip, split_lines(source)):
        if found := ASK.match(line):
            name = line[found.end() :].rstrip("); \t")
            number = f"{int(found[1])}.{int(found[2])}"
            asks.append((number, name if name.isidentifier() else ""))
    return tuple(asks)


def without_commands(source: str) -> str:
    """Leave out the lines that call check, hint, solution or show, also those in comments."""
    bare, with_pass = [], []
    for line in split_lines(source):
        if not COMMAND.fullmatch(line.strip()):
            bare.append(line)
            with_pass.append(line)
        elif indent := line[: len(line) - len(line.lstrip())]:
            with_pass.append(f"{indent}pass")  # it may have been all that stood in a loop
    left = "\n".join(bare)
    if len(bare) < len(with_pass) and not _parsed(left) and _parsed("\n".join(with_pass)):
        return "\n".join(with_pass)
    return left


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _made_names(source: str) -> list[str]:
    """List the names that a cell makes by ``=`` or ``def``, in order.

    Names that only run through a loop, or stand for an open file, are no answers.
    """
    module = _parsed(source)
    if module is None:
        return re.findall(r"^(?:def\s+)?([^\W\d]\w*)\s*(?:=(?!=)|\()", source, re.MULTILINE)
    names: list[str] = []
    left: list[ast.AST] = [module]
    while left:
        node = left.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        passing = (getattr(node, "target", None) if isinstance(node, PASSING) else None,
                   getattr(node, "optional_vars", None))  # fmt: skip
        left += [one for one in reversed([*ast.iter_child_nodes(node)]) if one not in passing]
    return names
