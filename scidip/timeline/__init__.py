"""The timeline: which events are chosen, how they are drawn, how a person explores them."""

from scidip.timeline.figure import plot_decades, plot_timeline
from scidip.timeline.selection import Selection, compare, date_in_words, describe
from scidip.timeline.table import complete
from scidip.timeline.tours import TOURS, Step, Tour

__all__ = [
    "TOURS",
    "Selection",
    "Step",
    "TimelineExplorer",
    "Tour",
    "compare",
    "complete",
    "date_in_words",
    "describe",
    "plot_decades",
    "plot_timeline",
]


def __getattr__(name):
    # Only the explorer needs anywidget: the figures also work where it is missing.
    if name == "TimelineExplorer":
        from scidip.timeline.explorer import TimelineExplorer

        return TimelineExplorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
