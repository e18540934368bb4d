const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What stands before a word and tells, in German and the Romance languages, whether it acts or is acted on. */
const MARKS = words(
  'der die das dem den des ein eine einen einem einer el la los las al le les l au aux à a il',
);
const ASKS_WHO = /^(?:who|whom|which)$/u;
const HELPS =
  /^(?:is|are|was|were|am|be|do|does|did|can|could|should|would|will|may|might|must|has|have|had|of|to)$/u;
/** Words among which a helping verb is looked for: `which of the two teams did`. */
const FRONT = 6;

/**
 * Whether the words of two texts are marked the other way round, or one asks who did it and the other to whom:
 * `muerde el perro al gato` and `muerde al perro el gato`, `which team beat Spain` and `which team did Spain beat`.
 */
export function haveOtherRoles(a: readonly string[], b: readonly string[]): boolean {
  return areMarkedOtherwise(a, b) || isOfOther(a, b) || isOfOther(b, a);
}

/** Two words have exchanged what stands before them. */
function areMarkedOtherwise(a: readonly string[], b: readonly string[]): boolean {
  const [inA, inB] = [marksOf(a), marksOf(b)];
  if (inA.size < 2 || inB.size < 2) return false;
  const changed = [...inA].filter(([word, mark]) => (inB.get(word) ?? mark) !== mark);
  return changed.some(([word, mark]) =>
    changed.some(([other, otherMark]) => mark === inB.get(other) && otherMark === inB.get(word)),
  );
}

/** Of each marked word, its mark; of words that stand twice nothing can be told. */
function marksOf(tokens: readonly string[]): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  tokens.forEach((token, i) => {
    const mark = tokens[i - 1] ?? '';
    if (MARKS.has(mark) && !MARKS.has(token)) marks.set(token, marks.has(token) ? '' : mark);
  });
  return marks;
}

/** One asks to whom it was done, the other who did it, of the same words otherwise. */
function isOfOther(object: readonly string[], subject: readonly string[]): boolean {
  if (!ASKS_WHO.test(object[0] ?? '') || !ASKS_WHO.test(subject[0] ?? '')) return false;
  const isObject = object.slice(1, FRONT).some((token) => token === 'did' || token === 'does');
  return (
    isObject && subject.length > 2 && !subject.slice(1, FRONT).some((token) => HELPS.test(token))
  );
}
