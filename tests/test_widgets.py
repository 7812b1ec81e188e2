"""The widgets of the lessons: controls moved by code, the picture and its words follow."""

import doctest
import importlib
import pkgutil
import re

import ipywidgets
import pytest

from scidip import figures, widgets
from scidip.figures import DescribedFigure
from scidip.widgets.explorable import Explorable, choice, number

MODULES = [module.name for module in pkgutil.iter_modules(widgets.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(f"scidip.widgets.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def draw(word, size):
    if word == "broken":
        raise RuntimeError("this word can't be drawn")
    return DescribedFigure(alt=f"{word} {size}.\nA second line.", figsize=(2, 1))


@pytest.fixture
def widget():
    words = choice("Word", ["one", "two", "broken"])
    return Explorable(draw, {"word": words, "size": number("Size", 3, 1, 9)})


def test_the_picture_and_its_words_follow_the_controls(widget):
    assert repr(widget) == "one 3.\nA second line."
    widget.controls["size"].value = 5
    assert repr(widget) == "one 5.\nA second line."
    bar, picture, words = widget.children
    assert 'alt="one 5.\nA second line."' in picture.value
    assert re.sub("<p [^>]*>", "<p>", words.value) == "<p>one 5.</p><p>A second line.</p>"
    assert all(isinstance(control, ipywidgets.Widget) for control in bar.children)


def test_an_error_is_raised_and_not_swallowed(widget):
    with pytest.raises(ValueError, match="does not take 'broken'"):
        widget.set(word="broken")
    with pytest.raises(RuntimeError, match="this word can't be drawn"):
        draw("broken", 1)


def test_a_wrong_control_or_value_is_refused(widget):
    with pytest.raises(ValueError, match="no control 'colour'; the controls are word, size"):
        widget.set(colour="red")
    with pytest.raises(ValueError, match="'word' does not take 'three'"):
        widget.set(word="three")


def test_a_saved_page_shows_the_opening_picture(widget):
    bundle, metadata = widget._repr_mimebundle_()
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == repr(widget)
    assert bundle["image/png"] == figures.to_png(widget.figure)
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_figure_and_a_widget_are_printed_without_a_cut_word():
    figure = DescribedFigure(alt=f"{'word ' * 40}end.\nA second line.")
    for shown in (figure, Explorable(lambda size: figure, {"size": number("Size", 1, 1, 3)})):
        printed = str(shown)
        assert max(map(len, printed.splitlines())) <= 80
        assert printed.split() == figure.alt.split()
        assert printed.endswith("\nA second line.")
        assert repr(shown) == figure.alt
