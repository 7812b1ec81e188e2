"""How long does the timeline explorer take to open, and to answer a click, beside its rivals?

    .venv/bin/python benchmarks/explorer.py            # all sizes, a few minutes
    .venv/bin/python benchmarks/explorer.py 250 2000   # some sizes only

In one run, in a real JupyterLab in headless Chromium: the same task (a table of events on a time
axis in three lanes, one tick box that takes a third of them away) done by this explorer and by

- interact: a figure drawn anew in an Output widget, the usual way in notebooks;
- ipympl: matplotlib's own interactive canvas, axes cleared and drawn anew;
- altair: a Vega-Lite chart as a JupyterChart, kept offline.

Events are invented, except that the explorer is also measured with the course's own. Printed are
medians in milliseconds: from Run All to the first picture, from the click to the last change of
the picture, and the size of the saved notebook. ipympl and altair are installed into a temporary
folder; anytimeline is left out, as it needs Python 3.12. docs/explorer-speed.png is drawn anew
when all sizes are measured.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import nbformat
import pandas as pd
from browser import open_browser

from scidip.figures import DescribedFigure
from scidip.style import INK, OTHER_LINES, QUIET

ROOT = Path(__file__).resolve().parent.parent
SIZES = [250, 2_000, 20_000, 200_000]
ROUNDS = 9
RIVALS = ["ipympl", "altair", "vl-convert-python", "narwhals", "jsonschema",
          "jsonschema-specifications", "referencing", "rpds-py"]  # fmt: skip
MOST = {"interact": 20_000, "ipympl": 20_000, "altair": 20_000}  # more takes minutes
TABLE = """
import numpy as np, pandas as pd
rng = np.random.default_rng(1)
N = {size}
tones = ["cooperation", "friction", "mixed"]
lanes = ["diplomacy_for_science", "science_for_diplomacy", "science_in_diplomacy"]
year, month = rng.integers(1950, 2026, N), rng.integers(1, 13, N)
table = pd.DataFrame({{
    "date": [f"{{y}}-{{m:02}}" for y, m in zip(year, month)],
    "title": [f"Invented event {{n}}" for n in range(N)],
    "tone": rng.choice(tones, N), "aspects": rng.choice(lanes, N), "x": year + month / 12,
}})
table["y"] = table["aspects"].map(lanes.index) + rng.random(N) * 0.8
"""
PLOT = """
def draw(ax, friction):
    shown = table if friction else table[table["tone"] != "friction"]
    for lane, marker in zip(lanes, "os^"):
        part = shown[shown["aspects"] == lane]
        ax.scatter(part["x"], part["y"], marker=marker, s=12)
    ax.set_title(f"{len(shown)} events")
"""
CODE = {
    "explorer": "from scidip.timeline import TimelineExplorer\nTimelineExplorer(table)",
    "course": "from scidip.timeline import TimelineExplorer\nTimelineExplorer()",
    "interact": PLOT + """
import matplotlib.pyplot as plt
from ipywidgets import interact
@interact(friction=True)
def show(friction):
    fig, ax = plt.subplots(figsize=(10, 4))
    draw(ax, friction)
    plt.show()
""",
    "ipympl": "%matplotlib widget" + PLOT + """
import matplotlib.pyplot as plt
from ipywidgets import Checkbox, VBox
plt.ioff()
fig, ax = plt.subplots(figsize=(10, 4))
draw(ax, True)
box = Checkbox(True, description="friction")
def change(_):
    ax.clear()
    draw(ax, box.value)
    fig.canvas.draw_idle()
box.observe(change, "value")
VBox([box, fig.canvas])
""",
    "altair": """
import altair as alt
from ipywidgets import Checkbox, VBox
alt.data_transformers.disable_max_rows()
alt.JupyterChart.enable_offline()
def make(friction):
    shown = table if friction else table[table["tone"] != "friction"]
    chart = alt.Chart(shown[["x", "y", "aspects", "title"]]).mark_point()
    return chart.encode(x="x:Q", y="y:Q", shape="aspects:N", tooltip="title:N").properties(
        width=800, height=300)
