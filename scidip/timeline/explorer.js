// The view of the timeline explorer, drawn as SVG in real pixels. It filters by the same rules as
// Selection in selection.py, so that it also works where no Python runs; a test compares the two.
// Everything that comes from the table is set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 14; // pixels on the left and right of the axis
const TITLE = 22; // pixels above the marks of a lane
const HIGHEST = 200; // pixels of a stack, before its marks are made smaller
const FILTERS = [
  "aspect_1", "aspect_2", "aspect_3", "tone_1", "tone_2", "tone_3",
  "actor", "domain", "first_year", "last_year", "text",
];

// --- Which events are chosen ---------------------------------------------------------------------

function plain(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, " ");
}

function choose(model) {
  const aspects = [1, 2, 3].map((number) => model.get(`aspect_${number}`));
  const tones = [1, 2, 3].map((number) => model.get(`tone_${number}`));
  const actors = model.get("actors")[model.get("actor")]; // one code, or those of a region
  const domain = model.get("domains")[model.get("domain")];
  const words = plain(model.get("text")).split(" ").filter(Boolean);
  return model.get("events").filter(
    (event) =>
      event.aspects.some((aspect) => aspects[aspect]) &&
      tones[event.tone] &&
      (!actors.length || event.actors.some((actor) => actors.includes(actor))) &&
      (!domain || event.domain === domain) &&
      event.year >= model.get("first_year") &&
      event.year <= model.get("last_year") &&
      words.every((word) => event.search.includes(` ${word}`)),
  );
}

function describe(model, chosen) {
  const total = model.get("events").length;
  if (!chosen.length) return `0 of ${total} events are shown.`;
  const years = chosen.map((event) => event.year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const when = first === last ? `in ${first}` : `from ${first} to ${last}`;
  const noun = chosen.length === 1 ? "event is" : "events are";
  const aspects = model.get("lanes").map(
    (lane, index) =>
      `${lane.word} ${chosen.filter((event) => event.aspects.includes(index)).length}`,
  );
  const tones = model
    .get("tones")
    .map((tone, index) => `${tone} ${chosen.filter((event) => event.tone === index).length}`);
  return (
    `${chosen.length} of ${total} ${noun} shown, ${when}. ` +
    `By aspect (an event may have several): ${aspects.join(", ")}. ` +
    `By tone: ${tones.join(", ")}.`
  );
}

// --- Where the marks stand -----------------------------------------------------------------------

function stack(events, toX, radius) {
  // Each event takes the lowest row in which its mark and its line are free.
  const free = [];
  return events
    .map((event) => {
      const x = toX(event.span ? event.start : (event.start + event.end) / 2);
      return { event, x, from: toX(event.start), to: toX(event.end) };
    })
    .sort((one, other) => one.x - other.x)
    .map((mark) => {
      const left = Math.min(mark.from, mark.x - radius - 1);
      const found = free.findIndex((x) => x <= left);
      const row = found < 0 ? free.length : found;
      free[row] = Math.max(mark.to, mark.x + radius + 1);
      return { ...mark, row };
    });
}

function fit(lanes, events, toX) {
  // Smaller marks when a stack would be higher than a screen can show.
  for (const radius of [5, 4, 3.5]) {
    const stacks = lanes.map(({ index }) =>
      stack(events.filter((event) => event.aspects.includes(index)), toX, radius),
    );
    const rows = Math.max(0, ...stacks.flat().map((mark) => mark.row + 1));
    if (rows * (2 * radius + 1) <= HIGHEST || radius === 3.5) return { radius, stacks };
  }
}

// --- Small helpers -------------------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function outlines(lane, r) {
  // The outline of a lane's mark and its left half: circle, square, triangle.
  const q = r * 0.9;
  return [
    [`M${-r},0A${r},${r} 0 1 1 ${r},0A${r},${r} 0 1 1 ${-r},0Z`, `M0,${-r}A${r},${r} 0 0 0 0,${r}Z`],
    [`M${-q},${-q}H${q}V${q}H${-q}Z`, `M${-q},${-q}H0V${q}H${-q}Z`],
    [`M0,${-r}L${r},${q}H${-r}Z`, `M0,${-r}V${q}H${-r}Z`],
  ][lane];
}

function drawMark(lane, tone, r) {
  const [whole, half] = outlines(lane, r);
  const fill = ["full", "none", "none"][tone];
  const marks = [shape("path", { d: whole, class: `outline ${fill}` })];
  if (tone === 2) marks.push(shape("path", { d: half, class: "half" }));
  return marks;
}

// --- The view ------------------------------------------------------------------------------------

