// The view of the timeline explorer: it holds the parts together. One state says what is shown;
// every control asks for a new state, and a new state is drawn. Python and the page of a saved
// notebook hold the same state, so filters also work where no Python runs.

import { makeCards } from "./cards.js";
import { choose, makeIndex, noFilters, yearsOf } from "./choose.js";
import { makeControls } from "./controls.js";
import { button, element, shape } from "./dom.js";
import { drawLanes, drawStrip, halo } from "./drawing.js";
import { lanesOf, withoutLane } from "./lanes.js";
import { scale, shifted, zoomed } from "./layout.js";
import { makeComparison, makeGuide, makeStory } from "./story.js";
import { describe } from "./words.js";

const HELP =
  "Click a mark to read its event. By keyboard: Tab to the timeline, arrow keys to move, Enter to " +
  "open, P to pin, + and − to zoom, < and > to move in time, T for the table, Escape to close. " +
  "With Ctrl or ⌘ the mouse wheel zooms, with Shift it moves in time. Where the rows are not " +
  "aspects, a mark has the sign of the first aspect of its event; the card names all. Confidence " +
  "says how sure the date and the facts of a record are.";
const ROWS_AT_ONCE = 200; // rows of the table, before a button shows more
const AT_ONCE = 20000; // events: tables up to this size are drawn before the next frame
const STEPS_KEPT = 100; // views that "Back" remembers

