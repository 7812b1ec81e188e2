"""How long does the timeline explorer take to open, and to answer a click?

    .venv/bin/python benchmarks/explorer.py

Compares, in one run: making the explorer with drawing the same view by matplotlib, and filtering in
the browser (headless Chromium, bare page, from the changed value to the painted picture) with
filtering and drawing in Python. Prints medians and their ratios.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from browser import open_browser
from test_explorer_view import HERE, PAGE, START, synced_values

from scidip import data
from scidip.figures import to_png
from scidip.timeline import Selection, TimelineExplorer, plot_timeline

ROUNDS = 15
CLICK = """
async (value) => {
  const started = performance.now();
  window.model.set("tone_1", value);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}
"""


def milliseconds(action):
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def browser_milliseconds(events):
    driver, launch = open_browser()
    with driver as started, launch(started) as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.set_content(PAGE % ((HERE / "explorer.css").read_text("utf-8"), "true", "#ffffff"))
        state = synced_values(TimelineExplorer(events).view)
        page.evaluate(START, [(HERE / "explorer.js").read_text("utf-8"), state])
        page.wait_for_selector(".year")
        return statistics.median(page.evaluate(CLICK, n % 2 == 1) for n in range(ROUNDS))


def main():
    events = data.load("events")
    opening = milliseconds(lambda: TimelineExplorer(events))
    picture = milliseconds(lambda: to_png(plot_timeline(events)))
    few = Selection(tones=["friction", "mixed"])
    python = milliseconds(lambda: to_png(plot_timeline(events, few)))
    browser = browser_milliseconds(events)
    print(f"open {opening:.0f} ms, matplotlib {picture:.0f} ms, ratio {opening / picture:.1f}")
    print(f"click {browser:.0f} ms, matplotlib {python:.0f} ms, ratio {browser / python:.2f}")


if __name__ == "__main__":
    main()
