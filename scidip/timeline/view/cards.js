// The cards of events: the one that is open, and those that are pinned beside it to compare.

import { button, element, isWebAddress } from "./dom.js";

export function makeCards(index, actions) {
  const node = element("div", { class: "cards" });
  let drawn = "";

  function update(state, rows) {
    const ids = [...new Set([state.selected, ...state.pinned])].filter((id) => index.place.has(id));
    const key = JSON.stringify([ids, state.selected, state.pinned, ids.map((id) => Boolean(detailOf(index, id)))]);
    if (key !== drawn) {
      const focused = focusedButton(node);
      node.replaceChildren(...ids.map((id) => makeCard(index, id, state, actions)));
      drawn = key;
      restoreFocus(node, focused);
    }
    node.hidden = !ids.length;
    for (const card of node.children) showPosition(index, card, rows);
  }

  return { node, update };
}

export const detailOf = (index, id) => index.details?.[index.place.get(id)] ?? index.loaded.get(id);

function focusedButton(node) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  return focused && [focused.closest(".card")?.dataset.id, focused.className];
}

// Cards are made anew: give the focus back to the same button, or to that of the open card.
function restoreFocus(node, focused) {
  if (!focused) return;
  const [id, name] = focused;
  const same = [...node.children].find((card) => card.dataset.id === id);
  const found = [same, node.firstChild].map((card) => card?.querySelector(`button.${CSS.escape(name)}`));
  (found.find(Boolean) ?? node.querySelector("button"))?.focus({ preventScroll: true });
}

function showPosition(index, card, rows) {
  const row = index.place.get(card.dataset.id);
  const position = rows.indexOf(row);
  card.querySelector(".position").textContent =
    position < 0 ? "Outside the present filters" : `Event ${position + 1} of ${rows.length}`;
  for (const [name, by] of [["previous", -1], ["next", 1]]) {
    // A disabled button would drop the focus of the person who has just pressed it.
    const missing = position < 0 || position + by < 0 || position + by >= rows.length;
    card.querySelector(`.${name}`)?.setAttribute("aria-disabled", String(missing));
  }
}

function makeCard(index, id, state, actions) {
  const row = index.place.get(id);
  const pinned = state.pinned.includes(id);
  const open = id === state.selected;
  const bar = element("div", { class: "bar" });
  if (open) {
    for (const [name, text, by] of [["previous", "‹ Previous event", -1], ["next", "Next event ›", 1]]) {
      const control = button(name, text);
      control.addEventListener("click", () => actions.step(by));
      bar.append(control);
    }
  }
  const pin = button("pin", pinned ? "Unpin" : "Pin to compare", { "aria-pressed": String(pinned) });
  pin.addEventListener("click", () => actions.pin(id));
  const copy = button("copy", "Copy citation");
  copy.addEventListener("click", () => actions.copy(citation(index, id), "The citation"));
  bar.append(element("span", { class: "position" }), pin, copy);
  if (open) {
    const close = button("close", "Close");
    close.addEventListener("click", actions.close);
    bar.append(close);
  }
  const card = element("section", { class: `card${open ? " open" : ""}`, "aria-label": open ? "Selected event" : "Pinned event" });
  card.dataset.id = id;
  card.append(bar, element("p", { class: "date" }, index.date[row]), element("p", { class: "title", dir: "auto" }, index.title[row]));
  const detail = detailOf(index, id);
  if (detail) fillCard(card, index, row, detail);
  else card.append(element("p", { class: "waiting" }, "The text of this event needs a running kernel."));
  return card;
}

function fillCard(card, index, row, detail) {
  const { vocabulary } = index;
  const facts = element("dl");
  const add = (term, text) => text && facts.append(element("dt", {}, term), element("dd", { dir: "auto" }, text));
  const aspects = vocabulary.aspects.filter((_, bit) => (index.aspects[row] >> bit) & 1);
  add("Aspects", aspects.map((aspect) => `${aspect.symbol} ${aspect.word}`).join(", "));
  add("Tone", vocabulary.tones[index.tone[row]]);
  add("Field", vocabulary.domains[index.domain[row]]?.word);
  add("Actors", index.actors[row].map((actor) => vocabulary.actors[actor].name).join(", "));
  add("Organisations", index.organisations[row].map((body) => vocabulary.organisations[body]).join(", "));
  add("Place", detail.place);
  add("Confidence", vocabulary.confidence[index.confidence[row]]);
  add("Note", detail.note);
  if (index.own[row]) add("Record", "added by you; not a record of the course");
  if (detail.summary) card.append(element("p", { class: "summary", dir: "auto" }, detail.summary));
  card.append(facts);
  if (!detail.sources.length) return;
  const sources = element("ul", { class: "sources" });
  for (const [place, supports] of detail.sources) {
    const source = index.sources[place];
    const about = [source.publisher, source.published, source.kind].filter(Boolean).join(", ");
    const link = isWebAddress(source.url)
      ? element("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, source.title)
      : element("span", {}, [source.title, source.url].filter(Boolean).join(": "));
    sources.append(element("li", { dir: "auto" }, link, about ? ` (${about}).` : "", supports ? ` Supports: ${supports}.` : ""));
  }
  card.append(element("p", { class: "sources-title" }, "Sources"), sources);
}

// How to name an event in a text: title, date, where the record stands, and its first sources.
export function citation(index, id) {
  const row = index.place.get(id);
  const sources = (detailOf(index, id)?.sources ?? []).slice(0, 3).map(([place]) => {
    const { title, publisher, published, url } = index.sources[place];
    return `${publisher || "unknown publisher"}${published ? ` (${published.slice(0, 4)})` : ""}: ${title}. ${url}`;
  });
  const record = index.own[row] ? "Own record" : index.record || "Record";
  return [`${index.title[row]}. ${index.date[row]}. ${record}: ${id}.`, ...sources].join("\n");
}
