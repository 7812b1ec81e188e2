"""Step through things one by one, judge each, and keep what was answered.

What the widgets that ask one question after another have in common: the place, the buttons, the
count by status, and the table that a saved notebook shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ipywidgets
import pandas as pd

from scidip.status import CORRECT, NOT_YET, UNTRIED
from scidip.tables import readable

STATES = (CORRECT, NOT_YET, UNTRIED)


class Stepper(ipywidgets.VBox):
    """A widget that shows one of several things at a time.

    A subclass sets `title` and `noun`, and has ``table`` and ``_show``, which shows the thing of
    this place with what was answered before.

    Parameters
    ----------
    names : sequence of str
        The names of the things.

    Attributes
    ----------
    results : dict of str to str
        The status of each thing.

    Raises
    ------
    ValueError
        There are no things at all.

    Examples
    --------
    >>> class Reader(Stepper):
    ...     title, noun = "Word reader", "word"
    ...     def _show(self):
    ...         print(self._here)
    >>> reader = Reader(["one", "two"])
    >>> reader.next()
    two
    >>> reader.count()
    {'correct': 0, 'not yet': 0, 'not tried yet': 2}
    """

    title = ""
    noun = ""

    def __init__(self, names: Sequence[str]):
        if not names:
            raise ValueError(f"The {self.title.split()[-1]} needs at least one {self.noun}.")
        self._names = list(names)
        self.answers: dict = {}
        self.results = dict.fromkeys(self._names, UNTRIED)
        self._messages = dict.fromkeys(self._names, "")
        self._place = 0
        super().__init__()

    @property
    def _here(self) -> str:
        """The name of what is shown."""
        return self._names[self._place]

    def next(self) -> None:
        """Show the next one; after the last comes the first."""
        self._go(1)

    def previous(self) -> None:
        """Show the one before; before the first comes the last."""
        self._go(-1)

    def count(self) -> dict[str, int]:
        """Count the things by status."""
        return {state: list(self.results.values()).count(state) for state in STATES}

    def table(self) -> pd.DataFrame:
        """Give the things with the answers so far, one row each."""
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError

    def _go(self, step: int) -> None:
        self._place = (self._place + step) % len(self._names)
        self._show()

    def _make_buttons(self, steps: Mapping[str, Callable[[], object]]) -> ipywidgets.HBox:
        """Make a row of buttons; they are in ``buttons``, by name."""
        self.buttons = {}
        for name, step in steps.items():
            self.buttons[name] = ipywidgets.Button(description=name)
            self.buttons[name].on_click(lambda _, step=step: step())
        return ipywidgets.HBox(
            list(self.buttons.values()), layout={"flex_flow": "row wrap", "grid_gap": "4px"}
        )

    def _summary(self) -> str:
        noun = self.noun if len(self._names) == 1 else f"{self.noun}s"
        counts = ", ".join(f"{number} {state}" for state, number in self.count().items())
        return f"{self.title}. {len(self._names)} {noun}: {counts}."

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        bundle["text/html"] = readable(self.table())._repr_html_()
        bundle["text/plain"] = repr(self)
        return bundle
