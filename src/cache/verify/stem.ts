const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\p{L}{3})ies$/u, 'y'],
  [/(?<=\p{L}{3})ied$/u, 'y'],
  [/(?<=\p{L}{2}(?:s|x|z|ch|sh))es$/u, ''],
  [/(?<=\p{L}{2}[^s\P{L}])s$/u, ''],
  [/(?<=\p{L}{3})ing$/u, ''],
  [/(?<=\p{L}{3})ed$/u, ''],
  [/(?<=\p{L}{3})ly$/u, ''],
];

/** A word without its common English ending. In other languages, similar words are recognised by meaning only. */
export function stemOf(text: string): string {
  const found = ENDINGS.find(([ending]) => ending.test(text));
  const bare = found === undefined ? text : text.replace(found[0], found[1]);
  // `stopping` and `stop`, `use` and `using`: undouble the last letter, drop a final e.
  return bare.length > 3 ? bare.replace(/(\p{L})\1$|e$/u, '$1') : bare;
}
