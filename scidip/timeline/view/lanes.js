// In which lanes the chosen events are drawn: the same rules as lanes_of() in lanes.py.

const MOST = 8; // lanes for single actors or fields; the rest share one
const NEARLY_ALL = 0.8; // an actor in nearly all events would fill a lane that says nothing

export const LANES = {
  aspect: "aspect",
  tone: "tone",
  domain: "field",
  actor: "actor",
  region: "region",
  all: "one row for all",
};

export function lanesOf(index, rows, by, filters) {
  const whole = [{ word: "All events", rows, aspect: null }];
  if (by === "all") return whole;
  const everywhere = by === "actor" || by === "region" ? inNearlyAll(index, rows) : new Set();
  const values = valuesBy(index, by, everywhere);
  let lanes = [];
  if (by === "aspect") {
    lanes = aspectLanes(index, rows, filters);
  } else if (by === "tone") {
    lanes = fixedLanes(index, rows, values, index.vocabulary.tones.map((tone, at) => [at, tone]));
  } else if (by === "region") {
    lanes = fixedLanes(index, rows, values, index.vocabulary.regions.map((region, at) => [at, region]));
  } else {
    lanes = mostFrequent(index, rows, values, by);
  }
  const alone = (row) => index.actors[row].length && index.actors[row].every((actor) => everywhere.has(actor));
  const only = everywhere.size ? rows.filter(alone) : [];
  if (only.length) {
    const { actors } = index.vocabulary;
    const codes = [...everywhere].map((actor) => actors[actor]).sort((a, b) => (a.code < b.code ? -1 : 1));
    lanes.push({ word: `${codes.map((actor) => actor.name).join(" and ")} alone`, rows: only, aspect: null });
  }
  const unknown = rows.filter((row) => !values(row).length && !(everywhere.size && alone(row)));
  if (unknown.length) lanes.push({ word: by === "region" ? "no region" : "not known", rows: unknown, aspect: null });
  return lanes.length ? lanes : whole;
}

// Who takes part in nearly all events has no row by actor or region; a reader must be told.
export function withoutLane(index, rows, by) {
  if (by !== "actor" && by !== "region") return "";
  const names = [...inNearlyAll(index, rows)].map((actor) => index.vocabulary.actors[actor].name).sort();
  return names.length ? `No row for ${names.join(" and ")}, in nearly every one of these events.` : "";
}

function aspectLanes(index, rows, filters) {
  // In a table of another field no event has an aspect.
  if (rows.length && !rows.some((row) => index.aspects[row])) return [];
  return index.vocabulary.aspects
    .map((aspect, at) => ({ key: aspect.key, word: aspect.word, aspect: at }))
    .filter(({ key }) => filters.aspects.includes(key))
    .map((lane) => ({ ...lane, rows: rows.filter((row) => (index.aspects[row] >> lane.aspect) & 1) }));
}

function valuesBy(index, by, everywhere) {
  const known = (value) => (value === -1 ? [] : [value]);
  if (by === "aspect") return (row) => (index.aspects[row] ? [0] : []);
  if (by === "tone") return (row) => known(index.tone[row]);
  if (by === "domain") return (row) => known(index.domain[row]);
  const others = (row) => index.actors[row].filter((actor) => !everywhere.has(actor));
  if (by === "actor") return others;
  const { actors, regions } = index.vocabulary;
  const regionOf = actors.map((actor) => regions.indexOf(actor.region));
  return (row) => [...new Set(others(row).map((actor) => regionOf[actor]))].filter((at) => at >= 0);
}

function inNearlyAll(index, rows) {
  const counts = new Map();
  for (const row of rows) {
    for (const actor of index.actors[row]) counts.set(actor, (counts.get(actor) ?? 0) + 1);
  }
  const found = [...counts].filter(([, count]) => count > NEARLY_ALL * rows.length).map(([actor]) => actor);
  return new Set(found.length < counts.size ? found : []);
}

function fixedLanes(index, rows, values, order) {
  return order
    .map(([value, word]) => ({ word, aspect: null, rows: rows.filter((row) => values(row).includes(value)) }))
    .filter((lane) => lane.rows.length);
}

function mostFrequent(index, rows, values, by) {
  const { actors, domains } = index.vocabulary;
  const names = by === "actor" ? actors.map(({ code, name }) => ({ key: code, word: name })) : domains;
  const counts = new Map();
  for (const row of rows) {
    for (const value of new Set(values(row))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const ranked = [...counts.keys()].sort(
    (one, other) => counts.get(other) - counts.get(one) || (names[one].key < names[other].key ? -1 : 1),
  );
  const lanes = ranked.slice(0, MOST).map((value) => ({
    word: names[value].word,
    aspect: null,
    rows: rows.filter((row) => values(row).includes(value)),
  }));
  const rest = new Set(ranked.slice(MOST));
  if (rest.size) {
    lanes.push({
      word: `${rest.size} other ${LANES[by]}s`,
      aspect: null,
      rows: rows.filter((row) => values(row).some((value) => rest.has(value))),
    });
  }
  return lanes;
}
