// The controls above the timeline. They show the state, and ask for changes through `actions`.

import { button, element, newId, shape } from "./dom.js";
import { markShapes } from "./drawing.js";
import { LANES } from "./lanes.js";
import { noFilters } from "./choose.js";

const WORDS = {
  aspects: "Aspect",
  tones: "Tone",
  confidence: "Confidence",
  domains: "Field",
  actors: "Actor",
  organisations: "Organisation",
};

export function makeControls(index, actions) {
  const { vocabulary } = index;
  const updates = [];
  const search = labelled("Search", element("input", { type: "search", placeholder: "words in title or summary" }));
  search.input.addEventListener("input", () => actions.filter({ text: search.input.value }, "text"));
  const [earliest, latest] = index.years;
  const [from, to] = ["From", "To"].map((word) =>
    labelled(word, element("input", { type: "number", min: earliest, max: latest, step: 1 })),
  );
  const readYears = () => {
    const read = [readYear(from.input, earliest), readYear(to.input, latest)];
    const within = read.map((year) => Math.min(Math.max(year, earliest), latest));
    actions.years(...within);
    if (String(read) !== String(within)) actions.say(`The events lie from ${earliest} to ${latest}.`);
    [from.input.value, to.input.value] = within;
  };
  [from, to].forEach(({ input }) => input.addEventListener("change", readYears));
  const decade = labelled("Decade", element("select", {}, element("option", { value: "" }, "choose")));
  for (let year = Math.floor(earliest / 10) * 10; year <= latest && decade.input.length < 60; year += 10) {
    decade.input.append(element("option", { value: year }, `${year}s`));
  }
  decade.input.addEventListener("change", () => {
    const year = Number(decade.input.value);
    if (decade.input.value) actions.years(Math.max(year, earliest), Math.min(year + 9, latest));
  });
  const rows = labelled("Rows by", element("select", {}));
  for (const [value, word] of Object.entries(LANES)) rows.input.append(element("option", { value }, word));
  rows.input.addEventListener("change", () => actions.lanes(rows.input.value));
  updates.push(({ filters, lanes, other }) => {
    if (document.activeElement !== search.input || search.input.value.trim() !== filters.text.trim()) {
      search.input.value = filters.text;
    }
    from.input.value = filters.first_year ?? earliest;
    to.input.value = filters.last_year ?? latest;
    const start = filters.first_year;
    const isDecade = start !== null && start % 10 === 0 && filters.last_year === Math.min(start + 9, latest);
    decade.input.value = isDecade ? String(start) : "";
    rows.input.value = lanes;
    rows.input.disabled = Boolean(other); // a comparison has two rows, A and B
  });

  const few = [];
  const hasAny = (column) => index.all.some((row) => index[column][row] !== -1);
  if (index.all.some((row) => index.aspects[row])) {
    few.push(checks(index, "aspects", vocabulary.aspects.map((a, at) => ({ key: a.key, word: a.word, sign: at, tone: 0 })), actions, updates));
  }
  if (hasAny("tone")) few.push(checks(index, "tones", vocabulary.tones.map((t, at) => ({ key: t, word: t, sign: 0, tone: at })), actions, updates));
  if (hasAny("confidence")) few.push(checks(index, "confidence", vocabulary.confidence.map((c) => ({ key: c, word: c })), actions, updates));
  const many = [
    vocabulary.domains.length ? list(index, "domains", vocabulary.domains, actions, updates) : null,
    vocabulary.actors.length ? list(index, "actors", actorOptions(vocabulary), actions, updates) : null,
    vocabulary.organisations.length
      ? list(index, "organisations", vocabulary.organisations.map((name) => ({ key: name, word: name })), actions, updates)
      : null,
  ].filter(Boolean);

  const chips = element("div", { class: "chips" });
  updates.push(({ filters }) => drawChips(chips, index, filters, actions));
  const node = element(
    "div", { class: "controls" },
    element("div", { class: "row" }, search.node, from.node, to.node, decade.node, rows.node),
    element("div", { class: "row" }, ...few),
    element("div", { class: "row" }, ...many),
    chips,
  );
  return { node, search: search.input, update: (state, counts) => updates.forEach((update) => update(state, counts)) };
}

function readYear(input, otherwise) {
  const year = Math.round(Number(input.value));
  return input.value.trim() && Number.isFinite(year) ? year : otherwise;
}

export function labelled(word, input) {
  const id = newId("control");
  input.id = id;
  return { input, node: element("span", { class: "labelled" }, element("label", { for: id }, word), input) };
}

function actorOptions(vocabulary) {
  const regions = vocabulary.regions.map((region) => ({ key: region, word: `${region} (all its actors)` }));
  const actors = vocabulary.actors.map(({ code, name }) => ({ key: code, word: code === name ? code : `${name} (${code})` }));
  return [...regions, ...actors.sort((one, other) => one.word.localeCompare(other.word, "en"))];
}

// How often each option of a facet would be chosen.
function countsOf(index, facet, counts) {
  const { vocabulary } = index;
  if (facet === "actors") {
    const found = new Map(vocabulary.regions.map((region, at) => [region, counts.regions[at]]));
    vocabulary.actors.forEach(({ code }, at) => found.set(code, counts.actors[at]));
    return found;
  }
  return new Map(vocabulary[facet].map((value, at) => [value.key ?? value, counts[facet][at]]));
}

