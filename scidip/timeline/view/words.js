// What is chosen, said in words: the same sentences as describe() and compare() in selection.py.

export function plain(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, " ");
}

const listed = (counts) => counts.map(([word, count]) => `${word} ${count}`).join(", ");

function countWords(index, rows) {
  const { aspects, tones } = index.vocabulary;
  const byAspect = aspects.map((aspect, place) => [aspect.word, index.countBit(rows, place)]);
  const byTone = tones.map((tone, place) => [tone, index.countEqual(rows, "tone", place)]);
  return [byAspect, byTone];
}

export function describe(index, rows) {
  const total = index.size;
  if (!rows.length) return `0 of ${total} events are shown.`;
  let [first, last] = [Infinity, -Infinity];
  for (const row of rows) {
    first = Math.min(first, index.year[row]);
    last = Math.max(last, index.year[row]);
  }
  const when = first === last ? `in ${first}` : `from ${first} to ${last}`;
  const noun = rows.length === 1 ? "event is" : "events are";
  const [byAspect, byTone] = countWords(index, rows);
  const sentences = [`${rows.length} of ${total} ${noun} shown, ${when}.`];
  if (byAspect.some(([, count]) => count)) {
    sentences.push(`By aspect (an event may have several): ${listed(byAspect)}.`);
  }
  if (byTone.some(([, count]) => count)) sentences.push(`By tone: ${listed(byTone)}.`);
  return sentences.join(" ");
}

export function compare(index, one, other) {
  const lines = [["A", one], ["B", other]].map(([name, { rows, years }]) => {
    const length = Math.max(years[1] + 1 - years[0], 1);
    const rate = (Math.floor((20 * rows.length + length) / (2 * length)) / 10).toFixed(1);
    const noun = rows.length === 1 ? "event" : "events";
    const period = length === 1 ? "year" : "years";
    return (
      `${name}: ${rows.length} ${noun} in ${length} ${period} ` +
      `(${years[0]} to ${years[1]}), ${rate} per year.`
    );
  });
  return [...lines, largestDifference(index, one.rows, other.rows)];
}

function largestDifference(index, one, other) {
  if (!one.length || !other.length) return "Shares can't be compared, as one of the two is empty.";
  const [inOne, inOther] = [one, other].map((rows) => countWords(index, rows).flat());
  const apart = inOne.map(([, count], place) =>
    Math.abs(count * other.length - inOther[place][1] * one.length),
  );
  const most = apart.indexOf(Math.max(...apart));
  if (!apart[most]) return "Aspects and tones have the same shares in both.";
  const share = (count, size) => Math.floor((200 * count + size) / (2 * size));
  return (
    `The share that differs most: ${inOne[most][0]}, ${share(inOne[most][1], one.length)} per cent ` +
    `of A and ${share(inOther[most][1], other.length)} per cent of B.`
  );
}
