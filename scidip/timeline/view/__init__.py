"""The scripts of the explorer's view, put together into the one module that the browser loads.

Each file is an ES module of its own and can be tested alone. anywidget hands the browser a single
text, so the modules are joined here, in an order in which nothing is used before it is made: their
``import`` lines go, and the word ``export`` with them. There is nothing to install or to build.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
MODULES = (
    "dom", "words", "choose", "lanes", "layout", "code", "drawing", "controls", "cards", "story",
    "explorer",
)  # fmt: skip
IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(\w+)\.js\";\n", re.MULTILINE)


@cache
def script() -> str:
    """Give the whole script of the view.

    Returns
    -------
    str
        An ES module whose default export has the function ``render``.

    Raises
    ------
    ValueError
        A module uses one that comes later.
    """
    parts, known = [], set()
    for name in MODULES:
        text = (HERE / f"{name}.js").read_text(encoding="utf-8")
        for used in IMPORT.findall(text):
            if used not in known:
                raise ValueError(f"{name}.js uses {used}.js, which comes later")
        text = IMPORT.sub("", text)
        text = re.sub(r"^export (?=(async )?(function|const|class) )", "", text, flags=re.MULTILINE)
        parts.append(f"// --- {name}.js\n{text}")
        known.add(name)
    return "\n".join(parts)


@cache
def style() -> str:
    """Give the style sheet of the view."""
    return (HERE / "explorer.css").read_text(encoding="utf-8")