box = Checkbox(True, description="friction")
view = alt.JupyterChart(make(True))
box.observe(lambda _: setattr(view, "chart", make(box.value)), "value")
VBox([box, view])
""",
}  # fmt: skip
PICTURE = {
    "explorer": ".scidip-timeline .year", "course": ".scidip-timeline .year",
    "interact": ".jp-OutputArea-output img", "ipympl": ".jupyter-matplotlib canvas",
    "altair": ".vega-embed canvas, .vega-embed svg",
}  # fmt: skip
# From a click on the tick box to the last change that is seen before 500 quiet milliseconds.
CLICK = """
async (kind) => {
  const area = document.querySelector(".jp-CodeCell .jp-OutputArea");
  const boxes = [...area.querySelectorAll("input[type=checkbox]")];
  const wordsOf = (box) => box.closest("label, .widget-checkbox")?.textContent ?? "";
  const box = boxes.find((one) => /friction/.test(wordsOf(one))) ?? boxes[0];
  const small = document.createElement("canvas");
  small.width = small.height = 48;
  const pen = small.getContext("2d", { willReadFrequently: true });
  const sum = () => {
    const canvas = area.querySelector("canvas");
    if (kind !== "ipympl" || !canvas) return "";
    pen.clearRect(0, 0, 48, 48);
    pen.drawImage(canvas, 0, 0, 48, 48);
    const { data } = pen.getImageData(0, 0, 48, 48);
    return data.reduce((found, value, at) => (found * 31 + value * (at % 7)) % 1e9, 0);
  };
  let last = 0;
  const started = performance.now();
  const seen = new MutationObserver(() => (last = performance.now()));
  seen.observe(area, { subtree: true, childList: true, attributes: true, characterData: true });
  let old = sum();
  box.click();
  while (performance.now() - Math.max(last, started) < 500 && performance.now() - started < 20000) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = sum();
    if (now !== old) [old, last] = [now, performance.now()];
  }
  seen.disconnect();
  return last - started;
}
"""


def notebook(kind, size):
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    code = CODE[kind] if kind == "course" else TABLE.format(size=size) + CODE[kind]
    book.cells = [nbformat.v4.new_code_cell(code)]
    return book


def start_lab(folder, rivals):
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{rivals}",
        "JUPYTER_PATH": str(rivals / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter_config"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", "--log-level=ERROR",
        "--allow-root",
    ]  # fmt: skip
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    return server, f"http://127.0.0.1:{port}/lab/tree/"


def measure(browser, address, folder, kind, size):
    name = f"{kind}_{size}.ipynb"
    nbformat.write(notebook(kind, size), folder / name)
    page = browser.new_page(viewport={"width": 1200, "height": 2000})
    page.set_default_timeout(120_000)
    page.goto(f"{address}{name}?reset")
    page.wait_for_selector(".jp-StatusBar-TextItem:has-text('| Idle')")
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    started = time.perf_counter()
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    page.wait_for_selector(f".jp-OutputArea {PICTURE[kind].replace(', ', ', .jp-OutputArea ')}")
    first = 1000 * (time.perf_counter() - started)
    page.wait_for_timeout(1500)
    clicks = [page.evaluate(CLICK, kind) for _ in range(ROUNDS)]
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1000)
    page.close()
    return {
        "what": kind, "events": size, "first picture, ms": round(first),
        "click, ms": round(statistics.median(clicks)),
        "notebook, kB": round((folder / name).stat().st_size / 1000),
    }  # fmt: skip


def main(sizes):
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        folder, rivals = Path(temporary) / "books", Path(temporary) / "rivals"
        folder.mkdir()
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", rivals]
        subprocess.run([*install, *RIVALS], check=True, stderr=subprocess.DEVNULL)
        server, address = start_lab(folder, rivals)
        driver, launch = open_browser()
        try:
            with driver as started, launch(started) as browser:
                for kind in ["course", "explorer", "interact", "ipympl", "altair"]:
                    for size in sizes if kind != "course" else ["ours"]:
                        if kind in MOST and size > MOST[kind]:
                            continue
                        found.append(measure(browser, address, folder, kind, size))
                        print(json.dumps(found[-1]), flush=True)
        finally:
            server.terminate()
    table = pd.DataFrame(found)
    print(table.to_string(index=False))
    if sizes == SIZES:
        draw(table[table["what"] != "course"])


def draw(table):
    figure = DescribedFigure(alt="See the table above.", figsize=(7, 4), layout="constrained")
    ax = figure.subplots()
    for look, (kind, part) in zip(OTHER_LINES, table.groupby("what", sort=False), strict=False):
        x, y = part["events"].astype(int), part["click, ms"]
        ax.plot(x, y, look.dash, marker=look.marker, color=look.color)
        ax.annotate(f" {kind}", (x.iloc[-1], y.iloc[-1]), color=look.color, va="center")
    ax.set(xscale="log", yscale="log", xlabel="number of events", ylabel="milliseconds")
    ax.set_title("From a click to the new picture", loc="left", color=INK)
    ax.margins(x=0.2)
    ax.spines[["right", "top"]].set_visible(False)
    figure.supxlabel("benchmarks/explorer.py", x=0.01, ha="left", fontsize=8, color=QUIET)
    figure.savefig(ROOT / "docs" / "explorer-speed.png", metadata={"Software": None})


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
