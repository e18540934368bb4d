const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(?<=\p{L}{3})ies$/u, 'y'],
  [/(?<=\p{L}{3})ied$/u, 'y'],
  [/(?<=\p{L}{2}(?:s|x|z|ch|sh))es$/u, ''],
  [/(?<=\p{L}{2}[^s\P{L}])s$/u, ''],
  [/(?<=\p{L}{3})ing$/u, ''],
  [/(?<=\p{L}{3})ed$/u, ''],
  [/(?<=\p{L}{3})ly$/u, ''],
];

/** A word without its commonest ending. English endings only; in other languages equal words are equal and alike ones are told by meaning. */
export function stemOf(text: string): string {
  const found = ENDINGS.find(([ending]) => ending.test(text));
  const bare = found === undefined ? text : text.replace(found[0], found[1]);
  // `stopping`, `use` and `using`: the last letter of a stem says little.
  return bare.length > 3 ? bare.replace(/(\p{L})\1$|e$/u, '$1') : bare;
}