function checkbox(option, onChange) {
  const box = element("input", { type: "checkbox", value: option.key });
  const count = element("span", { class: "count" });
  const words = element("span", {}, `${option.word} `, count);
  const label = element("label", {}, box);
  if (option.sign !== undefined) {
    const picture = shape("svg", { class: `sign sign-${option.sign}`, width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" });
    picture.append(...markShapes(option.sign, option.tone, 5));
    label.append(picture);
  }
  label.append(words);
  box.addEventListener("change", () => onChange(option.key, box.checked));
  return { box, count, label, option };
}

// Some checkboxes side by side: all of them are set when nothing is filtered.
function checks(index, facet, options, actions, updates) {
  const boxes = options.map((option) =>
    checkbox(option, (key, on) => actions.toggle(facet, key, on)),
  );
  updates.push(({ filters }, counts) => {
    const found = countsOf(index, facet, counts);
    for (const { box, count, option } of boxes) {
      box.checked = filters[facet].includes(option.key);
      count.textContent = `(${found.get(option.key)})`;
    }
  });
  return element("fieldset", {}, element("legend", {}, WORDS[facet]), ...boxes.map(({ label }) => label));
}

// A long list that opens: none of its boxes is set when nothing is filtered.
function list(index, facet, options, actions, updates) {
  const summary = element("summary", {}, WORDS[facet]);
  const finder = element("input", { type: "search", "aria-label": `Find in ${WORDS[facet].toLowerCase()}`, placeholder: "find" });
  const items = element("div", { class: "options", role: "group", "aria-label": WORDS[facet] });
  const details = element("details", { class: "facet" }, summary, element("div", { class: "panel" }, finder, items));
  let boxes = null; // made when somebody opens the list
  let last = null;
  const show = () => {
    if (!details.open || !last) return;
    boxes ??= options.map((option) => checkbox(option, (key, on) => actions.toggle(facet, key, on)));
    if (!items.childElementCount) items.append(...boxes.map(({ label }) => label));
    const found = countsOf(index, facet, last.counts);
    const wanted = finder.value.trim().toLowerCase();
    for (const { box, count, label, option } of boxes) {
      const number = found.get(option.key) ?? 0;
      box.checked = last.filters[facet].includes(option.key);
      count.textContent = `(${number})`;
      label.classList.toggle("none", !number);
      label.hidden = Boolean(wanted) && !option.word.toLowerCase().includes(wanted);
    }
  };
  if (facet === "actors") details.lastChild.prepend(anyOrAll(actions, updates));
  finder.addEventListener("input", show);
  details.addEventListener("toggle", show);
  details.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
    pressed.stopPropagation();
  });
  updates.push(({ filters }, counts) => {
    last = { filters, counts };
    const chosen = filters[facet].length;
    summary.textContent = chosen ? `${WORDS[facet]} (${chosen} chosen)` : WORDS[facet];
    show();
  });
  return details;
}

function anyOrAll(actions, updates) {
  const select = labelled("Take part:", element("select", {}));
  select.input.append(
    element("option", { value: "any" }, "at least one of them"),
    element("option", { value: "all" }, "all of them"),
  );
  select.input.addEventListener("change", () => actions.filter({ all_actors: select.input.value === "all" }, "actors"));
  updates.push(({ filters }) => (select.input.value = filters.all_actors ? "all" : "any"));
  return select.node;
}

// One small button for each filter that is set. It takes the filter away.
// The filters that are set, in words, each with the change that takes it away.
function filtersSet(index, filters) {
  const none = noFilters(index);
  const found = [];
  for (const facet of Object.keys(WORDS)) {
    const whole = none[facet].length;
    const values = filters[facet];
    if (values.length === whole) continue;
    const names = new Map((index.vocabulary[facet] ?? []).map((v) => [v.key ?? v.code ?? v, v.word ?? v.name ?? v]));
    const joined = facet === "actors" && filters.all_actors ? " and " : " or ";
    const words = values.map((value) => names.get(value) ?? value).join(joined) || "none";
    found.push([`${WORDS[facet]}: ${words}`, { [facet]: none[facet], ...(facet === "actors" ? { all_actors: false } : {}) }]);
  }
  const { first_year: first, last_year: last, text } = filters;
  if (first !== null || last !== null) {
    found.push([`Years: ${first ?? index.years[0]} to ${last ?? index.years[1]}`, { first_year: null, last_year: null }]);
  }
  if (text.trim()) found.push([`Words: ${text.trim()}`, { text: "" }]);
  return found;
}

export function filterWords(index, filters) {
  return filtersSet(index, filters).map(([words]) => words).join("; ") || "no filter";
}

function drawChips(chips, index, filters, actions) {
  const found = filtersSet(index, filters);
  const focused = [...chips.children].indexOf(document.activeElement);
  chips.replaceChildren(
    ...found.map(([words, change]) => {
      const short = words.length > 60 ? `${words.slice(0, 59)}…` : words;
      const chip = button("chip", short, { "aria-label": `Take away the filter ${words}`, title: words });
      chip.append(element("span", { "aria-hidden": "true" }, " ×"));
      chip.addEventListener("click", () => actions.filter(change, ""));
      return chip;
    }),
  );
  if (focused >= 0) (chips.children[Math.min(focused, found.length - 1)] ?? chips.parentNode.querySelector("input"))?.focus();
}
