/** Objects whose conversion to a text fails, or whose names are members of every object. */
const oddObjects = ['{"toString":1,"valueOf":1}', '{"__proto__":{"toString":1}}', '{"constructor":{}}'].map(
  (text): unknown => JSON.parse(text),
);
const values: readonly unknown[] = [-1.5, true, 'text', [null], {}, ...oddObjects];

/** The text of `body` with each value in each place, and with a name added to each object. */
export function* mutations(body: unknown): Generator<string> {
  for (const text of ['', 'null', '{', '"', '[', '\ufeff{}', '{}{}', '\u0000']) yield text;
  yield '['.repeat(100_000);
  yield `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`;
  const marker = 'value_of_this_place';
  for (const changed of withMarker(body, marker)) {
    const text = JSON.stringify(changed);
    for (const value of values) yield text.replace(`"${marker}"`, () => JSON.stringify(value));
    yield text.replace(`"${marker}"`, 'null');
  }
}

/** Copies of `body` with the marker in the place of one value. */
function* withMarker(body: unknown, marker: string): Generator<unknown> {
  yield marker;
  if (Array.isArray(body)) {
    for (const [i, item] of body.entries())
      for (const changed of withMarker(item, marker)) yield body.with(i, changed);
  } else if (typeof body === 'object' && body !== null) {
    for (const [name, value] of Object.entries({ ...body, added: 1 }))
      for (const changed of withMarker(value, marker)) yield { ...body, [name]: changed };
  }
}
