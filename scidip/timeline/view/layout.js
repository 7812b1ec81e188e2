// Where things stand on the axis: marks, stacks, bars and years. Nothing here draws.

export const MARGIN = 14; // pixels on the left and right of the axis
export const MOST_MARKS = 1500; // more are not drawn one by one: bars say how many there are
const HIGHEST = 200; // pixels of a stack, before its marks are made smaller
const BAR = 5; // pixels of a bar's width

export function scale([first, last], width) {
  const years = Math.max(last + 1 - first, 1);
  const inner = width - 2 * MARGIN;
  return {
    first,
    last,
    years,
    toX: (year) => MARGIN + ((year - first) / years) * inner,
    toYear: (x) => first + ((x - MARGIN) / inner) * years,
  };
}

function stack(index, rows, toX, radius) {
  // Each event takes the lowest row in which its mark and its line are free.
  const free = [];
  return Array.from(rows, (row) => {
    const [from, to] = [toX(index.start[row]), toX(index.end[row])];
    // An event that lasted is marked at its beginning, an uncertain date in the middle.
    return { row, from, to, x: index.span[row] ? from : (from + to) / 2 };
  })
    .sort((one, other) => one.x - other.x)
    .map((mark) => {
      const left = Math.min(mark.from, mark.x - radius - 1);
      const found = free.findIndex((x) => x <= left);
      const level = found < 0 ? free.length : found;
      free[level] = Math.max(mark.to, mark.x + radius + 1);
      return { ...mark, level };
    });
}

// Smaller marks when a stack would be higher than a screen can show.
export function fit(index, lanes, toX) {
  for (const radius of [5, 4, 3.5]) {
    const stacks = lanes.map((lane) => stack(index, lane.rows, toX, radius));
    const levels = Math.max(0, ...stacks.map((marks) => marks.reduce((most, m) => Math.max(most, m.level + 1), 0)));
    if (levels * (2 * radius + 1) <= HIGHEST || radius === 3.5) return { radius, stacks };
  }
  return null;
}

// How many events begin in each of some equal parts of the axis.
export function bins(index, rows, axis, width) {
  const size = Math.max(Math.floor((width - 2 * MARGIN) / BAR), 1);
  const counts = new Int32Array(size);
  const factor = size / axis.years;
  for (const row of rows) {
    const place = Math.floor((index.start[row] - axis.first) * factor);
    counts[Math.min(Math.max(place, 0), size - 1)] += 1;
  }
  return counts;
}

export function countByYear(index, rows, [first, last]) {
  const counts = new Int32Array(Math.max(last + 1 - first, 1));
  for (const row of rows) {
    const place = index.year[row] - first;
    if (place >= 0 && place < counts.length) counts[place] += 1;
  }
  return counts;
}

export function ticks(axis, width) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
  const step = steps.find((size) => axis.years / size <= width / 62) ?? 5000;
  const found = [];
  for (let year = Math.ceil(axis.first / step) * step; year < axis.first + axis.years; year += step) {
    found.push(year);
  }
  return found;
}

// Zoom around a year that stays where it is; never outside the table, never less than one year.
export function zoomed([first, last], [earliest, latest], factor, around = (first + last + 1) / 2) {
  const length = last + 1 - first;
  const wanted = Math.min(Math.max(Math.round(length * factor), 1), latest + 1 - earliest);
  if (wanted === length) return [first, last];
  const share = (around - first) / length;
  const start = Math.round(around - share * wanted);
  return shifted([start, start + wanted - 1], [earliest, latest], 0);
}

export function shifted([first, last], [earliest, latest], by) {
  const length = last - first;
  const start = Math.min(Math.max(first + by, earliest), Math.max(latest - length, earliest));
  return [start, Math.min(start + length, latest)];
}
