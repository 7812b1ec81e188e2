// What goes beyond one view: two selections compared, tours, one's own tour, one's own events.

import { choose, yearsOf } from "./choose.js";
import { tourCode, viewCode } from "./code.js";
import { filterWords, labelled } from "./controls.js";
import { button, element } from "./dom.js";
import { compare } from "./words.js";

export function makeStory(index, model, actions) {
  const parts = [compareTool(index, actions), tourTool(model, actions), recordTool(index, model, actions)];
  if (model.get("can_add")) parts.push(addTool(index, model, actions));
  const node = element("div", { class: "tools" }, ...parts.map((part) => part.node));
  return { node, update: (state) => parts.forEach((part) => part.update?.(state)) };
}

function tool(word, ...children) {
  return element("details", { class: "tool" }, element("summary", {}, word), element("div", { class: "panel" }, ...children));
}

// --- Compare -------------------------------------------------------------------------------------

function compareTool(index, actions) {
  const keep = button("keep", "Keep this view as A");
  const year = labelled("or split at the year", element("input", { type: "number", min: index.years[0] + 1, max: index.years[1] }));
  const split = button("split", "Before and after");
  const node = tool(
    "Compare",
    element("p", {}, "Keep a view as A, then change the filters: what you see is B."),
    element("div", { class: "row" }, keep, year.node, split),
  );
  keep.addEventListener("click", () => actions.keep());
  split.addEventListener("click", () => {
    const value = Math.round(Number(year.input.value));
    if (value > index.years[0] && value <= index.years[1]) actions.split(value);
    else actions.say(`Write a year from ${index.years[0] + 1} to ${index.years[1]}.`);
  });
  return { node };
}

// The panel that stands above the lanes while two selections are compared.
export function makeComparison(index, actions) {
  const words = element("div", { class: "comparison-words", role: "status" });
  const swap = button("swap", "Swap A and B");
  const end = button("end-comparison", "End the comparison");
  swap.addEventListener("click", actions.swap);
  end.addEventListener("click", actions.endComparison);
  const node = element("div", { class: "comparison", hidden: true }, words, element("div", { class: "bar" }, swap, end));
  function update(state, rows) {
    node.hidden = !state.other;
    if (!state.other) return null;
    const before = choose(index, state.other).rows;
    const lines = compare(
      index,
      { rows: before, years: yearsOf(index, state.other) },
      { rows, years: yearsOf(index, state.filters) },
    );
    lines.push(`Chosen in A: ${filterWords(index, state.other)}. In B: ${filterWords(index, state.filters)}.`);
    lines.push("These are counts of records: they also depend on what was written down and found.");
    words.replaceChildren(...lines.map((line) => element("p", {}, line)));
    return before;
  }
  return { node, update };
}

// --- Tours ---------------------------------------------------------------------------------------

function tourTool(model, actions) {
  const list = element("div", { class: "row" });
  const node = tool("Tours", element("p", {}, "A tour shows some views, one after the other, with a short text each."), list);
  const fill = () => {
    const tours = model.get("tours");
    node.hidden = !tours.length;
    list.replaceChildren(
      ...tours.map(({ key, title, steps }) => {
        const start = button("start-tour", `${title} (${steps.length} views)`);
        start.addEventListener("click", () => actions.tour(key, 0));
        return start;
      }),
    );
  };
  fill();
  return { node, update: fill };
}

// The text of a tour's present view, above the lanes.
export function makeGuide(model, actions) {
  const text = element("p", { class: "guide-text", "aria-live": "polite" });
  const position = element("span", { class: "position" });
  const [back, on, end] = [["tour-back", "‹ Previous view"], ["tour-next", "Next view ›"], ["tour-end", "End the tour"]].map((pair) => button(...pair));
  const node = element("section", { class: "guide", "aria-label": "Tour", hidden: true }, text, element("div", { class: "bar" }, back, on, position, end));
  let present = null;
  const go = (by) => present && actions.tour(present.key, present.step + by);
  back.addEventListener("click", () => go(-1));
  on.addEventListener("click", () => go(1));
  end.addEventListener("click", actions.endTour);
  function update(state) {
    present = state.tour;
    const tour = present && model.get("tours").find(({ key }) => key === present.key);
    node.hidden = !tour;
    if (!tour) return;
    const words = tour.steps[present.step].text;
    if (text.textContent !== words) text.textContent = words;
    position.textContent = `${tour.title}: view ${present.step + 1} of ${tour.steps.length}`;
    back.setAttribute("aria-disabled", String(present.step === 0));
    on.setAttribute("aria-disabled", String(present.step + 1 >= tour.steps.length));
  }
  return { node, update };
}

// --- Take a view or a tour of one's own away -----------------------------------------------------

