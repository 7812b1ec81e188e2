"""The drawn view of the explorer alone, in a bare page with a stand-in for the widget's model.

The view filters by the same rules as Selection, written a second time in JavaScript so that it
works without Python. Here the two are compared, and the view is used with keyboard and mouse.
"""

import itertools
from pathlib import Path

import pytest
from browser import needs_browser, open_browser, serious_findings

from scidip import data
from scidip.style import ASPECTS, TONES
from scidip.timeline import Selection, TimelineExplorer, describe, explorer
from scidip.timeline.selection import members

pytestmark = [pytest.mark.browser, needs_browser]

HERE = Path(explorer.__file__).parent
PAGE = """
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Timeline</title>
<style>%s</style></head>
<body data-jp-theme-light="%s" style="background: %s; margin: 0"><main></main></body></html>
"""
START = """
async ([code, state]) => {
  const source = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const view = (await import(source)).default;
  const handlers = new Map();
  window.escaped = [];
  document.addEventListener("keydown", (pressed) => window.escaped.push(pressed.key));
  window.model = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      (handlers.get(`change:${name}`) ?? []).forEach((handler) => handler());
    },
    on: (name, handler) => handlers.set(name, [...(handlers.get(name) ?? []), handler]),
    off: (name, handler) =>
      handlers.set(name, (handlers.get(name) ?? []).filter((other) => other !== handler)),
    save_changes: () => {},
    handlers,
  };
  window.clean = view.render({ model: window.model, el: document.querySelector("main") });
}
"""


@pytest.fixture(scope="module")
def chromium():
    driver, launch = open_browser()
    with driver as started, launch(started) as browser:
        yield browser


@pytest.fixture(scope="module")
def events():
    return data.load("events")


def synced_values(view):
    """What the browser knows of the view."""
    names = [name for name in view.traits(sync=True) if not name.startswith("_")]
    skipped = {"layout", "comm", "keys", "tabbable", "tooltip"}
    return {name: getattr(view, name) for name in names if name not in skipped}


@pytest.fixture(scope="module")
def state(events):
    return synced_values(TimelineExplorer(events).view)


@pytest.fixture
def open_view(chromium, state):
    """Open the view in a page of its own; errors in the page fail the test."""
    pages, errors = [], []

    def open_it(width=1000, dark=False, **changes):
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(5000)
        page.set_default_timeout(5000)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        style = (HERE / "explorer.css").read_text(encoding="utf-8")
        theme = ("false", "#111111") if dark else ("true", "#ffffff")
        if dark:  # what JupyterLab's dark theme sets
            style += ":root {--jp-layout-color0: #111; --jp-content-font-color0: #fff;"
            style += " --jp-content-link-color: #64b5f6}"
        page.set_content(PAGE % (style, *theme))
        code = (HERE / "explorer.js").read_text(encoding="utf-8")
        page.evaluate(START, [code, state | changes])
        page.wait_for_selector(".scidip-timeline .year")
        return page

    yield open_it
    for page in pages:
        page.close()
    assert errors == []


def shown(page):
    return page.eval_on_selector_all("[data-option]", "nodes => nodes.map(n => n.dataset.option)")


def status(page):
    return page.inner_text(".status")


