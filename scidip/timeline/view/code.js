// Write a view as Python, so that it can be pasted into a notebook and made again.

import { noFilters } from "./choose.js";

function written(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  return JSON.stringify(value);
}

export function selectionCode(index, filters) {
  const none = noFilters(index);
  const parts = Object.keys(none)
    .filter((name) => JSON.stringify(filters[name]) !== JSON.stringify(none[name]))
    .map((name) => `${name}=${written(filters[name])}`);
  return `Selection(${parts.join(", ")})`;
}

function options(index, state) {
  const parts = [];
  if (state.lanes !== "aspect") parts.push(`lanes=${written(state.lanes)}`);
  if (state.other) parts.push(`other=${selectionCode(index, state.other)}`);
  return parts;
}

export function viewCode(index, state) {
  const parts = ["events", selectionCode(index, state.filters), ...options(index, state)];
  return `TimelineExplorer(${parts.join(", ")})`;
}

export function tourCode(index, title, steps) {
  const lines = steps.map(({ text, state }) => {
    const parts = [written(text), selectionCode(index, state.filters), ...options(index, state)];
    if (state.selected) parts.push(`selected=${written(state.selected)}`);
    return `    Step(${parts.join(", ")}),\n`;
  });
  return `from scidip.timeline import Selection, Step, TimelineExplorer, Tour\n\ntour = Tour(${written(title)}, [\n${lines.join("")}])\nTimelineExplorer(events, tours={"mine": tour})`;
}
