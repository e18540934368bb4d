import { baseOf } from './lemmas.js';
import { stemOf } from './stem.js';

/**
 * Whether two texts differ only in one verb, which is in the present tense in one and in the past tense in the other:
 * `who owns it` is not `who owned it`.
 */
export function differInTense(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return hasAddedDid(a, b) || hasAddedDid(b, a);
  let at = -1;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    if (at >= 0) return false;
    at = i;
  }
  const [one = '', other = ''] = [a[at], b[at]];
  return isPastOf(one, other) || isPastOf(other, one);
}

/** Whether the first text is the second with `did` added. */
function hasAddedDid(past: readonly string[], present: readonly string[]): boolean {
  const at = past.length === present.length + 1 ? past.indexOf('did') : -1;
  return at >= 0 && present.every((word, i) => word === past[i < at ? i : i + 1]);
}

/** `owned` of `owns`, `ran` of `runs`. */
function isPastOf(past: string, present: string): boolean {
  if (past === 'did') return present === 'do';
  if (!/[^s]s$/u.test(present) || present.length < 4) return false;
  const base = baseOf(past);
  if (base !== undefined) return present === `${base}s` || present === `${base}es`;
  return past.endsWith('ed') && stemOf(past) === stemOf(present);
}
