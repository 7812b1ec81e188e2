"""A picture with controls: the one form of the lessons' widgets.

A widget is a pure function from the values of its controls to a :class:`DescribedFigure`. The
function draws and describes; this module only calls it again when a control changes. It works by
keyboard, as its controls are ordinary ipywidgets, and raises what the function raises.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import ipywidgets

from scidip.figures import DescribedFigure, picture, to_png


class Explorable(ipywidgets.VBox):
    """A figure that is drawn anew when one of its controls changes.

    In JupyterLab it is a widget: controls, the picture with its alternative text, and the same
    text below it. A saved notebook, GitHub and print show the picture of the opening view.

    Parameters
    ----------
    draw : callable
        From the values of the controls, by name, to a DescribedFigure.
    controls : mapping of str to ipywidgets.Widget
        The controls, each with a ``value`` and a ``description``.

    Attributes
    ----------
    figure : DescribedFigure
        What is shown now.
    values : dict
        The values of the controls now.

    Examples
    --------
    >>> def draw(word):
    ...     return DescribedFigure(alt=f"The word {word}.", figsize=(2, 1))
    >>> widget = Explorable(draw, {"word": choice("Word", ["one", "two"])})
    >>> widget.set(word="two")
    >>> widget
    The word two.
    """

    def __init__(
        self,
        draw: Callable[..., DescribedFigure],
        controls: Mapping[str, ipywidgets.Widget],
    ):
        self._draw = draw
        self.controls = dict(controls)
        self._picture = ipywidgets.HTML()
        self._words = ipywidgets.HTML()
        self.figure = draw(**self.values)
        self._show()
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        wrap = {"flex_flow": "row wrap", "grid_gap": "0 14px"}
        bar = ipywidgets.HBox(list(self.controls.values()), layout=wrap)
        super().__init__([bar, self._picture, self._words])

    @property
    def values(self) -> dict:
        """The values of the controls, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values) -> None:
        """Move controls by code, one after the other.

        Raises
        ------
        ValueError
            There is no control with this name, or it does not take this value.
        """
        for name, value in values.items():
            set_control(self.controls, name, value)

    def _changed(self, _change) -> None:
        self.figure = self._draw(**self.values)
        self._show()

    def _show(self) -> None:
        self._picture.value = picture(self.figure)
        self._words.value = _paragraphs(self.figure.alt)

    def __repr__(self):
        return self.figure.alt

    def __str__(self):
        return str(self.figure)

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        bundle["image/png"] = to_png(self.figure)
        bundle["text/plain"] = repr(self)
        return bundle, {"image/png": {"alt": self.figure.alt}}


def set_control(controls: Mapping[str, ipywidgets.Widget], name: str, value: object) -> None:
    """Move a control by code.

    Parameters
    ----------
    controls : mapping of str to ipywidgets.Widget
        All controls, by name.
    name : str
        The one to move.
    value : object
        Where to.

    Raises
    ------
    ValueError
        There is no control with this name, or it does not take this value.

    Examples
    --------
    >>> set_control({"word": choice("Word", ["one", "two"])}, "size", 3)
    Traceback (most recent call last):
    ValueError: There is no control 'size'; the controls are word.
    """
    if name not in controls:
        raise ValueError(f"There is no control {name!r}; the controls are {', '.join(controls)}.")
    try:
        controls[name].value = value
    except Exception as problem:
        raise ValueError(f"The control {name!r} does not take {value!r}.") from problem


def choice(label: str, options: list, value: object = None) -> ipywidgets.Dropdown:
    """Make a list to choose from, with its label in front of it.

    Examples
    --------
    >>> choice("Unit", ["papers", "per cent"]).value
    'papers'
    """
    options = list(options)
    first = options[0][1] if isinstance(options[0], tuple) else options[0]
    return ipywidgets.Dropdown(
        options=options, value=first if value is None else value, description=label,
        style={"description_width": "initial"}, layout={"width": "auto"},
    )  # fmt: skip


def number(label: str, value: int, least: int, most: int) -> ipywidgets.BoundedIntText:
    """Make a box for a whole number, with its label in front of it.

    Examples
    --------
    >>> number("From", 1990, 1990, 2023).value
    1990
    """
    return ipywidgets.BoundedIntText(
        value, min=least, max=most, description=label,
        style={"description_width": "initial"}, layout={"width": "9em"},
    )  # fmt: skip


def _paragraphs(text: str) -> str:
    line_style = "line-height: 1.4; margin: 0 0 0.4em"
    return "".join(f'<p style="{line_style}">{html.escape(line)}</p>' for line in text.splitlines())