def set_filters(page, state, selection, first, last):
    """Move the view to a selection and wait for the drawing."""
    known = data.load("events")
    codes = sorted(members(selection.actor, known)) if selection.actor else []
    values = {f"aspect_{a.number}": a.key in selection.aspects for a in ASPECTS}
    values |= {f"tone_{n}": tone in selection.tones for n, tone in enumerate(TONES, start=1)}
    values |= {
        "actor": state["actors"].index(codes),
        "domain": state["domains"].index(selection.domain),
        "first_year": selection.first_year or first,
        "last_year": selection.last_year or last,
        "text": selection.text,
    }
    page.evaluate(
        """async (values) => {
          Object.entries(values).forEach(([name, value]) => window.model.set(name, value));
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        values,
    )


def selections(events):
    """Some thirty selections: each filter alone, and many together."""
    one = itertools.chain(
        ({"aspects": keys} for keys in (["science_in_diplomacy"], [])),
        ({"tones": [tone]} for tone in TONES),
        ({"tones": []},),
        ({"actor": code} for code in ("CHN", "SUN", "FRA", "AU", "Africa", "Americas")),
        ({"domain": name} for name in ("space", "polar", "agriculture")),
        ({"first_year": 1979}, {"last_year": 1978}, {"first_year": 1957, "last_year": 1957}),
        ({"first_year": 2000, "last_year": 1990},),
        (
            {"text": text}
            for text in ("moon", "MOON sample", "neuquén", "usand", "h-1b", "  ", "中国")
        ),
        ({"text": text} for text in ("O'Brien", "<b>", "\\d", "first (", "é")),
    )
    both = [
        {"aspects": ["science_for_diplomacy"], "tones": ["friction"], "actor": "USA"},
        {"domain": "space", "first_year": 2010, "text": "lunar"},
        {"tones": ["mixed"], "actor": "EU", "last_year": 2020},
    ]
    return [Selection(**criteria) for criteria in [{}, *one, *both]]


def test_python_and_browser_choose_the_same_events_and_say_the_same(open_view, events, state):
    page = open_view()
    first, last = state["years"]
    different = set()
    for selection in selections(events):
        set_filters(page, state, selection, first, last)
        chosen = selection.apply(events)
        assert sorted(shown(page)) == sorted(chosen["event_id"]), selection
        assert status(page) == " ".join(describe(chosen, len(events)).split()), selection
        different.add(len(chosen))
    assert len(different) > 12  # the selections are not all alike


def test_marks_are_never_hidden_by_others(open_view):
    for width in (360, 1000):
        page = open_view(width)
        boxes = page.eval_on_selector_all(
            ".mark .outline",
            "nodes => nodes.map(n => (({x, y}) => [x, y])(n.getBoundingClientRect()))",
        )
        assert len({(round(x), round(y)) for x, y in boxes}) == len(boxes) > 300


def test_a_narrow_page_needs_no_sideways_scrolling(open_view):
    page = open_view(360)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function("document.querySelector('.drawing').getAttribute('width') > 700")


def test_a_click_opens_the_event_with_its_sources(open_view, state):
    page = open_view()
    event = next(e for e in state["events"] if e["id"] == "1957-pugwash-zhou-peiyuan")
    page.locator('[data-id="1957-pugwash-zhou-peiyuan"] .outline').first.click()
    card = page.locator(".card")
    text = card.inner_text()
    for part in (event["title"], event["date"], event["summary"], event["note"]):
        assert part in text
    links = card.locator(".sources a")
    assert [links.nth(n).get_attribute("href") for n in range(links.count())] == [
        source["url"] for source in event["sources"]
    ]
    assert page.evaluate("window.model.get('selected')") == event["id"]
    card.locator(".close").click()
    assert card.is_hidden()


def test_everything_by_keyboard(open_view, state):
    page = open_view()
    order = shown(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Show all events"
    page.keyboard.press("Tab")
    focused = "document.activeElement.dataset.option"
    assert page.evaluate(focused) == order[0]
    steps = [("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("PageDown", 11), ("PageUp", 1),
             ("End", -1), ("ArrowRight", -1), ("Home", 0), ("ArrowUp", 0)]  # fmt: skip
    for key, position in steps:
        page.keyboard.press(key)
        assert page.evaluate(focused) == order[position], key
    assert page.locator(".tip").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("window.model.get('selected')") == order[0]
    assert page.evaluate(focused) == order[0]  # the focus stays where it was
    assert state["events"][0]["title"] in page.inner_text("[aria-live=polite]")
    # JupyterLab must not take the keys that were used.
    assert set(page.evaluate("window.escaped")) == {"Tab"}
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the button "Next"
    assert page.evaluate("window.model.get('selected')") == order[1]
    assert page.evaluate("document.activeElement.className") == "next"
    page.locator(f'[data-option="{order[1]}"]').focus()
    page.keyboard.press("Escape")
    assert page.locator(".card").is_hidden()


def test_the_focus_outline_can_be_seen(open_view):
    page = open_view()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    stroke = "getComputedStyle(document.activeElement.querySelector('.halo')).strokeWidth"
    assert page.evaluate(stroke) == "3px"


def test_a_screen_reader_hears_name_and_position(open_view, state):
    page = open_view(aspect_2=False)
    option = page.locator('[data-option="1957-pugwash-zhou-peiyuan"]')
    name = option.get_attribute("aria-label")
    assert name.startswith("July 1957 (day not known). Physicist Zhou Peiyuan")
    assert "Science in diplomacy; mixed." in name
    assert option.get_attribute("aria-setsize") == str(len(shown(page)))
    position = shown(page).index("1957-pugwash-zhou-peiyuan") + 1
    assert option.get_attribute("aria-posinset") == str(position)


def test_show_all_events_resets_every_filter(open_view, state, events):
    page = open_view(aspect_1=False, tone_2=False, actor=3, domain=2, first_year=1990, text="x")
    assert len(shown(page)) < len(events)
    page.get_by_role("button", name="Show all events").click()
    page.wait_for_function(f"document.querySelectorAll('[data-option]').length == {len(events)}")
    assert status(page).startswith(f"{len(events)} of {len(events)} events are shown")


def test_nothing_found_says_what_to_do(open_view):
    page = open_view(text="xyzzy")
    assert "No event fits these filters." in page.text_content(".drawing .empty")
    page = open_view(first_year=2000, last_year=1990)
    assert "“From” is later than “To”." in page.text_content(".drawing .empty")


def test_the_table_has_the_same_rows_and_opens_events(open_view, events):
    page = open_view(tone_1=False)
    page.locator("summary").click()
    page.wait_for_selector("tbody tr")  # the table is drawn when it is opened
    rows = page.locator("tbody tr")
    assert rows.count() == len(shown(page)) == (events["tone"] != "cooperation").sum()
    page.locator("tbody button").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.model.get('selected')") == shown(page)[1]


def test_text_of_the_table_is_never_read_as_html(open_view, state):
    evil = '<img src=x onerror="window.hacked = 1"><b>x</b>'
    event = state["events"][0] | {"title": evil, "summary": evil, "note": evil, "place": evil}
    page = open_view(events=[event])
    page.locator(".outline").first.click()
    page.locator("summary").click()
    page.wait_for_selector("tbody tr")
    assert evil in page.inner_text(".card .title")
    assert page.locator(".scidip-timeline img, .scidip-timeline b").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(open_view, dark):
    page = open_view(dark=dark)
    page.locator(".outline").nth(5).click()
    page.locator("summary").click()
    page.wait_for_selector("tbody tr")
    assert serious_findings(page, ".scidip-timeline") == []


def test_it_cleans_up_after_itself(open_view):
    page = open_view()
    page.evaluate("window.clean()")
    left = page.evaluate("[...window.model.handlers.values()].flat().length")
    assert left == 0
