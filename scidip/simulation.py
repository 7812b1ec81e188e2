"""The role play of docs/simulation.md: read its texts, deal its roles by lot, lay it out to print.

The page is the only source of the texts. What is read, dealt and laid out here is pure: the same
page, people and seed always give the same draw and the same file. Names stay in memory; only
:func:`save` writes, and it writes names only when it is asked to.
"""

from __future__ import annotations

import html
import random
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from scidip.files import write

PAGE = Path(__file__).resolve().parent.parent / "docs" / "simulation.md"
# The word that stands before the headings of a game's own sections.
GAMES = {"renewal": "", "samples": "Variant: "}
TITLES = {"renewal": "Renewal Round 2029", "samples": "Loan of lunar samples, 2029"}
FEWEST, MOST, LONGEST_NAME = 8, 24, 60
ROLES = 8
MINUTES = 60
# Who plays with how many people: the numbers of the roles, from the fewest people on.
TABLES = {8: (1, 2, 3, 4), 10: (1, 2, 3, 4, 5), 12: (1, 2, 3, 4, 7, 8),
          14: (1, 2, 3, 4, 5, 7, 8), 16: (1, 2, 3, 4, 5, 6, 7, 8)}  # fmt: skip


class SimulationError(ValueError):
    """The game can't be read or dealt. The message says what to do, in one sentence."""


# --- The texts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Role:
    """One role card: what the team says aloud, what only the team reads, and its evidence."""

    number: int
    name: str
    position: str
    brief: str
    evidence: str


@dataclass(frozen=True)
class Step:
    """One step of the plan: from minute `begins` to minute `ends`."""

    begins: int
    ends: int
    title: str
    do: str
    say: str


@dataclass(frozen=True)
class Card:
    """An event card, such as "A"."""

    letter: str
    title: str
    text: str


@dataclass(frozen=True)
class Material:
    """All texts of one game, as Markdown."""

    game: str
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]
    events: tuple[Card, ...]
    rules: str
    safety: str
    lines: tuple[str, ...]
    data_sheet: str
    clause_sheet: str
    tally: str
    debrief: str