function recordTool(index, model, actions) {
  const line = element("input", { type: "text", readonly: true, class: "code" });
  const codeOfView = labelled("This view as Python", line);
  const copyLine = button("copy-code", "Copy");
  copyLine.addEventListener("click", () => actions.copy(line.value, "The line"));
  const text = labelled("What should a reader see in this view?", element("textarea", { rows: 2 }));
  const add = button("add-view", "Add this view to my tour");
  const steps = element("ol", { class: "steps" });
  const code = element("textarea", { class: "code", readonly: true, rows: 5, "aria-label": "My tour as Python" });
  const copyTour = button("copy-tour", "Copy my tour");
  copyTour.addEventListener("click", () => actions.copy(code.value, "The tour"));
  const saved = element("div", { hidden: true }, element("p", {}, "Paste this into a code cell: then the notebook keeps your tour."), code, copyTour);
  const node = tool("Keep", element("div", { class: "row" }, codeOfView.node, copyLine), element("div", { class: "row" }, text.node, add), steps, saved);
  const save = (recorded) => {
    model.set("recorded", recorded);
    model.save_changes();
    fill();
  };
  add.addEventListener("click", () => {
    if (!text.input.value.trim()) {
      actions.say("Write a short text for this view first.");
      text.input.focus();
      return;
    }
    save([...model.get("recorded"), { text: text.input.value.trim(), state: actions.view() }]);
    text.input.value = "";
  });
  function fill() {
    const recorded = model.get("recorded");
    steps.replaceChildren(
      ...recorded.map((step, place) => {
        const drop = button("drop", "Take out", { "aria-label": `Take out view ${place + 1}` });
        drop.addEventListener("click", () => save(recorded.filter((_, other) => other !== place)));
        return element("li", {}, `${step.text} `, drop);
      }),
    );
    saved.hidden = !recorded.length;
    code.value = tourCode(index, "My tour", recorded);
  }
  fill();
  return { node, update: (state) => (line.value = viewCode(index, state)) };
}

// --- Events of one's own -------------------------------------------------------------------------

function addTool(index, model, actions) {
  const { vocabulary } = index;
  const field = (word, input) => labelled(word, input);
  const choice = (values) => element("select", {}, element("option", { value: "" }, "not known"), ...values.map(([value, word]) => element("option", { value }, word)));
  const inputs = {
    title: field("Title: who does what", element("input", { type: "text", maxlength: 90 })),
    date: field("Date: YYYY, YYYY-MM or YYYY-MM-DD", element("input", { type: "text" })),
    end_date: field("End, if it lasted", element("input", { type: "text" })),
    summary: field("Summary, in 25 to 60 words of your own", element("textarea", { rows: 3 })),
    tone: field("Tone", choice(vocabulary.tones.map((tone) => [tone, tone]))),
    domain: field("Field", choice(vocabulary.domains.map(({ key, word }) => [key, word]))),
    actors: field("Actors: codes such as CHN;FRA", element("input", { type: "text" })),
    place: field("Place", element("input", { type: "text" })),
    source: field("Address of your source", element("input", { type: "text", placeholder: "https://…" })),
    note: field("Note", element("input", { type: "text" })),
  };
  const aspects = vocabulary.aspects.map(({ key, word }) => {
    const box = element("input", { type: "checkbox", value: key });
    return { box, label: element("label", {}, box, element("span", {}, word)) };
  });
  const problems = element("div", { class: "problems", role: "alert" });
  const send = button("send", "Add my event");
  const save = button("save", "Save my events to a file");
  const node = tool(
    "Add an event",
    element("p", {}, "Your events are checked by the same rules as ours, are drawn with a ring, and never change the course's table."),
    element("div", { class: "form" }, ...Object.values(inputs).map((input) => input.node), element("fieldset", {}, element("legend", {}, "Aspects"), ...aspects.map(({ label }) => label))),
    problems,
    element("div", { class: "bar" }, send, save),
  );
  send.addEventListener("click", () => {
    const values = Object.entries(inputs).map(([name, { input }]) => [name, input.value.trim()]);
    const event = Object.fromEntries(values);
    event.aspects = aspects.filter(({ box }) => box.checked).map(({ box }) => box.value).join(";");
    problems.textContent = "";
    actions.ask({ add: event });
  });
  save.addEventListener("click", () => actions.ask({ save: true }));
  const hear = (answer) => {
    if (answer.problems) problems.replaceChildren(...answer.problems.map((words) => element("p", {}, words)));
    if (answer.added) {
      problems.textContent = "";
      Object.values(inputs).forEach(({ input }) => (input.value = ""));
      aspects.forEach(({ box }) => (box.checked = false));
    }
  };
  model.on("msg:custom", hear);
  actions.onEnd(() => model.off("msg:custom", hear));
  return { node };
}