function render({ model, el }) {
  const status = element("p", { class: "status", role: "status" });
  const reset = element("button", { type: "button" }, "Show all events");
  const help = element(
    "p", { class: "help" },
    "Click a mark, or press Tab to reach the timeline, arrow keys to move, Enter to open an event.",
  );
  const drawing = shape("svg", { class: "drawing" });
  const tip = element("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  const stage = element("div", { class: "stage" }, drawing, tip);
  const card = element("section", { class: "card", "aria-label": "Selected event", hidden: "" });
  const announcer = element("p", { class: "unseen", "aria-live": "polite" });
  const summary = element("summary");
  const table = element("div", { class: "table" });
  const details = element("details", {}, summary, table);
  const root = element("div", { class: "scidip-timeline", "data-lm-suppress-shortcuts": "true" });
  root.append(
    element("div", { class: "bar" }, reset), status, help, stage, card, announcer, details,
  );
  el.append(root);

  let chosen = [];
  let current = null; // the event that the keyboard stands on
  let scheduled = 0;

  const byId = new Map(model.get("events").map((event) => [event.id, event]));
  const marksOf = (id) => drawing.querySelectorAll(`[data-id="${CSS.escape(id)}"]`);

  function schedule() {
    scheduled ||= requestAnimationFrame(draw);
  }

  function draw() {
    scheduled = 0;
    chosen = choose(model);
    status.textContent = describe(model, chosen);
    if (!chosen.some((event) => event.id === current)) current = chosen[0]?.id ?? null;
    const hadFocus = drawing.contains(document.activeElement);
    drawLanes();
    hideTip();
    if (hadFocus && current) focusOn(current);
    summary.textContent = `The same events as a table (${chosen.length})`;
    if (details.open) drawTable();
    showSelected();
  }

  function drawLanes() {
    const width = Math.max(stage.clientWidth, 240);
    const first = model.get("first_year");
    const years = Math.max(model.get("last_year") + 1 - first, 1);
    const toX = (year) => MARGIN + ((year - first) / years) * (width - 2 * MARGIN);
    const lanes = model
      .get("lanes")
      .map((lane, index) => ({ ...lane, index }))
      .filter((lane) => model.get(`aspect_${lane.index + 1}`));
    const { radius, stacks } = fit(lanes, chosen, toX);
    const pitch = 2 * radius + 1;
    const decoration = shape("g", { "aria-hidden": "true" });
    const options = new Map();
    let y = 4;

    lanes.forEach(({ index, ...lane }, place) => {
      const marks = stacks[place];
      const rows = Math.max(2, ...marks.map((mark) => mark.row + 1));
      const floor = y + TITLE + rows * pitch;
      const symbol = shape("tspan", { class: "symbol" }, lane.symbol);
      const words = ` ${lane.number} ${lane.word}: ${marks.length}`;
      const spot = { x: MARGIN, y: y + 14, class: `lane-title lane-${index}` };
      const title = shape("text", spot, symbol, words);
      const base = { x1: MARGIN, x2: width - MARGIN, y1: floor, y2: floor, class: "floor" };
      decoration.append(shape("line", base), title);
      for (const mark of marks) {
        const height = floor - radius - 2 - mark.row * pitch;
        const group = shape("g", { class: `mark lane-${index}`, "data-id": mark.event.id });
        if (mark.to - mark.from > 2 * radius) {
          const to = Math.min(mark.to, width - MARGIN);
          group.append(shape("line", { x1: mark.from, x2: to, y1: height, y2: height, class: "span" }));
        }
        const sign = shape("g", { transform: `translate(${mark.x.toFixed(1)},${height})` });
        sign.append(shape("circle", { r: radius + 4, class: "halo" }), ...drawMark(index, mark.event.tone, radius));
        group.append(sign);
        if (!options.has(mark.event.id)) options.set(mark.event.id, []);
        options.get(mark.event.id).push(group);
      }
      y = floor + 8;
    });

    const step = [1, 2, 5, 10, 20].find((size) => years / size <= width / 62) ?? 50;
    for (let year = Math.ceil(first / step) * step; year < first + years; year += step) {
      const x = toX(year);
      decoration.prepend(shape("line", { x1: x, x2: x, y1: 4, y2: y - 8, class: "grid" }));
      const label = shape("text", { x, y: y + 10, class: "year" });
      label.textContent = year;
      decoration.append(label);
    }
    if (!chosen.length) {
      const late = model.get("first_year") > model.get("last_year");
      const text = late ? "“From” is later than “To”." : "No event fits these filters.";
      const note = shape("text", { x: width / 2, y: y / 2 + 6, class: "empty" });
      note.textContent = `${text} Choose “Show all events”, or change a filter.`;
      decoration.append(note);
    }

    // One option per event, in order of time, also when its marks stand in two lanes.
    const list = shape("g");
    chosen.forEach((event, position) => {
      const option = shape("g", {
        role: "option",
        "data-option": event.id,
        "aria-label": nameOf(event),
        "aria-posinset": position + 1,
        "aria-setsize": chosen.length,
        "aria-selected": String(event.id === model.get("selected")),
        tabindex: event.id === current ? 0 : -1,
      });
      option.append(...(options.get(event.id) ?? []));
      list.append(option);
    });
    if (chosen.length) {
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Timeline of events");
    }
    drawing.replaceChildren(decoration, list);
    drawing.setAttribute("width", width);
    drawing.setAttribute("height", y + 16);
  }

  function nameOf(event) {
    const words = event.aspects.map((index) => model.get("lanes")[index].word);
    return `${event.date}. ${event.title}. ${words.join(", ")}; ${model.get("tones")[event.tone]}.`;
  }

  function optionOf(id) {
    return drawing.querySelector(`[data-option="${CSS.escape(id)}"]`);
  }

  function focusOn(id) {
    optionOf(current)?.setAttribute("tabindex", -1);
    current = id;
    const option = optionOf(id);
    option?.setAttribute("tabindex", 0);
    option?.focus({ preventScroll: true });
  }

  function showTip(id) {
    const event = byId.get(id);
    const mark = marksOf(id)[0];
    if (!event || !mark) return;
    tip.replaceChildren(element("strong", {}, event.date), element("br"), event.title);
    tip.hidden = false;
    const box = stage.getBoundingClientRect();
    const sign = mark.querySelector(".halo").getBoundingClientRect();
    const left = sign.left - box.left + sign.width / 2 - tip.offsetWidth / 2;
    const above = sign.top - box.top - tip.offsetHeight - 4;
    tip.style.left = `${Math.max(0, Math.min(left, box.width - tip.offsetWidth))}px`;
    tip.style.top = `${above < 0 ? sign.bottom - box.top + 4 : above}px`;
    drawing.querySelectorAll(".near").forEach((node) => node.classList.remove("near"));
    marksOf(id).forEach((node) => node.classList.add("near"));
  }

  function hideTip() {
    tip.hidden = true;
    drawing.querySelectorAll(".near").forEach((node) => node.classList.remove("near"));
  }

  function select(id) {
    model.set("selected", id);
    model.save_changes();
  }

  function showSelected() {
    const event = byId.get(model.get("selected"));
    drawing.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
    drawing.querySelectorAll('[aria-selected="true"]').forEach((node) => node.setAttribute("aria-selected", "false"));
    card.hidden = !event;
    if (!event) return;
    marksOf(event.id).forEach((node) => node.classList.add("chosen"));
    optionOf(event.id)?.setAttribute("aria-selected", "true");
    if (card.dataset.id !== event.id) fillCard(event);
    const position = chosen.findIndex((other) => other.id === event.id);
    card.querySelector(".position").textContent =
      position < 0 ? "Outside the present filters" : `Event ${position + 1} of ${chosen.length}`;
    for (const [name, target] of [["previous", position - 1], ["next", position + 1]]) {
      const button = card.querySelector(`.${name}`);
      // A disabled button would drop the focus of the person who has just pressed it.
      button.setAttribute("aria-disabled", String(position < 0 || !chosen[target]));
    }
  }

  function fillCard(event) {
    card.dataset.id = event.id;
    const facts = element("dl");
    const add = (term, text) => text && facts.append(element("dt", {}, term), element("dd", {}, text));
    add("Aspects", event.aspects.map((index) => model.get("lanes")[index]).map((lane) => `${lane.symbol} ${lane.word}`).join(", "));
    add("Tone", model.get("tones")[event.tone]);
    add("Field", event.field);
    add("Actors", event.names.join(", "));
    add("Organisations", event.organisations.join(", "));
    add("Place", event.place);
    add("Confidence", event.confidence);
    add("Note", event.note);
    const sources = element("ul", { class: "sources" });
    for (const source of event.sources) {
      const link = element("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.title);
      const about = [source.publisher, source.published, source.kind].filter(Boolean).join(", ");
      sources.append(element("li", {}, link, ` (${about}). Supports: ${source.supports}.`));
    }
    const button = (name, text) => element("button", { type: "button", class: name }, text);
    card.replaceChildren(
      element("div", { class: "bar" }, button("previous", "‹ Previous"), button("next", "Next ›"),
        element("span", { class: "position" }), button("close", "Close")),
      element("p", { class: "date" }, event.date),
      element("p", { class: "title" }, event.title),
      element("p", {}, event.summary),
      facts,
      element("p", { class: "sources-title" }, `Sources (${event.sources.length})`),
      sources,
    );
    announcer.textContent = `${event.date}. ${event.title}. Press Tab for its sources.`;
  }

  function drawTable() {
    const head = element("tr", {}, ...["Date", "Event", "Aspects", "Tone"].map((name) => element("th", { scope: "col" }, name)));
    const rows = chosen.map((event) => {
      const open = element("button", { type: "button", class: "link", "data-open": event.id }, event.title);
      const words = event.aspects.map((index) => model.get("lanes")[index].word).join(", ");
      return element("tr", {}, element("td", {}, event.date), element("td", {}, open), element("td", {}, words), element("td", {}, model.get("tones")[event.tone]));
    });
    table.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  }

  // --- What a person does ---

  function step(by) {
    const position = chosen.findIndex((event) => event.id === model.get("selected"));
    const event = position < 0 ? null : chosen[position + by];
    if (event) {
      current = event.id;
      select(event.id);
    }
  }

  function onKey(pressed) {
    const position = chosen.findIndex((event) => event.id === current);
    const last = chosen.length - 1;
    const targets = {
      ArrowRight: position + 1, ArrowDown: position + 1, ArrowLeft: position - 1, ArrowUp: position - 1,
      PageDown: position + 10, PageUp: position - 10, Home: 0, End: last,
    };
    if (pressed.altKey || pressed.ctrlKey || pressed.metaKey) return;
    if (pressed.key in targets) {
      const event = chosen[Math.max(0, Math.min(targets[pressed.key], last))];
      if (event) focusOn(event.id);
    } else if (pressed.key === "Enter" || pressed.key === " ") {
      if (current) select(current);
    } else if (pressed.key === "Escape") {
      hideTip();
      select("");
    } else {
      return;
    }
    // JupyterLab would take these keys to move between cells.
    pressed.preventDefault();
    pressed.stopPropagation();
  }

  const idAt = (happened) => happened.target.closest("[data-id]")?.dataset.id;
  drawing.addEventListener("keydown", onKey);
  // On the stage, as Chromium makes an SVG that listens for focus a tab stop of its own.
  stage.addEventListener("focusin", (happened) => {
    const id = happened.target.closest("[data-option]")?.dataset.option;
    if (id) showTip(id);
  });
  stage.addEventListener("focusout", hideTip);
  drawing.addEventListener("pointerover", (happened) => {
    const id = idAt(happened);
    if (id) showTip(id);
    else if (!drawing.contains(document.activeElement)) hideTip();
  });
  drawing.addEventListener("pointerleave", hideTip);
  drawing.addEventListener("click", (happened) => {
    const id = idAt(happened);
    if (!id) return;
    focusOn(id);
    select(id);
  });
  card.addEventListener("click", (happened) => {
    const button = happened.target.closest("button");
    if (!button) return;
    if (button.className === "previous") step(-1);
    if (button.className === "next") step(1);
    if (button.className === "close") {
      select("");
      if (current) focusOn(current);
    }
    // The card is filled anew: give the focus back to the button that was pressed.
    card.querySelector(`.${button.className}`)?.focus({ preventScroll: true });
  });
  table.addEventListener("click", (happened) => {
    const id = happened.target.closest("[data-open]")?.dataset.open;
    if (!id) return;
    current = id;
    select(id);
    card.scrollIntoView({ block: "nearest" });
  });
  details.addEventListener("toggle", () => details.open && drawTable());
  reset.addEventListener("click", () => {
    for (const name of FILTERS) {
      const [first, last] = model.get("years");
      const values = { actor: 0, domain: 0, first_year: first, last_year: last, text: "" };
      model.set(name, values[name] ?? true);
    }
    model.save_changes();
  });

  const watched = FILTERS.map((name) => `change:${name}`);
  watched.forEach((name) => model.on(name, schedule));
  model.on("change:selected", showSelected);
  let seenWidth = 0;
  const observer = new ResizeObserver(() => {
    // Only the width matters: a new height comes from drawing itself.
    if (stage.clientWidth !== seenWidth) {
      seenWidth = stage.clientWidth;
      schedule();
    }
  });
  observer.observe(stage);

  return () => {
    observer.disconnect();
    cancelAnimationFrame(scheduled);
    watched.forEach((name) => model.off(name, schedule));
    model.off("change:selected", showSelected);
  };
}

export default { render };