def read(game: str = "renewal", path: Path | str = PAGE) -> Material:
    """Read the texts of a game from the page.

    Parameters
    ----------
    game : str
        "renewal", or "samples" for the variant with lunar samples.
    path : path
        The page; by default docs/simulation.md.

    Returns
    -------
    Material
        The role cards, the plan, the sheets and the event cards.

    Raises
    ------
    SimulationError
        There is no such game, or the page is missing or damaged; the message names the part.

    Examples
    --------
    >>> read().roles[7].name
    'Technical secretariat'
    >>> read().steps[-1].ends
    60
    """
    if game not in GAMES:
        raise SimulationError(f"The game is {game!r}; write one of {', '.join(GAMES)}.")
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SimulationError(f"{path.name} is missing; get it again with the course.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SimulationError(f"{path.name} can't be read ({problem}).") from None
    sections = dict(_cut(text, "## "))

    def section(name: str) -> str:
        if not sections.get(name, "").strip():
            raise _damaged(path, f"the section {name!r} is missing or empty")
        return sections[name]

    own = GAMES[game]
    roles, data_sheet, clause_sheet, events = (
        section(own + name if own else name.capitalize())
        for name in ("role cards", "data sheet", "clause sheet", "event cards")
    )
    safety = re.findall(r"^> ?(.*)$", section("Safety note"), re.MULTILINE)
    if not safety:
        raise _damaged(path, "the words to read aloud in 'Safety note' are missing")
    lines = re.findall(r"^- (.+)$", section("Lines to fill in"), re.MULTILINE)
    if not lines:
        raise _damaged(path, "the list in 'Lines to fill in' is missing")
    debrief = _numbered(section("Debrief, out of role"))
    if not debrief:
        raise _damaged(path, "the questions in 'Debrief, out of role' are missing")
    return Material(
        game=game,
        roles=_roles(roles, path),
        steps=_steps(section("The sixty minutes"), path),
        events=_events(events, path),
        rules=section("Rules"),
        safety=" ".join(safety),
        lines=tuple(lines),
        data_sheet=data_sheet,
        clause_sheet=clause_sheet,
        tally=section("Observer's tally sheet"),
        debrief=debrief,
    )


def _damaged(path: Path, problem: str) -> SimulationError:
    return SimulationError(f"{path.name} is damaged: {problem}.")


def _cut(text: str, marks: str) -> list[tuple[str, str]]:
    """Cut a text at its headings of one level; gives pairs of heading and what follows."""
    parts = re.split(rf"^{re.escape(marks)}(.+)$", text, flags=re.MULTILINE)[1:]
    return [(parts[n].strip(), parts[n + 1].strip()) for n in range(0, len(parts), 2)]


def _numbered(text: str) -> str:
    """The first numbered list of a text."""
    found = re.search(r"^1\. .+?(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def _labelled(text: str, label: str) -> str:
    """The paragraph, or the list, that follows a label in bold."""
    found = re.search(rf"^\*\*{re.escape(label)}\*\*\s*(.+?)(?=^\*\*|\Z)", text, re.M | re.S)
    return found[1].strip() if found else ""


def _roles(text: str, path: Path) -> tuple[Role, ...]:
    roles = []
    for number, (heading, body) in enumerate(_cut(text, "### "), start=1):
        name = re.fullmatch(rf"Role {number} · (.+)", heading)
        if not name:
            raise _damaged(path, f"a heading is {heading!r}, but must begin 'Role {number} ·'")
        parts = {
            label: _labelled(body, label)
            for label in ("Public position.", "Private brief (invented for the game).", "Evidence.")
        }
        for label, words in parts.items():
            if not words:
                raise _damaged(path, f"role {number} has no part {label!r}")
        roles.append(Role(number, name[1], *parts.values()))
    if len(roles) != ROLES:
        raise _damaged(path, f"it has {len(roles)} role cards, but must have {ROLES}")
    return tuple(roles)


def _steps(text: str, path: Path) -> tuple[Step, ...]:
    steps, last = [], 0
    for heading, body in _cut(text, "### "):
        found = re.fullmatch(r"Minute (\d+) to (\d+) · (.+)", heading)
        if not found:
            raise _damaged(path, f"the step {heading!r} does not say 'Minute … to … · …'")
        begins, ends = int(found[1]), int(found[2])
        if begins != last or ends <= begins:
            raise _damaged(path, f"the step {heading!r} must begin at minute {last} and end later")
        do, say = _labelled(body, "Do."), _labelled(body, "Say.")
        if not do or not say:
            raise _damaged(path, f"the step {heading!r} needs the parts 'Do.' and 'Say.'")
        steps.append(Step(begins, ends, found[3], do, say))
        last = ends
    if last != MINUTES:
        raise _damaged(path, f"the plan ends at minute {last}, but must end at {MINUTES}")
    return tuple(steps)


def _events(text: str, path: Path) -> tuple[Card, ...]:
    cards = []
    for heading, body in _cut(text, "### "):
        found = re.fullmatch(r"Event ([A-Z]) · (.+)", heading)
        if not found or "(fiction)" not in heading or not body:
            raise _damaged(path, f"the event card {heading!r} needs a letter, '(fiction)', a text")
        cards.append(Card(found[1], found[2], body))
    if len(cards) < 2:
        raise _damaged(path, "there must be at least two event cards")
    return tuple(cards)


# --- The lot ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draw:
    """Who plays which role.

    Attributes
    ----------
    people : tuple of str
        As they were given; a person's number is the place in this list, from 1.
    seed : int
        With the same people and the same seed the draw is the same.
    teams : mapping of int to tuple of int
        The number of each role, and the numbers of the people who play it.
    named : bool
        Whether names were given, and not only a head count.
    round : int
        1, or 2 for the second round.
    refused : tuple of (int, int)
        Persons and the roles that they refused, in this order.
    """

    people: tuple[str, ...]
    seed: int
    teams: dict[int, tuple[int, ...]]
    named: bool = False
    round: int = 1
    refused: tuple[tuple[int, int], ...] = ()

    def role_of(self, person: int) -> int:
        """The number of the role that a person plays."""
        return next(role for role, team in self.teams.items() if person in team)


def people_of(people: int | str | Iterable) -> tuple[str, ...]:
    """Give a clean list of people.

    Parameters
    ----------
    people : int, str or list
        A head count; or names or numbers, in a list or one on each line of a text.

    Returns
    -------
    tuple of str
        The names, or "1", "2" and so on.

    Raises
    ------
    SimulationError
        The count does not fit one room, a name is blank, too long or stands twice.

    Examples
    --------
    >>> people_of(8)
    ('1', '2', '3', '4', '5', '6', '7', '8')
    """
    if isinstance(people, int) and not isinstance(people, bool):
        _check_count(people)
        return tuple(str(number) for number in range(1, people + 1))
    if isinstance(people, str):
        if people.strip().isdecimal():
            return people_of(int(people))
        people = people.strip().splitlines()
    if not isinstance(people, Iterable):
        raise SimulationError(
            f"The people are {str(people)[:20]!r}; write a whole number, or a list of names."
        )
    given = ["" if name is None else str(name) for name in people]
    names = [unicodedata.normalize("NFC", name).strip() for name in given]
    _check_count(len(names))
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        # Signs that are not shown, such as a zero-width space, do not make a name.
        if not any(unicodedata.category(sign)[0] in "LNPS" for sign in name):
            raise SimulationError(f"Name {number} is blank; delete it, or write a number there.")
        if len(name) > LONGEST_NAME:
            raise SimulationError(
                f"Name {number} has {len(name)} characters; shorten it to {LONGEST_NAME} at most."
            )
        first = seen.setdefault(name.casefold(), number)
        if first != number:
            raise SimulationError(
                f"{name!r} is both name {first} and name {number}; add a letter to one of them."
            )
    return tuple(names)


def _check_count(count: int) -> None:
    if count < 1:
        raise SimulationError(
            f"With {count} people there is nobody to draw for; {FEWEST} to {MOST} can play."
        )
    if count < FEWEST:
        raise SimulationError(
            f"{count} {'person is' if count == 1 else 'people are'} too few for this draw of "
            f"{FEWEST} to {MOST}; 'Who and how many' in docs/simulation.md has a short form for 6 "
            "or 7."
        )
    if count > MOST:
        rooms = -(-count // MOST)
        small, large = count // rooms, -(-count // rooms)
        size = f"{small}" if small == large else f"{small} or {large}"
        raise SimulationError(
            f"{count} people are too many for one room of {MOST}; make {rooms} rooms of {size} "
            "people, and deal each room with its own seed."
        )


def roles_for(count: int) -> tuple[int, ...]:
    """Give the roles that are played with so many people.

    Parameters
    ----------
    count : int
        From 8 to 24.

    Returns
    -------
    tuple of int
        The numbers of the roles; in each of them two or three people.

    Examples
    --------
    >>> roles_for(13)
    (1, 2, 3, 4, 7, 8)
    """
    _check_count(count)
    return TABLES[max(least for least in TABLES if least <= count)]


def deal(people: int | str | Iterable, seed: int | None = None) -> Draw:
    """Deal the roles by lot.

    Parameters
    ----------
    people : int, str or list
        A head count, or names or numbers.
    seed : int, optional
        Any whole number; the same one repeats the draw. Without it, one is drawn.

    Returns
    -------
    Draw
        Teams of two or three; which teams have three is by lot too.

    Raises
    ------
    SimulationError
        The people do not fit (see :func:`people_of`), or the seed is no whole number.

    Examples
    --------
    >>> [len(team) for team in deal(16, seed=1).teams.values()]
    [2, 2, 2, 2, 2, 2, 2, 2]
    """
    if seed is None:
        seed = secrets.randbelow(1_000_000)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise SimulationError(f"The seed is {str(seed)[:20]!r}; write a whole number, or None.")
    clean = people_of(people)
    named = clean != tuple(str(number) for number in range(1, len(clean) + 1))
    roles = roles_for(len(clean))
    lot = random.Random(seed)
    order = list(range(1, len(clean) + 1))
    lot.shuffle(order)
    three = lot.sample(roles, len(clean) - 2 * len(roles))
    teams = {}
    for role in roles:
        size = 3 if role in three else 2
        teams[role], order = tuple(sorted(order[:size])), order[size:]
    return Draw(clean, seed, teams, named)


def exchange(draw: Draw, person: int | str) -> Draw:
    """Give another role to a person who refuses the one that was drawn. No reason is asked.

    Parameters
    ----------
    draw : Draw
        It stays as it is.
    person : int or str
        The number of the person, or the name.

    Returns
    -------
    Draw
        The person and one other, found by lot, have changed places; all others keep their roles.
        Neither gets a role that the same person refused before.

    Raises
    ------
    SimulationError
        There is no such person, or nobody is left to change places with.

    Examples
    --------
    >>> before = deal(12, seed=1)
    >>> after = exchange(before, 5)
    >>> before.role_of(5) == after.role_of(5)
    False
    """
    number = _number_of(draw, person)
    return _without(replace(draw, refused=(*draw.refused, (number, draw.role_of(number)))), number)


def _number_of(draw: Draw, person: int | str) -> int:
    if isinstance(person, str):
        wanted = unicodedata.normalize("NFC", person).strip().casefold()
        names = [name.casefold() for name in draw.people]
        if wanted in names:
            return names.index(wanted) + 1
    elif isinstance(person, int) and 1 <= person <= len(draw.people):
        return person
    raise SimulationError(
        f"There is no person {str(person)[:20]!r}; write a number from 1 to {len(draw.people)}, "
        "or a name of the list."
    )


def _without(draw: Draw, person: int) -> Draw:
    """Let a person change places with another, so that neither has a role that was refused."""
    mine = draw.role_of(person)
    others = [
        other
        for role, team in draw.teams.items()
        for other in team
        if role != mine and (person, role) not in draw.refused and (other, mine) not in draw.refused
    ]
    if not others:
        raise SimulationError(
            f"Nobody can change places with number {person}; let this person observe with the "
            "tally sheet."
        )
    lot = random.Random(f"{draw.seed} {draw.round} {draw.refused} {person}")
    other = lot.choice(sorted(others))
    place = {person: other, other: person}
    teams = {
        role: tuple(sorted(place.get(member, member) for member in team))
        for role, team in draw.teams.items()
    }
    return replace(draw, teams=teams)


def second_round(draw: Draw) -> Draw:
    """Let the teams change sides for a second round.

    Parameters
    ----------
    draw : Draw
        The first round.

    Returns
    -------
    Draw
        The same teams with other roles: those of one state play the other, nobody keeps a role.

    Raises
    ------
    SimulationError
        The draw is a second round already.

    Examples
    --------
    >>> first = deal(8, seed=1)
    >>> second_round(first).teams[3] == first.teams[1]
    True
    """
    if draw.round != 1:
        raise SimulationError("This is the second round already; deal again for a new game.")
    roles = list(draw.teams)
    # Roles 1 and 2 speak for China, 3 to 5 for the United States, the others for neither.
    rest = [role for role in roles if role > 4]
    moves = {1: 3, 3: 1, 2: 4, 4: 2} | dict(zip(rest, rest[1:] + rest[:1], strict=True))
    if rest == [5]:
        moves = {1: 3, 3: 2, 2: 5, 5: 4, 4: 1}
    teams = {moves[role]: draw.teams[role] for role in roles}
    after = replace(draw, teams={role: teams[role] for role in roles}, round=2)
    for person, role in draw.refused:
        if after.role_of(person) == role:
            after = _without(after, person)
    return after


def event_of(draw: Draw, material: Material) -> Card:
    """Give the event card that the lot has chosen; the second round never has that of the first."""
    lot = random.Random(f"{draw.seed} event")
    return material.events[lot.sample(range(len(material.events)), 2)[draw.round - 1]]


def words(draw: Draw, material: Material, names: bool = False) -> str:
    """Say the draw in lines.

    Parameters
    ----------
    draw : Draw
        The draw.
    material : Material
        The texts, for the names of the roles.
    names : bool
        Whether to write names; without it, numbers. Number 1 is the first of the list.

    Returns
    -------
    str
        The seed, then one line for each role.

    Examples
    --------
    >>> print(words(deal(8, seed=3), read()).splitlines()[0])
    8 people in 4 teams, round 1, seed 3
    """
    lines = [
        f"{len(draw.people)} people in {len(draw.teams)} teams, round {draw.round}, "
        f"seed {draw.seed}"
    ]
    for role in material.roles:
        if role.number in draw.teams:
            lines.append(f"Role {role.number}: {_members(draw, role.number, names)}; {role.name}")
    return "\n".join(lines)


def _members(draw: Draw, role: int, names: bool) -> str:
    team = draw.teams[role]
    if names and draw.named:
        return ", ".join(f"{draw.people[number - 1]} ({number})" for number in team)
    return "numbers " + ", ".join(map(str, team))


# --- The file to print --------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body { font: 13pt/1.4 Verdana, "DejaVu Sans", Arial, sans-serif; margin: 0 auto; max-width: 178mm;
  padding: 4mm; }
h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 4mm; }
h2 { font-size: 17pt; line-height: 1.2; margin: 0 0 3mm; }
h3 { font-size: 13pt; margin: 4mm 0 1mm; break-after: avoid; }
p, ul, ol, blockquote { margin: 0 0 2.5mm; }
blockquote { border-left: 1mm solid #000; padding-left: 4mm; }
ul, ol { padding-left: 8mm; }
code { font: inherit; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 4mm; font-size: 11pt;
  line-height: 1.25; table-layout: fixed; }
th, td { border: 0.3mm solid #000; padding: 1mm 1.4mm; text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
thead th { border-bottom-width: 0.8mm; }
tr, li { break-inside: avoid; }
section { border-top: 0.5mm solid #000; margin-top: 10mm; padding-top: 4mm; }
.who { font-weight: bold; border: 0.5mm solid #000; padding: 1.5mm 2mm; margin: 0 0 4mm; }
.fill { margin: 0; font-weight: bold; }
.line { border-bottom: 0.3mm solid #000; height: 7.5mm; }
.line + .fill { margin-top: 2mm; }
.secret { font-size: 12pt; line-height: 1.35; }
.positions { font-size: 11.5pt; line-height: 1.32; }
.positions h3 { font-size: 12pt; margin-top: 3mm; }
.clauses p { line-height: 1.65; }
.event p { font-size: 17pt; }
.tally tbody td { height: 12mm; }
.draw th:nth-child(1) { width: 17mm; }
.draw th:nth-child(3) { width: 45mm; }
.draw th:nth-child(4) { width: 25mm; }
.plan th:nth-child(1) { width: 19mm; }
.data th:nth-child(1) { width: 14mm; }
.data th:nth-child(2) { width: 53mm; }
.data th:nth-child(4) { width: 27mm; }
.data table { line-height: 1.2; }
.data td:nth-child(5) { font-size: 10pt; }
@page { margin: 15mm; }
@media print {
  body { max-width: none; padding: 0; }
  .screen { display: none; }
  section { border: 0; margin: 0; padding: 0; break-before: page; }
  section:first-of-type { break-before: auto; }
}
"""


def to_html(material: Material, draw: Draw, names: bool = False, copies: bool = False) -> str:
    """Lay out one file to print: sheets for all, and for each team a page of its own.

    Parameters
    ----------
    material : Material
        The texts.
    draw : Draw
        Who plays what.
    names : bool
        Whether the instructor's page has the names; without it, numbers. No other page has names.
    copies : bool
        Whether each page stands as often as it is needed, so that one print is enough.

    Returns
    -------
    str
        A page that needs nothing but itself: black on white, for A4 and Letter. A private brief
        stands on the pages of its own team only.

    Examples
    --------
    >>> to_html(read(), deal(8, seed=1)).count('class="secret"')
    4
    """
    playing = [role for role in material.roles if role.number in draw.teams]
    event = event_of(draw, material)
    teams, everybody = len(playing), len(draw.people)
    positions = _positions(playing)
    wall = f"<blockquote>{_inline(material.safety)}</blockquote><h3>Rules</h3>"
    shared = [
        (1, "Safety note and rules", "Read aloud at minute 0; for the wall",
         wall + _block(material.rules), "rules"),
        (1, "Observer's tally sheet", "For observers", _block(material.tally), "tally"),
        (everybody, "Data sheet", "For everybody", _block(material.data_sheet), "data"),
        (teams + 1, "Clause sheet", "For each team, and for the wall",
         _block(material.clause_sheet), "clauses"),
    ]  # fmt: skip
    # A role card is one page, and what stands on its back may be seen by all. So no team finds
    # the brief of another one on its sheet, printed on one side or on two.
    parts = [
        *((len(draw.teams[role.number]), _role(role, material) + positions) for role in playing),
        (1, _event(event)),
        (1, _instructor(draw, material, playing, event, names)),
        (1, _plan(material)),
        *((count, _section(f"shared {kind}", *rest)) for count, *rest, kind in shared),
    ]
    pages = [page for count, page in parts for _ in range(count if copies else 1)]
    title = f"{TITLES[material.game]}: to print"
    body = _with_ids("\n".join(pages))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<main>\n<h1 class="screen">{html.escape(title)}</h1>\n'
        '<p class="screen">The role cards come first; each fills one page, with the public '
        "positions on its back. This line is not printed.</p>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def save(
    path: Path | str, material: Material, draw: Draw, names: bool = False, copies: bool = False
) -> str:
    """Write the file to print; it holds names only when `names` is True.

    Returns
    -------
    str
        One sentence that says what was written, and whether names are in it.

    Raises
    ------
    SimulationError
        The file can't be written.
    """
    path = Path(path)
    try:
        write(path, to_html(material, draw, names, copies).encode("utf-8"))
    except OSError as problem:
        raise SimulationError(
            f"{path.name} can't be written ({problem.strerror}); choose another folder."
        ) from None
    with_names = names and draw.named
    end = "it holds names: delete it after the day" if with_names else "it holds no names"
    return f"Written: {path.name}; {end}."


def _with_ids(pages: str) -> str:
    """Name each section after its heading, for people who do not see the page."""
    number = 0

    def name(found: re.Match) -> str:
        nonlocal number
        number += 1
        return f'<section aria-labelledby="page-{number}" {found[1]}>\n<h2 id="page-{number}">'

    return re.sub(r"<section (class=\"[^\"]+\")>\n<h2>", name, pages)


def _section(kind: str, title: str, who: str, body: str) -> str:
    return (
        f'<section class="{kind}">\n<h2>{html.escape(title)}</h2>\n'
        f'<p class="who">{html.escape(who)}</p>\n{body}\n</section>'
    )


def _instructor(
    draw: Draw, material: Material, playing: list[Role], event: Card, names: bool
) -> str:
    rows = "".join(
        f'<tr><th scope="row">Role {role.number}</th><td>{html.escape(role.name)}</td>'
        f"<td>{html.escape(_members(draw, role.number, names))}</td>"
        f"<td>{len(draw.teams[role.number])}</td></tr>"
        for role in playing
    )
    left_out = [role.name for role in material.roles if role.number not in draw.teams]
    absent = f"<p>Not played: {html.escape('; '.join(left_out))}.</p>" if left_out else ""
    body = (
        f"<p>{len(draw.people)} people, round {draw.round}, seed {draw.seed}. The same people and "
        "seed give the same draw. Number 1 is the first of your list.</p>"
        f"<p>Event card for minute 38: {event.letter}.</p>"
        '<table><thead><tr><th scope="col">Role</th><th scope="col">Name of the role</th>'
        '<th scope="col">Who</th><th scope="col">Copies of the card</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{absent}"
        "<h3>Print list</h3><ul><li>Role cards: as the table says, for that team only, with the "
        "page of positions that follows each</li>"
        f"<li>Data sheet: {len(draw.people)}, one for each person</li>"
        f"<li>Clause sheet: {len(playing) + 1}, one for each team and one for the wall</li>"
        "<li>Safety note and rules: 1, for the wall</li>"
        "<li>Tally sheet: one for each observer, one for you</li>"
        "<li>Event card: 1, for you until minute 38</li></ul>"
    )
    return _section("instructor draw", "Draw of the roles", "For the instructor only", body)


def _plan(material: Material) -> str:
    rows = "".join(
        f'<tr><th scope="row">{step.begins} to {step.ends}</th>'
        f"<td><strong>{_inline(step.title)}</strong><br>{_inline(step.do)}</td>"
        f"<td>{_inline(step.say)}</td></tr>"
        for step in material.steps
    )
    body = (
        '<table><thead><tr><th scope="col">Minute</th><th scope="col">What you do</th>'
        f'<th scope="col">What you say</th></tr></thead><tbody>{rows}</tbody></table>'
        f"<h3>Debrief, minute {material.steps[-1].begins}</h3>{_block(material.debrief)}"
    )
    return _section("instructor plan", "Timer plan", "For the instructor only", body)


def _positions(playing: list[Role]) -> str:
    body = "".join(
        f"<h3>Role {role.number} · {html.escape(role.name)}</h3>{_block(role.position)}"
        for role in playing
    )
    return _section("shared positions", "Who is at the table", "For everybody", body)


def _event(event: Card) -> str:
    who = "For the instructor until minute 38. This is fiction."
    return _section("event", f"Event {event.letter} · {event.title}", who, _block(event.text))


def _role(role: Role, material: Material) -> str:
    fill = "".join(
        f'<p class="fill">{_inline(line)}</p><div class="line"></div><div class="line"></div>'
        for line in material.lines
    )
    body = (
        f"<h3>Public position</h3>{_block(role.position)}"
        f"<h3>Private brief (invented for the game)</h3>{_block(role.brief)}"
        f"<h3>Evidence</h3>{_block(role.evidence)}<h3>Fill in</h3>{fill}"
    )
    who = "For this team only. You may say what it says; do not show it."
    return _section("secret", f"Role {role.number} · {role.name}", who, body)


# --- The Markdown of the page, as far as it is used there --------------------------------------


def _inline(text: str) -> str:
    text = html.escape(" ".join(text.split()), quote=False)
    text = re.sub(r"\[([^\[\]]+)\]\([^)\s]+\)", r"\1", text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def _block(text: str) -> str:
    """Turn paragraphs, headings, lists and tables into HTML."""
    return "\n".join(_piece(piece) for piece in re.split(r"\n\s*\n", text.strip()))


def _piece(piece: str) -> str:
    if piece.startswith("#"):
        marks, _, rest = piece.partition(" ")
        title, _, below = rest.partition("\n")
        level = min(max(len(marks), 3), 6)
        heading = f"<h{level}>{_inline(title)}</h{level}>"
        return f"{heading}\n{_block(below)}" if below.strip() else heading
    if piece.startswith("|"):
        return _table(piece)
    for mark, tag in ((r"- ", "ul"), (r"\d+\. ", "ol")):
        if re.match(mark, piece):
            entries = re.split(rf"^{mark}", piece, flags=re.MULTILINE)[1:]
            listed = "".join(f"<li>{_inline(entry)}</li>" for entry in entries)
            return f"<{tag}>{listed}</{tag}>"
    return f"<p>{_inline(piece)}</p>"


def _table(piece: str) -> str:
    lines = [line.strip().strip("|").split("|") for line in piece.splitlines()]
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in lines[0])
    body = "".join(
        f'<tr><th scope="row">{_inline(line[0])}</th>'
        + "".join(f"<td>{_inline(cell)}</td>" for cell in line[1:])
        + "</tr>"
        for line in lines[2:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
