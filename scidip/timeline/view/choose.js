// Which events are chosen: the same rules as Selection.apply() in selection.py. The columns of the
// table are kept as arrays of numbers, so that a choice among 200,000 events takes milliseconds.

import { plain } from "./words.js";

export const FACETS = ["aspects", "tones", "confidence", "domains", "actors", "organisations"];
const NONE = -1; // a tone, confidence or field that is not known

export function makeIndex(payload) {
  const { columns, vocabulary, details } = payload;
  const size = columns.title.length;
  const numbers = (name, kind) => Object.assign(new kind(size), columns[name]);
  const index = {
    ...columns,
    size,
    vocabulary,
    details,
    sources: payload.sources,
    year: numbers("year", Int32Array),
    start: numbers("start", Float64Array),
    end: numbers("end", Float64Array),
    aspects: numbers("aspects", Uint8Array),
    tone: numbers("tone", Int16Array),
    confidence: numbers("confidence", Int16Array),
    domain: numbers("domain", Int16Array),
    all: Int32Array.from({ length: size }, (_, row) => row),
    place: new Map(columns.id.map((id, row) => [id, row])),
    years: payload.years,
    record: payload.record,
    texts: null,
    lastSearch: null,
    loaded: new Map(), // details that were asked for one by one
    countEqual(rows, column, value) {
      let found = 0;
      for (const row of rows) found += this[column][row] === value;
      return found;
    },
    countBit(rows, bit) {
      let found = 0;
      for (const row of rows) found += (this.aspects[row] >> bit) & 1;
      return found;
    },
  };
  return index;
}

function searchTexts(index) {
  // Made when somebody searches for the first time. Large tables bring them along.
  index.texts ??= index.details
    ? index.details.map((detail, row) => {
        const names = index.organisations[row].map((place) => index.vocabulary.organisations[place]);
        return ` ${plain([index.title[row], detail.summary, detail.place, names.join(" ")].join(" "))}`;
      })
    : index.search;
  return index.texts;
}

function matches(index, text) {
  const words = plain(text).split(" ").filter(Boolean);
  if (!words.length) return null;
  const key = words.join(" ");
  if (index.lastSearch?.key === key) return index.lastSearch.found;
  const found = new Uint8Array(index.size);
  searchTexts(index).forEach((searched, row) => {
    found[row] = words.every((word) => searched.includes(` ${word}`));
  });
  index.lastSearch = { key, found };
  return found;
}

const maskOf = (all, wanted) =>
  all.reduce((mask, value, place) => mask | (wanted.includes(value.key ?? value) << place), 0);

// For each name in a filter the numbers of the actors that it stands for: one, or a whole region.
function actorSets(index, names) {
  const { actors } = index.vocabulary;
  return names.map(
    (name) => new Set(actors.flatMap((a, at) => (a.region === name || a.code === name ? [at] : []))),
  );
}

function tests(index, filters) {
  const { vocabulary } = index;
  const aspects = maskOf(vocabulary.aspects, filters.aspects);
  const tones = maskOf(vocabulary.tones, filters.tones);
  const sure = maskOf(vocabulary.confidence, filters.confidence);
  const whole = (list, wanted) => wanted.length >= list.length;
  const domains = new Set(filters.domains.map((key) => vocabulary.domains.findIndex((d) => d.key === key)));
  const wanted = actorSets(index, filters.actors);
  const bodies = new Set(filters.organisations.map((name) => vocabulary.organisations.indexOf(name)));
  const within = (mask, value) => value !== NONE && (mask >> value) & 1;
  // With every value chosen there is nothing to ask: an event without any is kept too.
  return [
    whole(vocabulary.aspects, filters.aspects) ? null : (row) => index.aspects[row] & aspects,
    whole(vocabulary.tones, filters.tones) ? null : (row) => within(tones, index.tone[row]),
    whole(vocabulary.confidence, filters.confidence)
      ? null
      : (row) => within(sure, index.confidence[row]),
    domains.size ? (row) => domains.has(index.domain[row]) : null,
    !wanted.length
      ? null
      : filters.all_actors
        ? (row) => wanted.every((set) => index.actors[row].some((actor) => set.has(actor)))
        : (row) => wanted.some((set) => index.actors[row].some((actor) => set.has(actor))),
    bodies.size ? (row) => index.organisations[row].some((body) => bodies.has(body)) : null,
  ];
}

// The chosen rows; and for each facet the counts of its values, as if this facet were not set.
export function choose(index, filters, withCounts = false) {
  const asked = tests(index, filters);
  const found = matches(index, filters.text);
  const first = filters.first_year ?? -Infinity;
  const last = filters.last_year ?? Infinity;
  const rows = new Int32Array(index.size);
  let size = 0;
  const counts = withCounts ? emptyCounts(index) : null;
  for (let row = 0; row < index.size; row += 1) {
    const year = index.year[row];
    if (year < first || year > last || (found && !found[row])) continue;
    let failed = -1;
    let failures = 0;
    for (let facet = 0; facet < asked.length && failures < 2; facet += 1) {
      if (asked[facet] && !asked[facet](row)) {
        failed = facet;
        failures += 1;
      }
    }
    if (!failures) rows[size++] = row;
    if (counts && failures < 2) count(counts, index, row, failures ? failed : -1);
  }
  return { rows: rows.subarray(0, size), counts };
}

function emptyCounts(index) {
  const { vocabulary } = index;
  const regions = vocabulary.regions.length;
  return {
    aspects: new Int32Array(vocabulary.aspects.length),
    tones: new Int32Array(vocabulary.tones.length),
    confidence: new Int32Array(vocabulary.confidence.length),
    domains: new Int32Array(vocabulary.domains.length),
    actors: new Int32Array(vocabulary.actors.length),
    organisations: new Int32Array(vocabulary.organisations.length),
    regions: new Int32Array(regions),
  };
}

function count(counts, index, row, only) {
  const asks = (facet) => only < 0 || FACETS[only] === facet;
  const single = (facet, value) => value !== NONE && (counts[facet][value] += 1);
  if (asks("aspects")) counts.aspects.forEach((_, bit) => (counts.aspects[bit] += (index.aspects[row] >> bit) & 1));
  if (asks("tones")) single("tones", index.tone[row]);
  if (asks("confidence")) single("confidence", index.confidence[row]);
  if (asks("domains")) single("domains", index.domain[row]);
  if (asks("actors")) {
    const seen = new Set();
    for (const actor of index.actors[row]) {
      counts.actors[actor] += 1;
      seen.add(index.vocabulary.actors[actor].region);
    }
    index.vocabulary.regions.forEach((region, place) => (counts.regions[place] += seen.has(region)));
  }
  if (asks("organisations")) for (const body of index.organisations[row]) counts.organisations[body] += 1;
}

export function noFilters(index) {
  const { vocabulary } = index;
  return {
    aspects: vocabulary.aspects.map((aspect) => aspect.key),
    tones: [...vocabulary.tones],
    confidence: [...vocabulary.confidence],
    actors: [],
    all_actors: false,
    domains: [],
    organisations: [],
    first_year: null,
    last_year: null,
    text: "",
  };
}

// The years that filters look at: their own, or else those of the table.
export function yearsOf(index, filters) {
  return [filters.first_year ?? index.years[0], filters.last_year ?? index.years[1]];
}
