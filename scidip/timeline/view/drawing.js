// Draw lanes of marks, or of bars when there are too many, and the strip of all years above them.

import { shape } from "./dom.js";
import { MARGIN, MOST_MARKS, bins, countByYear, fit, scale, ticks } from "./layout.js";

const TITLE = 22; // pixels above the marks of a lane
const BARS = 60; // pixels: the height of the highest bar
const STRIP = 34; // pixels: the height of the strip

export function drawLanes(svg, index, lanes, years, width, options) {
  const axis = scale(years, width);
  const total = lanes.reduce((sum, lane) => sum + lane.rows.length, 0);
  const asBars = total > MOST_MARKS;
  const decoration = shape("g", { "aria-hidden": "true" });
  const groups = new Map(); // row of the table -> its marks, one in each of its lanes
  const { radius, stacks } = asBars ? {} : fit(index, lanes, axis.toX);
  const counts = asBars ? lanes.map((lane) => bins(index, lane.rows, axis, width)) : [];
  const highest = counts.reduce((most, bars) => Math.max(most, ...bars), 1);
  let y = 4;
  lanes.forEach((lane, place) => {
    const height = asBars ? BARS : stackHeight(stacks[place], radius);
    const floor = y + TITLE + height;
    drawLaneTitle(decoration, index, lane, y);
    decoration.append(
      shape("line", { x1: MARGIN, x2: width - MARGIN, y1: floor, y2: floor, class: "floor" }),
    );
    if (asBars) decoration.append(drawBars(counts[place], lane, floor, highest, width));
    else drawMarks(groups, index, lane, stacks[place], floor, radius, width);
    y = floor + 8;
  });
  drawYears(decoration, axis, width, y);
  if (!total) drawNothing(decoration, options.nothing, width, y);
  svg.setAttribute("width", width);
  svg.setAttribute("height", y + 16);
  return { decoration, groups, axis, asBars };
}

function stackHeight(marks, radius) {
  const levels = marks.reduce((most, mark) => Math.max(most, mark.level + 1), 2);
  return levels * (2 * radius + 1);
}

function drawLaneTitle(decoration, index, lane, y) {
  const words = `${lane.word}: ${lane.rows.length}`;
  const at = { x: MARGIN, y: y + 14, class: "lane-title" };
  if (lane.aspect === null) {
    decoration.append(shape("text", at, words));
    return;
  }
  const aspect = index.vocabulary.aspects[lane.aspect];
  const symbol = shape("tspan", { class: "symbol" }, aspect.symbol);
  at.class += ` sign-${lane.aspect}`;
  decoration.append(shape("text", at, symbol, ` ${aspect.number} ${words}`));
}

function drawBars(counts, lane, floor, highest, width) {
  const step = (width - 2 * MARGIN) / counts.length;
  let path = "";
  counts.forEach((count, place) => {
    if (!count) return;
    const height = Math.max((count / highest) * BARS, 1);
    path += `M${(MARGIN + place * step).toFixed(1)},${floor}v${-height.toFixed(1)}h${(step - 1).toFixed(1)}V${floor}Z`;
  });
  return shape("path", { d: path, class: `bars sign-${lane.aspect ?? "none"}` });
}

function drawMarks(groups, index, lane, marks, floor, radius, width) {
  const pitch = 2 * radius + 1;
  for (const mark of marks) {
    const sign = lane.aspect ?? firstAspect(index.aspects[mark.row]);
    const height = floor - radius - 2 - mark.level * pitch;
    const own = index.own[mark.row] ? " own" : "";
    const group = shape("g", {
      class: `mark sign-${sign}${own}`,
      "data-row": mark.row,
      "data-r": radius,
      transform: `translate(${mark.x.toFixed(1)},${height})`,
    });
    if (mark.to - mark.from > 2 * radius) {
      const ends = [Math.max(mark.from, MARGIN), Math.min(mark.to, width - MARGIN)];
      const [from, to] = ends.map((x) => (x - mark.x).toFixed(1));
      group.append(shape("path", { d: `M${from},0H${to}`, class: "span" }));
    }
    group.append(...markShapes(sign, index.tone[mark.row], radius));
    if (own) group.append(shape("circle", { r: radius + 2, class: "own-ring" }));
    if (!groups.has(mark.row)) groups.set(mark.row, []);
    groups.get(mark.row).push(group);
  }
}

export function halo(radius) {
  return shape("circle", { r: Number(radius) + 4, class: "halo" });
}

function firstAspect(mask) {
  const found = [0, 1, 2].find((bit) => (mask >> bit) & 1);
  return found ?? "none";
}

// The outline of a mark and its left half: circle, square, triangle; a diamond for no aspect.
function outlines(sign, r) {
  const q = r * 0.9;
  return {
    0: [`M${-r},0A${r},${r} 0 1 1 ${r},0A${r},${r} 0 1 1 ${-r},0Z`, `M0,${-r}A${r},${r} 0 0 0 0,${r}Z`],
    1: [`M${-q},${-q}H${q}V${q}H${-q}Z`, `M${-q},${-q}H0V${q}H${-q}Z`],
    2: [`M0,${-r}L${r},${q}H${-r}Z`, `M0,${-r}V${q}H${-r}Z`],
    none: [`M0,${-r}L${r},0L0,${r}L${-r},0Z`, `M0,${-r}V${r}L${-r},0Z`],
  }[sign];
}

// Full marks are cooperation, hollow ones friction, half-full ones mixed.
export function markShapes(sign, tone, r) {
  const [whole, half] = outlines(sign, r);
  const fill = { 1: "none", 2: "none" }[tone] ?? "full";
  const shapes = [shape("path", { d: whole, class: `outline ${fill}` })];
  if (tone === 2) shapes.push(shape("path", { d: half, class: "half" }));
  return shapes;
}

function drawYears(decoration, axis, width, y) {
  for (const year of ticks(axis, width)) {
    const x = axis.toX(year);
    decoration.prepend(shape("line", { x1: x, x2: x, y1: 4, y2: y - 8, class: "grid" }));
    // A year in the first or last pixels would be cut by the edge.
    const anchor = x > width - 22 ? "end" : x < 22 ? "start" : "middle";
    decoration.append(shape("text", { x, y: y + 10, class: "year", "text-anchor": anchor }, `${year}`));
  }
}

function drawNothing(decoration, text, width, y) {
  decoration.append(shape("text", { x: width / 2, y: y / 2 + 6, class: "empty" }, text));
}

// The strip: how many events each year has, all of them pale and the chosen ones dark.
export function drawStrip(svg, index, rows, width) {
  const axis = scale(index.years, width);
  const [all, chosen] = [index.all, rows].map((list) => countByYear(index, list, index.years));
  const highest = all.reduce((most, count) => Math.max(most, count), 1);
  const bars = (counts, name) => {
    const step = axis.toX(axis.first + 1) - axis.toX(axis.first);
    let path = "";
    counts.forEach((count, place) => {
      if (!count) return;
      const height = Math.max((count / highest) * (STRIP - 6), 1);
      const gap = step > 3 ? 1 : 0;
      path += `M${axis.toX(axis.first + place).toFixed(1)},${STRIP}v${-height.toFixed(1)}h${Math.max(step - gap, 0.6).toFixed(2)}V${STRIP}Z`;
    });
    return shape("path", { d: path, class: name });
  };
  svg.setAttribute("width", width);
  svg.setAttribute("height", STRIP);
  return { axis, height: STRIP, shapes: [bars(all, "strip-all"), bars(chosen, "strip-chosen")] };
}