function render({ model, el }) {
  let index = makeIndex(model.get("payload"));
  let chosen = { rows: index.all, counts: null };
  let listed = index.all; // the rows that are drawn: the chosen ones, and those compared with them
  let current = -1; // the row that the keyboard stands on
  let scheduled = 0;
  let fresh = false; // whether this frame has a picture already
  let axis = null;
  let width = 240; // of the stage, in pixels; read only when it changes, as reading it costs a layout
  let shownRows = ROWS_AT_ONCE;
  let past = [];
  let future = [];
  let lastMerge = { key: "", at: 0 };
  const endings = [];
  const state = () => model.get("state");

  // --- The state ---

  function set(change, merge = "") {
    const before = state();
    const after = { ...before, ...change };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    say("");
    const views = ["filters", "lanes", "other"];
    if (views.some((name) => name in change)) {
      const now = Date.now();
      // Letters of one word are one step back, not several.
      const same = merge && merge === lastMerge.key && now - lastMerge.at < 1500;
      if (!same) past = [...past, before].slice(-STEPS_KEPT);
      future = [];
      lastMerge = { key: merge, at: now };
    }
    model.set("state", after);
    model.save_changes();
    // The answer to a click need not wait for the next frame; further changes in this one do.
    if (index.size <= AT_ONCE && !fresh) draw();
    else schedule();
  }

  function travel(from, to) {
    const target = from.pop();
    if (!target) return;
    to.push(state());
    lastMerge = { key: "", at: 0 };
    say("");
    model.set("state", { ...target, selected: state().selected, pinned: state().pinned });
    model.save_changes();
    schedule();
  }

  const filter = (change, merge = "") => set({ filters: { ...state().filters, ...change } }, merge);
  const window_ = () => yearsOf(index, state().filters);
  const years = (first, last) => {
    const [earliest, latest] = index.years;
    filter({ first_year: first <= earliest ? null : first, last_year: last >= latest ? null : last }, "");
  };
  const zoom = (factor, around) => years(...zoomed(window_(), index.years, factor, around));
  const pan = (share) => {
    const [first, last] = window_();
    const by = Math.round((last + 1 - first) * share) || Math.sign(share);
    years(...shifted([first, last], index.years, by));
  };

  const actions = {
    filter,
    years,
    lanes: (lanes) => set({ lanes }),
    toggle(facet, key, on) {
      const others = state().filters[facet].filter((value) => value !== key);
      const all = noFilters(index)[facet];
      const next = on ? [...others, key] : others;
      // Values that are always all there keep their order, so that equal choices look equal.
      filter({ [facet]: all.length ? all.filter((value) => next.includes(value)) : next });
    },
    step(by) {
      const position = listed.indexOf(index.place.get(state().selected));
      const row = position < 0 ? undefined : listed[position + by];
      if (row === undefined) return;
      current = row;
      open(row);
    },
    pin(id) {
      const { pinned } = state();
      set({ pinned: pinned.includes(id) ? pinned.filter((other) => other !== id) : [...pinned, id] });
    },
    close() {
      set({ selected: "" });
      if (current >= 0) focusOn(current);
    },
    keep() {
      set({ other: state().filters });
      say("This view is A now. Change the filters: what you see is B.");
    },
    split(year) {
      const { filters } = state();
      set({ other: { ...filters, last_year: year - 1 }, filters: { ...filters, first_year: year } });
    },
    swap: () => state().other && set({ other: state().filters, filters: state().other }),
    endComparison: () => set({ other: null }),
    tour(key, step) {
      const found = model.get("tours").find((tour) => tour.key === key);
      if (found?.steps[step]) set({ ...found.steps[step].state, tour: { key, step } });
    },
    endTour: () => set({ tour: null, selected: "" }),
    view() {
      const { filters, lanes, other, selected } = state();
      return { filters, lanes, other, selected };
    },
    say,
    copy,
    ask,
    onEnd: (ending) => endings.push(ending),
  };

  // --- The parts ---

  const status = element("p", { class: "status", role: "status" });
  const message = element("p", { class: "message", "aria-live": "polite" });
  const announcer = element("p", { class: "unseen", "aria-live": "polite" });
  const bar = element("div", { class: "bar" });
  const buttons = {};
  for (const [name, text, act] of [
    ["back", "‹ Back", () => travel(past, future)],
    ["forward", "Forward ›", () => travel(future, past)],
    ["zoom-in", "+ Zoom in", () => zoom(0.5)],
    ["zoom-out", "− Zoom out", () => zoom(2)],
    ["earlier", "← Earlier", () => pan(-0.5)],
    ["later", "Later →", () => pan(0.5)],
    ["fit", "Fit the years", fitYears],
    ["reset", "Show all events", () => set({ filters: noFilters(index), other: null, tour: null, selected: "" })],
  ]) {
    buttons[name] = button(name, text);
    buttons[name].addEventListener("click", act);
    bar.append(buttons[name]);
  }
  buttons.fit.title = "Show only the years in which the chosen events lie";
  let controls = makeControls(index, actions);
  let story = makeStory(index, model, actions);
  let comparison = makeComparison(index, actions);
  const guide = makeGuide(model, actions);
  let cards = makeCards(index, actions);
  const strip = shape("svg", { class: "strip", role: "group", "aria-label": "All years, with the first and the last year that are shown" });
  const drawing = shape("svg", { class: "drawing" });
  const tip = element("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const stage = element("div", { class: "stage" }, drawing, tip);
  const crowd = element("p", { class: "crowd", hidden: true });
  const absent = element("p", { class: "absent", hidden: true });
  const help = element("details", { class: "help" }, element("summary", {}, "How to use it"), element("p", {}, HELP));
  const tableWords = element("summary");
  const table = element("div", { class: "table" });
  const tableBox = element("details", { class: "table-box" }, tableWords, table);
  const root = element("div", { class: "scidip-timeline", "data-lm-suppress-shortcuts": "true" });
  const fill = () =>
    root.replaceChildren(
      controls.node, bar, status, guide.node, comparison.node, strip, stage, crowd, absent, message,
      cards.node, announcer, tableBox, story.node, help,
    );
  fill();
  el.append(root);

  // --- Drawing ---

  function schedule() {
    scheduled ||= requestAnimationFrame(draw);
  }

  function draw() {
    cancelAnimationFrame(scheduled);
    scheduled = 0;
    fresh = true;
    requestAnimationFrame(() => (fresh = false));
    const now = state();
    chosen = choose(index, now.filters, true);
    const { rows } = chosen;
    controls.update(now, chosen.counts);
    story.update(now);
    guide.update(now);
    const before = comparison.update(now, rows);
    listed = before ? union(before, rows) : rows;
    status.textContent = `${before ? "A and B together: " : ""}${describe(index, listed)}`;
    if (!listed.includes(current)) current = listed[0] ?? -1;
    const hadFocus = drawing.contains(document.activeElement);
    drawTimeline(rows, before);
    drawYearStrip(rows);
    hideTip();
    if (hadFocus && current >= 0) focusOn(current);
    tableWords.textContent = `The same events as a table (${listed.length})`;
    shownRows = ROWS_AT_ONCE;
    if (tableBox.open) drawTable();
    buttons.back.setAttribute("aria-disabled", String(!past.length));
    buttons.forward.setAttribute("aria-disabled", String(!future.length));
    const [first, last] = window_();
    const [atStart, atEnd] = [first <= index.years[0], last >= index.years[1]];
    buttons["zoom-out"].setAttribute("aria-disabled", String(atStart && atEnd));
    buttons.earlier.setAttribute("aria-disabled", String(atStart));
    buttons.later.setAttribute("aria-disabled", String(atEnd));
    showSelected();
  }

  function drawTimeline(rows, before) {
    const now = state();
    let lanes = lanesOf(index, rows, now.lanes, now.filters);
    let span = window_();
    if (before) {
      const others = yearsOf(index, now.other);
      span = [Math.min(span[0], others[0]), Math.max(span[1], others[1])];
      const name = (letter, filters) => `${letter} (${yearsOf(index, filters).join(" to ")})`;
      lanes = [
        { word: name("A", now.other), rows: before, aspect: null },
        { word: name("B", now.filters), rows, aspect: null },
      ];
    }
    const missing = before ? "" : withoutLane(index, rows, now.lanes);
    absent.hidden = !missing;
    absent.textContent = missing;
    const late = span[0] > span[1];
    const nothing = `${late ? "“From” is later than “To”." : "No event fits these filters."} Choose “Show all events”, or change a filter.`;
    const drawn = drawLanes(drawing, index, lanes, late ? [span[1], span[0]] : span, width, { nothing });
    axis = drawn.axis;
    crowd.hidden = !drawn.asBars;
    crowd.textContent = `${listed.length} events are too many to draw one by one: the bars say how many begin in each part of the axis. Zoom in, or set a filter, to see single events.`;
    drawing.replaceChildren(drawn.decoration, drawn.asBars ? shape("g") : optionList(listed, drawn.groups));
  }

  function union(one, other) {
    const wanted = new Uint8Array(index.size);
    for (const row of one) wanted[row] = 1;
    for (const row of other) wanted[row] = 1;
    return index.all.filter((row) => wanted[row]);
  }

  // One option per event, in order of time, also when its marks stand in two lanes.
  function optionList(rows, groups) {
    const list = shape("g");
    const selected = index.place.get(state().selected);
    rows.forEach((row, position) => {
      const option = shape("g", {
        role: "option",
        "data-option": index.id[row],
        "aria-label": nameOf(row),
        "aria-posinset": position + 1,
        "aria-setsize": rows.length,
        "aria-selected": String(row === selected),
        tabindex: row === current ? 0 : -1,
      });
      option.append(...(groups.get(row) ?? []));
      list.append(option);
    });
    if (rows.length) {
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Timeline of events");
    }
    return list;
  }

  function nameOf(row) {
    const { aspects, tones } = index.vocabulary;
    const words = aspects.filter((_, bit) => (index.aspects[row] >> bit) & 1).map((aspect) => aspect.word);
    const signs = [words.join(", "), tones[index.tone[row]], index.own[row] ? "added by you" : ""].filter(Boolean);
    return `${index.date[row]}. ${index.title[row]}. ${signs.join("; ")}${signs.length ? "." : ""}`;
  }

  function drawYearStrip(rows) {
    const { axis: all, height, shapes } = drawStrip(strip, index, rows, width);
    const [first, last] = window_();
    const [left, right] = [all.toX(first), all.toX(last + 1)];
    const focused = document.activeElement?.dataset?.edge;
    const frame = shape("rect", { class: "brush", x: left, y: 0.5, width: Math.max(right - left, 1), height: height - 1 });
    const edges = [["first", left, first, "First year that is shown"], ["last", right, last, "Last year that is shown"]].map(
      ([edge, x, year, label]) =>
        shape("rect", {
          class: "edge", "data-edge": edge, x: x - 3, y: 0, width: 6, height, role: "slider", tabindex: 0,
          "aria-label": label, "aria-valuemin": index.years[0], "aria-valuemax": index.years[1], "aria-valuenow": year,
        }),
    );
    strip.replaceChildren(...shapes, frame, ...edges);
    if (focused) strip.querySelector(`[data-edge="${focused}"]`)?.focus({ preventScroll: true });
  }

  function drawTable() {
    const heads = ["Date", "Event", "Aspects", "Tone"].map((name) => element("th", { scope: "col" }, name));
    const { aspects, tones } = index.vocabulary;
    const rows = Array.from(listed.slice(0, shownRows), (row) => {
      const link = button("link", index.title[row], { "data-open": index.id[row] });
      const words = aspects.filter((_, bit) => (index.aspects[row] >> bit) & 1).map((aspect) => aspect.word);
      return element("tr", {}, element("td", {}, index.date[row]), element("td", { dir: "auto" }, link), element("td", {}, words.join(", ")), element("td", {}, tones[index.tone[row]] ?? ""));
    });
    table.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)));
    if (listed.length > shownRows) {
      const more = button("more", `Show ${ROWS_AT_ONCE} more of ${listed.length}`);
      more.addEventListener("click", () => {
        shownRows += ROWS_AT_ONCE;
        drawTable();
        (table.querySelector(".more") ?? table.querySelector("tbody tr:last-child button")).focus();
      });
      table.append(more);
    }
  }

  // --- Marks: focus, tip, selection ---

  const optionOf = (row) => drawing.querySelector(`[data-option="${CSS.escape(index.id[row])}"]`);
  const marksOf = (row) => drawing.querySelectorAll(`[data-row="${row}"]`);

  function focusOn(row) {
    if (current >= 0) optionOf(current)?.setAttribute("tabindex", -1);
    current = row;
    const option = optionOf(row);
    option?.setAttribute("tabindex", 0);
    if (option) ringed(row);
    option?.focus({ preventScroll: true });
  }

  function showTip(row) {
    const mark = ringed(row)[0];
    if (!mark) return;
    tip.replaceChildren(element("strong", {}, index.date[row]), element("br"), element("span", { dir: "auto" }, index.title[row].slice(0, 200)));
    tip.hidden = false;
    const box = stage.getBoundingClientRect();
    const sign = mark.querySelector(".halo").getBoundingClientRect();
    const left = sign.left - box.left + sign.width / 2 - tip.offsetWidth / 2;
    const above = sign.top - box.top - tip.offsetHeight - 4;
    tip.style.left = `${Math.max(0, Math.min(left, box.width - tip.offsetWidth))}px`;
    tip.style.top = `${above < 0 ? sign.bottom - box.top + 4 : above}px`;
    clearNear();
    ringed(row).forEach((node) => node.classList.add("near"));
  }

  const clearNear = () => drawing.querySelectorAll(".near").forEach((node) => node.classList.remove("near"));

  // The ring around a mark is made when it is needed: most marks never need one.
  function ringed(row) {
    const marks = marksOf(row);
    for (const mark of marks) if (!mark.querySelector(".halo")) mark.append(halo(mark.dataset.r));
    return marks;
  }

  function hideTip() {
    tip.hidden = true;
    clearNear();
  }

  function open(row) {
    const id = index.id[row];
    if (!index.details && !index.loaded.has(id)) ask({ detail: id });
    set({ selected: id });
  }

  function showSelected() {
    const row = index.place.get(state().selected);
    drawing.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
    drawing.querySelectorAll('[aria-selected="true"]').forEach((node) => node.setAttribute("aria-selected", "false"));
    cards.update(state(), listed);
    if (row === undefined) return;
    ringed(row).forEach((node) => node.classList.add("chosen"));
    optionOf(row)?.setAttribute("aria-selected", "true");
    const position = listed.indexOf(row);
    const words = `${index.date[row]}. ${index.title[row]}. ${position < 0 ? "Outside the present filters" : `Event ${position + 1} of ${listed.length}`}.`;
    if (announcer.textContent !== words) announcer.textContent = words;
  }

  // --- Years: fit, messages, the kernel ---

  function fitYears() {
    const { rows } = chosen;
    if (!rows.length) return;
    let [first, last] = [Infinity, -Infinity];
    for (const row of rows) {
      first = Math.min(first, index.year[row]);
      last = Math.max(last, index.year[row]);
    }
    years(first, last);
  }

  function say(words) {
    message.textContent = words;
  }

  async function copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} was copied.`);
    } catch {
      // A page without the right to copy: show the text, marked, ready for the keys.
      const area = element("textarea", { readonly: true, rows: 4, "aria-label": what });
      area.value = text;
      message.replaceChildren(`${what} can be copied from here:`, element("br"), area);
      area.select();
    }
  }

  function ask(question) {
    try {
      model.send(question);
    } catch {
      say("This needs a running kernel. Open the notebook in JupyterLab and run the cell again.");
    }
  }

  function hear(answer) {
    if (answer.say) say(answer.say);
    if (answer.detail) {
      index.loaded.set(answer.id, answer.detail);
      index.sources = [...index.sources, ...answer.sources];
      schedule();
    }
  }

  // --- What a person does ---

  function onKey(pressed) {
    if (pressed.altKey || pressed.ctrlKey || pressed.metaKey) return;
    const position = listed.indexOf(current);
    const last = listed.length - 1;
    const targets = {
      ArrowRight: position + 1, ArrowDown: position + 1, ArrowLeft: position - 1, ArrowUp: position - 1,
      PageDown: position + 10, PageUp: position - 10, Home: 0, End: last,
    };
    const keys = {
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "−": () => zoom(2),
      "<": () => pan(-0.5), ",": () => pan(-0.5), ">": () => pan(0.5), ".": () => pan(0.5),
      Enter: () => current >= 0 && open(current), " ": () => current >= 0 && open(current),
      p: () => current >= 0 && actions.pin(index.id[current]), P: () => current >= 0 && actions.pin(index.id[current]),
      t: openTable, T: openTable,
      Escape: () => {
        hideTip();
        set({ selected: "" });
      },
    };
    if (pressed.key in targets) {
      const row = listed[Math.max(0, Math.min(targets[pressed.key], last))];
      if (row !== undefined) focusOn(row);
    } else if (pressed.key in keys) {
      keys[pressed.key]();
    } else {
      return;
    }
    // JupyterLab would take these keys to move between cells.
    pressed.preventDefault();
    pressed.stopPropagation();
  }

  function openTable() {
    tableBox.open = !tableBox.open;
    (tableBox.open ? tableWords : optionOf(current))?.focus();
  }

  const rowAt = (happened) => {
    const found = happened.target.closest?.("[data-row]")?.dataset.row;
    return found === undefined ? -1 : Number(found);
  };
  drawing.addEventListener("keydown", onKey);
  // On the stage, as Chromium makes an SVG that listens for focus a tab stop of its own.
  stage.addEventListener("focusin", (happened) => {
    const id = happened.target.closest("[data-option]")?.dataset.option;
    if (id !== undefined) showTip(index.place.get(id));
  });
  stage.addEventListener("focusout", hideTip);
  drawing.addEventListener("pointerover", (happened) => {
    const row = rowAt(happened);
    if (row >= 0) showTip(row);
    else if (!drawing.contains(document.activeElement)) hideTip();
  });
  drawing.addEventListener("pointerleave", hideTip);
  drawing.addEventListener("click", (happened) => {
    const row = rowAt(happened);
    if (row >= 0) {
      focusOn(row);
      open(row);
    } else if (!crowd.hidden) {
      zoom(0.25, axis.toYear(happened.clientX - drawing.getBoundingClientRect().left));
    }
  });
  const onWheel = (turned) => {
    const zooming = turned.ctrlKey || turned.metaKey;
    if (!zooming && !turned.shiftKey) return; // the page scrolls
    turned.preventDefault();
    const delta = turned.deltaY || turned.deltaX;
    const x = turned.clientX - drawing.getBoundingClientRect().left;
    if (zooming) zoom(delta > 0 ? 1.25 : 0.8, axis.toYear(x));
    else pan(delta > 0 ? 0.1 : -0.1);
  };
  stage.addEventListener("wheel", onWheel, { passive: false });
  strip.addEventListener("keydown", (pressed) => {
    const { edge } = pressed.target.dataset;
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[pressed.key];
    const end = { Home: index.years[0], End: index.years[1] }[pressed.key];
    if (!edge || (by === undefined && end === undefined)) return;
    const [first, last] = window_();
    const moved = Math.min(Math.max(end ?? (edge === "first" ? first : last) + by, index.years[0]), index.years[1]);
    years(...(edge === "first" ? [Math.min(moved, last), last] : [first, Math.max(moved, first)]));
    pressed.preventDefault();
    pressed.stopPropagation();
  });
  let dragged = null;
  const yearAt = (happened) => {
    const x = happened.clientX - strip.getBoundingClientRect().left;
    return Math.min(Math.max(Math.floor(scale(index.years, width).toYear(x)), index.years[0]), index.years[1]);
  };
  strip.addEventListener("pointerdown", (happened) => {
    const [first, last] = window_();
    const { edge } = happened.target.dataset;
    // Pulling an edge moves that edge; pulling elsewhere sets a new span of years.
    dragged = { from: { first: last, last: first }[edge] ?? yearAt(happened), x: happened.clientX, edge };
    strip.setPointerCapture(happened.pointerId);
  });
  strip.addEventListener("pointermove", (happened) => {
    if (!dragged || Math.abs(happened.clientX - dragged.x) < 4) return;
    const at = yearAt(happened);
    years(Math.min(dragged.from, at), Math.max(dragged.from, at));
  });
  const drop = () => (dragged = null);
  strip.addEventListener("pointerup", drop);
  strip.addEventListener("pointercancel", drop);
  table.addEventListener("click", (happened) => {
    const id = happened.target.closest("[data-open]")?.dataset.open;
    if (id === undefined) return;
    current = index.place.get(id);
    open(current);
    cards.node.scrollIntoView({ block: "nearest" });
  });
  root.addEventListener("pointerdown", (happened) => {
    for (const list of root.querySelectorAll(".facet[open]")) {
      if (!list.contains(happened.target)) list.open = false;
    }
  });
  tableBox.addEventListener("toggle", () => tableBox.open && drawTable());

  // New events, such as those that a person adds, make everything anew.
  function readPayload() {
    const open = [...root.querySelectorAll(".tool")].map((tool) => tool.open);
    index = makeIndex(model.get("payload"));
    controls = makeControls(index, actions);
    story = makeStory(index, model, actions);
    comparison = makeComparison(index, actions);
    cards = makeCards(index, actions);
    fill();
    root.querySelectorAll(".tool").forEach((tool, place) => (tool.open = open[place]));
    schedule();
  }

  model.on("change:state", schedule);
  model.on("change:tours", schedule);
  model.on("change:payload", readPayload);
  model.on("msg:custom", hear);
  const observer = new ResizeObserver(([entry]) => {
    // Only the width matters: a new height comes from drawing itself.
    const now = Math.max(Math.floor(entry.contentRect.width), 240);
    if (now === width && chosen.counts) return;
    width = now;
    schedule();
  });
  observer.observe(stage);

  return () => {
    observer.disconnect();
    cancelAnimationFrame(scheduled);
    model.off("change:state", schedule);
    model.off("change:tours", schedule);
    model.off("change:payload", readPayload);
    model.off("msg:custom", hear);
    endings.forEach((ending) => ending());
  };
}

export default { render };
