const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Articles and prepositions that mark, in German and the Romance languages, whether the next word is subject or object. */
const MARKS = words(
  'der die das dem den des ein eine einen einem einer el la los las al le les l au aux à a il',
);
const ASKS_WHO = /^(?:who|whom|which)$/u;
const HELPS =
  /^(?:is|are|was|were|am|be|do|does|did|can|could|should|would|will|may|might|must|has|have|had|of|to)$/u;
/** An auxiliary verb is looked for among this many first words: `which of the two teams did`. */
const FRONT = 6;

/** What roles are determined from. */
export interface Marked {
  readonly words: { readonly tokens: readonly string[] };
  /** From `caseMarkersOf`. */
  readonly caseMarkers: readonly string[];
}

/**
 * Whether subject and object are swapped between two texts, or one asks who did it and the other to whom:
 * `muerde el perro al gato` and `muerde al perro el gato`, `which team beat Spain` and `which team did Spain beat`.
 */
export function differInRoles(a: Marked, b: Marked): boolean {
  if (areMarkedOtherwise(a.caseMarkers, b.caseMarkers)) return true;
  const [one, other] = [a.words.tokens, b.words.tokens];
  return isOfOther(one, other) || isOfOther(other, one);
}

const NONE: readonly string[] = [];

/** Marked words, each followed by its mark; the mark is empty for a word that occurs twice. Empty for fewer than two words. */
export function caseMarkersOf(tokens: readonly string[]): readonly string[] {
  const marks = new Map<string, string>();
  tokens.forEach((token, i) => {
    const mark = tokens[i - 1] ?? '';
    if (MARKS.has(mark) && !MARKS.has(token)) marks.set(token, marks.has(token) ? '' : mark);
  });
  return marks.size < 2 ? NONE : [...marks].flat();
}

/** Two words have swapped their marks. */
function areMarkedOtherwise(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  const changed: (readonly [mark: string, otherMark: string])[] = [];
  for (let i = 0; i < a.length; i += 2) {
    const [word = '', mark = ''] = [a[i], a[i + 1]];
    const otherMark = markIn(b, word) ?? mark;
    if (otherMark === mark) continue;
    if (changed.some(([one, other]) => one === otherMark && other === mark)) return true;
    changed.push([mark, otherMark]);
  }
  return false;
}

function markIn(marks: readonly string[], word: string): string | undefined {
  for (let i = 0; i < marks.length; i += 2) if (marks[i] === word) return marks[i + 1];
  return undefined;
}

/** The first asks to whom it was done (`which team did Spain beat`), the second who did it. */
function isOfOther(object: readonly string[], subject: readonly string[]): boolean {
  if (!ASKS_WHO.test(object[0] ?? '') || !ASKS_WHO.test(subject[0] ?? '')) return false;
  const isObject = object.slice(1, FRONT).some((token) => token === 'did' || token === 'does');
  return (
    isObject && subject.length > 2 && !subject.slice(1, FRONT).some((token) => HELPS.test(token))
  );
}
