"""The course in a real JupyterLab, with mouse and with keyboard, in both themes."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import pytest
from browser import needs_browser, open_browser, serious_findings
from notebook_rules import ROOT
from playwright.sync_api import expect

from scidip import data
from scidip.timeline import Selection

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_browser]

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
CELL = ".jp-Notebook .jp-Cell"
KERNEL_IDLE = ".jp-StatusBar-TextItem:has-text('| Idle')"


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.fixture(scope="module", params=THEMES)
def lab(request, tmp_path_factory):
    """JupyterLab on a copy of the course, with the course's settings; gives its address."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("lessons", "exercises", "solutions", "data"):
        shutil.copytree(ROOT / name, folder / name)
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    theme = {"theme": THEMES[request.param]}
    (settings / "themes.jupyterlab-settings").write_text(json.dumps(theme), encoding="utf-8")
    port = free_port()
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter_config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--log-level=ERROR",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/lab/tree/"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def chromium():
    driver, launch = open_browser()
    with driver as started, launch(started) as browser:
        yield browser


@pytest.fixture
def open_notebook(lab, chromium):
    """Open a notebook; what the browser's console calls an error fails the test."""
    pages, errors = [], []

    def open_it(path, width=1200):
        # JupyterLab draws only cells near the window, so the window is as high as the notebook.
        page = chromium.new_page(viewport={"width": width, "height": 12_000})
        page.set_default_timeout(30_000)
        pages.append(page)
        page.on("console", lambda m: m.type == "error" and errors.append(m.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(lab + path + "?reset")
        page.wait_for_selector(CELL)
        page.wait_for_selector(KERNEL_IDLE)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert errors == []


def run_all(page):
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    page.wait_for_timeout(1000)  # the sign for "busy" may come and go unseen
    page.wait_for_selector(KERNEL_IDLE)


def cell_with(page, text):
    """The cell whose code holds a text."""
    return page.locator(CELL).filter(has=page.locator(".cm-content", has_text=text)).first


def test_lesson_2_with_the_mouse(open_notebook):
    page = open_notebook("lessons/02_a_long_timeline.ipynb")
    run_all(page)
    view = page.locator(".scidip-timeline")
    view.locator(".mark").first.wait_for()
    status = view.locator(".status")
    events = data.load("events")
    expect(status).to_contain_text(f"{len(events)} of {len(events)} events are shown")

    # A picture in the lesson keeps its alternative text.
    alt = page.locator(".jp-OutputArea-output img").first.get_attribute("alt")
    assert alt.startswith("Timeline. ")

    # Filters: a tick, a list, a year, words.
    view.get_by_label(re.compile(r"^cooperation \(")).uncheck()
    view.locator("summary", has_text="Actor").click()
    view.get_by_label(re.compile(r"^United States \(USA\)")).check()
    view.locator("summary", has_text="Actor").click()
    view.get_by_label("From", exact=True).fill("2018")
    view.get_by_label("From", exact=True).press("Enter")
    view.get_by_label("Search", exact=True).fill("moon")
    criteria = {"tones": ["friction", "mixed"], "actors": "USA", "first_year": 2018, "text": "moon"}
    shown = len(Selection(**criteria).apply(events))
    expect(status).to_contain_text(f"{shown} of {len(events)} event")
    assert 0 < shown < 20

    # A click opens the event with its sources.
    view.locator(".mark .outline").first.click()
    card = view.locator(".card")
    card.wait_for()
    assert card.locator(".sources a").count() >= 1
    assert card.locator(".sources a").first.get_attribute("href").startswith("http")

    # Python knows what the controls say.
    words = cell_with(page, "print(explorer.to_code())")
    words.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    output = words.locator(".jp-OutputArea-output")
    expect(output).to_contain_text("actors=['USA']")
    expect(output).to_contain_text(re.compile(rf"\b{shown} records are chosen"))
    assert output.inner_text().splitlines() == [
        "TimelineExplorer(events, Selection(tones=['friction', 'mixed'], actors=['USA'], "
        "first_year=2018, text='moon'))",
        f"{shown} records are chosen",
    ]
    assert serious_findings(page, ".scidip-timeline") == []

    # "Show all events" moves the controls back too, and Python hears of it.
    view.get_by_role("button", name="Show all events").click()
    expect(status).to_contain_text(f"{len(events)} of {len(events)} events")
    expect(view.get_by_label("Search", exact=True)).to_have_value("")
    expect(view.get_by_label(re.compile(r"^cooperation \("))).to_be_checked()
    words.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(output).to_contain_text("TimelineExplorer(events, Selection())")


def test_lesson_2_with_the_keyboard_alone(open_notebook):
    page = open_notebook("lessons/02_a_long_timeline.ipynb")
    run_all(page)
    cell_with(page, "explorer = TimelineExplorer(events)").locator(".cm-content").click()
    page.locator(".scidip-timeline .mark").first.wait_for()
    page.keyboard.press("Escape")  # from writing to moving between cells
    focused = "document.activeElement"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                f"{focused}.dataset.option ? 'event' : {focused}.type ?? {focused}.tagName"
            )
        )
        if reached[-1] == "event":
            break
    assert reached[-1] == "event", reached
    assert reached.count("checkbox") == 9
    assert reached.count("select-one") == 2
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    position = page.evaluate(f"{focused}.getAttribute('aria-posinset')")
    assert position == str(len(data.load("events")) - 1)
    page.keyboard.press("Enter")
    card = page.locator(".scidip-timeline .card")
    card.wait_for()
    assert page.evaluate(f"{focused}.getAttribute('aria-posinset')") == position
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.className") == "previous"
    # The keys did not reach JupyterLab: the same cell is still the active one.
    active = page.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-content")
    assert "explorer = TimelineExplorer(events)" in active.inner_text()


