"""Make exercises/ from solutions/, and prove that the two belong together.

A solutions notebook has two marks. A line ``# solution`` in a code cell: what follows is the model
answer. The tag ``solution`` on a cell: the whole cell is a model answer and is left out.

The rule for what follows the mark: *names stay, answers become* ``____``.

- An assignment becomes ``name = ____``; several names get a line each.
- An assignment of a dictionary keeps the keys, and its values become ``____``.
- A function keeps its signature and its docstring, and its body becomes ``return ____``.
- Everything else is left out, comments too: they may say what the answer is.

Lines before the mark stay as they are. In the heading of the first cell, the word *solutions*
becomes *exercises*. The exercise is then run from a fresh kernel, so that it stores what an
untouched notebook says.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from scidip.files import write
from scidip.notebooks import AuthoringError, execute, read, to_bytes, without_noise
from scidip.questions.engine import MARK, is_mark, questions_of, split_answer
from scidip.questions.kinds import Open
from scidip.quick_nbformat import NotebookNode, nbformat
from scidip.status import UNTRIED

TAG = "solution"
SHORTEST_LEAK = 6  # characters: a shorter line, such as a bracket, must match a whole line
NO_SOLUTIONS = "solutions/: there is no solutions notebook."


# --- The rule --------------------------------------------------------------------------------


def blank_out(source: str) -> str:
    """Replace the model answer in a code cell by blanks.

    Parameters
    ----------
    source : str
        The cell's code, with or without the line ``# solution``.

    Returns
    -------
    str
        The code for the exercise.

    Raises
    ------
    AuthoringError
        The mark stands twice, the answer is not valid Python, or nothing of it can stay.

    Examples
    --------
    >>> print(blank_out("# solution\\nearly = events[:3]\\nprint(early)"))
    early = ____
    """
    parts = split_answer(source)
    if parts is None:
        return source
    before, answer = parts
    marks = 1 + sum(map(is_mark, answer))
    if marks > 1:
        raise AuthoringError(f"the line {MARK!r} stands in it {marks} times; keep one.")
    try:
        statements = ast.parse("\n".join(answer)).body
    except SyntaxError as error:
        raise AuthoringError(f"the model answer is not valid Python: {error.msg}.") from None
    kept = [line for statement in statements for line in _blanks(statement, answer)]
    if not kept:
        raise AuthoringError(
            "nothing of the model answer can stay: it needs an assignment or a function."
        )
    return "\n".join(before + kept)


def _blanks(statement: ast.stmt, lines: list[str]) -> list[str]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            names = [name for target in targets for name in _names(target)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            names = [name]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _empty_function(statement, lines)
        case _:
            return []
    blank = _blank_dict(value, lines) if len(names) == 1 else "____"
    return "\n".join(f"{name} = {blank}" for name in names).splitlines()


def _names(target: ast.expr) -> list[str]:
    """Give the plain names of a target; ``table["x"] = ...`` has none."""
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in _names(part)]
        case ast.Starred(value=part):
            return _names(part)
    return []


def _blank_dict(value: ast.expr, lines: list[str], indent: str = "") -> str:
    """Keep the keys of a dictionary, at any depth."""
    if not isinstance(value, ast.Dict) or not value.keys or None in value.keys:
        return "____"
    deeper = indent + "    "
    entries = [
        f"{deeper}{_in_one_line(key, lines)}: {_blank_dict(entry, lines, deeper)},\n"
        for key, entry in zip(value.keys, value.values, strict=True)
    ]
    return "{\n" + "".join(entries) + indent + "}"


def _empty_function(
    function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]
) -> list[str]:
    decorators = [f"@{_in_one_line(entry, lines)}" for entry in function.decorator_list]
    body = function.body
    header = _between(lines, (function.lineno, function.col_offset), _start(body[0]))
    kept = [line.rstrip() for line in header if line.strip() and not line.strip().startswith("#")]
    indent = " " * (body[0].col_offset if body[0].lineno > function.lineno else 4)
    if ast.get_docstring(function, clean=False) is not None:
        # The docstring stands on its own lines, or behind the colon of a one-line function.
        docstring = _between(lines, _start(body[0]), (body[0].end_lineno, body[0].end_col_offset))
        kept += [indent + docstring[0], *docstring[1:]]
    return [*decorators, *kept, f"{indent}return ____"]


def _start(node: ast.stmt) -> tuple[int, int]:
    return _first_line(node), node.col_offset


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", []))])


def _in_one_line(node: ast.expr, lines: list[str]) -> str:
    end = (node.end_lineno, node.end_col_offset)
    return " ".join(map(str.strip, _between(lines, (node.lineno, node.col_offset), end)))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> list[str]:
    """Cut lines out; ast counts lines from 1 and columns in bytes of UTF-8."""
    cut = [line.encode() for line in lines[start[0] - 1 : end[0]]]
    cut[-1] = cut[-1][: end[1]]
    cut[0] = cut[0][start[1] :]
    return [line.decode() for line in cut]


def make_exercise(solution: NotebookNode) -> NotebookNode:
    """Derive the exercise from a solutions notebook, without running it.

    Parameters
    ----------
    solution : NotebookNode
        The solutions notebook; it is not changed.

    Returns
    -------
    NotebookNode
        The exercise: no outputs, same cell ids.

    Raises
    ------
    AuthoringError
        A model answer can't be replaced; the message names the cell.

    Examples
    --------
    >>> cell = nbformat.v4.new_code_cell("# solution\\nyear = 1950", id="ex-0-1-answer")
    >>> make_exercise(nbformat.v4.new_notebook(cells=[cell])).cells[0].source
    'year = ____'
    """
    exercise = nbformat.from_dict(solution)
    exercise.cells = [
        nbformat.from_dict(cell)
        for cell in solution.cells
        if TAG not in cell.metadata.get("tags", [])
    ]
    for cell in exercise.cells:
        if cell.id.startswith("ex-"):
            # Some editors give cells new ids, but keep what stands here: the grader looks for it.
            cell.metadata.setdefault("scidip", {})["cell"] = cell.id
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        try:
            cell.source = blank_out(cell.source)
        except AuthoringError as error:
            raise AuthoringError(f"cell {cell.id}: {error}") from None
    if exercise.cells and exercise.cells[0].cell_type == "markdown":
        heading, *rest = exercise.cells[0].source.split("\n")
        heading = re.sub(r"\bsolutions\b", "exercises", heading)
        heading = re.sub(r"\bSolutions\b", "Exercises", heading)
        exercise.cells[0].source = "\n".join([heading, *rest])
    return without_noise(exercise)


# --- Build and proof -------------------------------------------------------------------------


def exercise_path(solution: Path) -> Path:
    """Give the path of the exercise that belongs to a solutions notebook.

    Examples
    --------
    >>> exercise_path(Path("solutions/02_a_long_timeline_solutions.ipynb")).as_posix()
    'exercises/02_a_long_timeline_exercises.ipynb'
    """
    name = solution.name.removesuffix("_solutions.ipynb") + "_exercises.ipynb"
    return solution.parent.parent / "exercises" / name


def build(folder: Path | str) -> list[Path]:
    """Write exercises/ from solutions/: all of them, or none when one fails.

    Parameters
    ----------
    folder : path
        The course's folder.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    AuthoringError
        A notebook can't be built; the message names the file and the cell.
    """
    paths = _solutions(Path(folder))
    if not paths:
        raise AuthoringError(NO_SOLUTIONS)
    contents = {exercise_path(path): _built(path) for path in paths}
    for path, content in contents.items():
        path.parent.mkdir(exist_ok=True)
        write(path, content)
    return list(contents)


def _solutions(folder: Path) -> list[Path]:
    return sorted((folder / "solutions").glob("[0-9][0-9]_*_solutions.ipynb"))


def _built(path: Path) -> bytes:
    try:
        # Both folders lie side by side, so that relative paths mean the same in them.
        return to_bytes(execute(make_exercise(read(path)), path.resolve().parent))
    except AuthoringError as error:
        named = str(error).removeprefix(f"{path.name}: ")
        raise AuthoringError(f"{path.name}: {named}") from None


def check_build(folder: Path | str) -> list[str]:
    """Prove that exercises/ is what solutions/ gives, unsolved, and without a leak.

    Parameters
    ----------
    folder : path
        The course's folder.

    Returns
    -------
    list of str
        One sentence for each problem; empty when all is well.
    """
    folder = Path(folder)
    paths = _solutions(folder)
    problems = [] if paths else [NO_SOLUTIONS]
    for path in paths:
        problems += _pair_problems(path)
    expected = {exercise_path(path) for path in paths}
    for path in sorted((folder / "exercises").glob("*.ipynb")):
        if path not in expected:
            problems.append(f"{path.name}: it has no solutions notebook; delete it.")
    return problems


def _pair_problems(path: Path) -> list[str]:
    target = exercise_path(path)
    try:
        content = _built(path)
        solution = read(path)
        if not target.is_file():
            return [f"{target.name}: it is missing; run scidip build."]
        stored = read(target)
    except AuthoringError as error:
        return [str(error)]
    problems = []
    if target.read_bytes() != content:
        problems.append(
            f"{target.name}: it is not what its solutions notebook gives; edit that one, "
            "then run scidip build."
        )
    problems += question_problems(path.name, solution)
    problems += unsolved_problems(target.name, stored)
    problems += leak_problems(target.name, solution, stored)
    return problems


def question_problems(name: str, solution: NotebookNode) -> list[str]:
    """List checks without a question and questions without their cells.

    Parameters
    ----------
    name : str
        The file's name; it begins with the lesson's number.
    solution : NotebookNode
        The solutions notebook.

    Returns
    -------
    list of str
        One sentence for each problem.
    """
    questions = questions_of(int(name[:2]))
    checked = [(number, cell.id) for cell in solution.cells for number in checks_in(cell)]
    problems = [
        f"{name}: cell {cell_id} checks {number}, but there is no such question."
        for number, cell_id in checked
        if number not in questions
    ]
    problems += [
        f"{name}: cell {cell.id} is a model answer, but has no tag {TAG!r}."
        for cell in solution.cells
        if "-model-" in cell.id and TAG not in cell.metadata.get("tags", [])
    ]
    for number, question in questions.items():
        ident = f"ex-{number.replace('.', '-')}"
        ids = [cell.id for cell in solution.cells]
        wanted = ["task"] if isinstance(question, Open) else ["task", "answer", "check"]
        problems += [
            f"{name}: question {number} has no cell {ident}-{role}."
            for role in wanted
            if f"{ident}-{role}" not in ids
        ]
        if isinstance(question, Open) and not any(i.startswith(f"{ident}-model-") for i in ids):
            problems.append(f"{name}: question {number} has no model answer {ident}-model-....")
        heading = f"## Exercise {number} · {question.title}"
        if f"{ident}-task" in ids:
            task = solution.cells[ids.index(f"{ident}-task")].source
            if task.splitlines()[:1] != [heading]:
                problems.append(f"{name}: cell {ident}-task must begin with {heading!r}.")
        twice = [cell_id for n, cell_id in checked if n == number][1:]
        problems += [f"{name}: cell {cell_id} checks {number} again." for cell_id in twice]
        if "check" in wanted and f"{ident}-check" in ids:
            cell = solution.cells[ids.index(f"{ident}-check")]
            if list(checks_in(cell)) != [number]:
                problems.append(f"{name}: cell {cell.id} must hold one check of {number}.")
            if "nbval-check-output" not in cell.metadata.get("tags", []):
                problems.append(f"{name}: cell {cell.id} lacks the tag nbval-check-output.")
    return problems


def checks_in(cell: NotebookNode) -> list[str]:
    """List the exercises that a code cell checks.

    Parameters
    ----------
    cell : NotebookNode
        Any cell.

    Returns
    -------
    list of str
        The numbers in its check calls, such as ``["2.1"]``.

    Examples
    --------
    >>> checks_in(nbformat.v4.new_code_cell('check("2.1", early)'))
    ['2.1']
    """
    if cell.cell_type != "code":
        return []
    try:
        nodes = ast.walk(ast.parse(cell.source))
    except SyntaxError:
        return []
    return [
        node.args[0].value
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def unsolved_problems(name: str, exercise: NotebookNode) -> list[str]:
    """List what shows that an exercise is not in its untouched state.

    Parameters
    ----------
    name : str
        The file's name, for the sentences.
    exercise : NotebookNode
        The exercise with its stored outputs.

    Returns
    -------
    list of str
        One sentence for each problem.
    """
    problems = []
    for cell in exercise.cells:
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            problems.append(f"{name}: cell {cell.id} raised an error.")
        if cell.execution_count is None:
            problems.append(f"{name}: cell {cell.id} was not run.")
        said = _output_text(cell)
        problems += [
            f"{name}: cell {cell.id} does not say that exercise {number} is {UNTRIED}."
            for number in checks_in(cell)
            if f"Exercise {number}: {UNTRIED}." not in said
        ]
    return problems


def _output_text(cell: NotebookNode) -> str:
    texts = [output.get("text", "") for output in cell.outputs]
    texts += [
        content
        for output in cell.outputs
        for kind, content in output.get("data", {}).items()
        if kind.startswith("text/") and isinstance(content, str)
    ]
    return "\n".join(texts)


def leak_problems(name: str, solution: NotebookNode, exercise: NotebookNode) -> list[str]:
    """List lines of model answers that occur in the exercise, in a cell or in an output.

    Parameters
    ----------
    name : str
        The exercise's file name, for the sentences.
    solution, exercise : NotebookNode
        The pair.

    Returns
    -------
    list of str
        One sentence for each line. Lines that the rule itself keeps are no leak.
    """
    secret: dict[str, str] = {}
    for cell in solution.cells:
        lines = cell.source.splitlines()
        if TAG in cell.metadata.get("tags", []):
            hidden, kept = lines, []
        elif cell.cell_type == "code" and (parts := split_answer(cell.source)):
            hidden = parts[1]
            kept = blank_out(cell.source).splitlines()
        else:
            continue
        open_lines = {line.strip() for line in kept}
        secret |= {line.strip(): cell.id for line in hidden if line.strip() not in open_lines}
    problems = []
    for cell in exercise.cells:
        output = _output_text(cell) if cell.cell_type == "code" else ""
        shown = f"{cell.source}\n{output}"
        whole_lines = {line.strip() for line in shown.splitlines()}
        problems += [
            f"{name}: cell {cell.id} shows a line of the model answer in {origin}: {line}"
            for line, origin in secret.items()
            if line and (line in whole_lines or (len(line) >= SHORTEST_LEAK and line in shown))
        ]
    return problems
