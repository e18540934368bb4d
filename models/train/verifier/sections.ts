type Table = Int8Array | Int32Array | Uint32Array | Float32Array;

/** Prefixes table names for an artefact that also holds others: `words` of `lexicon` is `lexiconWords`. */
export function sectionsOf(owner: string, tables: object): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]: [string, Table]) => [
      `${owner}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      table,
    ]),
  );
}