def test_an_event_of_ones_own_is_checked_added_and_saved(open_notebook):
    page = open_notebook("lessons/02_a_long_timeline.ipynb")
    run_all(page)
    view = page.locator(".scidip-timeline")
    view.locator(".mark").first.wait_for()
    # By key, as a click can miss its place while outputs above still arrive.
    view.locator("summary", has_text="Add an event").press("Enter")
    view.get_by_label("Title: who does what").fill("A student adds an event")
    view.get_by_label("Date: YYYY").fill("1971-05")
    view.get_by_role("button", name="Add my event").click()
    expect(view.locator(".problems")).to_contain_text("summary is empty")
    view.get_by_label("Summary, in 25 to 60 words").fill("word " * 30)
    view.get_by_role("button", name="Add my event").click()
    total = len(data.load("events")) + 1
    expect(view.locator(".status")).to_contain_text(f"{total} of {total} events")
    expect(view.locator(".own-ring")).to_have_count(1)
    view.get_by_role("button", name="Save my events to a file").click()
    expect(view.locator(".message")).to_contain_text("saved in my_events.csv")


def test_an_exercise_is_worked_with_the_keyboard(open_notebook):
    page = open_notebook("exercises/02_a_long_timeline_exercises.ipynb")
    run_all(page)
    cell_with(page, "early = ____").locator(".cm-content").click()

    def write(text):
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.keyboard.press("Shift+Enter")  # run the answer
        page.keyboard.press("Shift+Enter")  # run the table below it
        page.keyboard.press("Shift+Enter")  # run the check

    check = cell_with(page, 'check("2.2", early)')
    outcome = check.locator(".jp-OutputArea-output")
    assert "Exercise 2.2: not tried yet." in outcome.inner_text()
    write('early = events[events["year"] > 1979]')
    page.wait_for_function("document.body.textContent.includes('the sign points the wrong way')")
    cell_with(page, 'early = events[events["year"] > 1979]').locator(".cm-content").click()
    write('early = events[events["year"] < 1979]')
    page.wait_for_function("document.body.textContent.includes('Exercise 2.2: correct.')")
    assert serious_findings(page, ".jp-OutputArea-output [role=status]") == []


def test_a_check_before_the_answer_is_one_line(open_notebook):
    page = open_notebook("exercises/00_start_here_exercises.ipynb")
    cell_with(page, "from scidip.questions import").locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    check = cell_with(page, 'check("0.1", first_year)')
    check.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("document.body.textContent.includes('There is no name first_year yet.')")
    assert check.locator("[data-mime-type*='stderr'], [data-mime-type*='error']").count() == 0


def test_a_saved_lesson_shows_pictures_before_it_is_run(open_notebook):
    page = open_notebook("lessons/02_a_long_timeline.ipynb")
    picture = page.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    assert picture.evaluate("node => node.naturalWidth") == 1000
