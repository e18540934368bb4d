import { nearest } from '../../core/nearest.js';

/** A sentence that a pattern matches none of these models, with the one that was probably meant. */
export function unmatchedMessage(pattern: string, ids: readonly string[]): string {
  const what = pattern.includes('*') ? 'no model matches' : 'there is no model';
  return `${what} "${pattern}"${patternHint(pattern, ids)}`;
}

/** The end of a sentence about a pattern that matches none of these models: a suggestion, or a full stop. */
export function patternHint(pattern: string, ids: readonly string[]): string {
  if (!pattern.includes('*')) return modelHint(pattern, ids);
  const vendors = [...new Set(ids.map((id) => `${id.split('/')[0] ?? id}/*`))];
  const hint = nearest(pattern, vendors);
  return hint === null || hint === pattern ? '.' : `; did you mean "${hint}"?`;
}

/** As `patternHint`, for a name. */
export function modelHint(name: string, ids: readonly string[]): string {
  // Most people leave out the vendor.
  const bare = ids.find((id) => id.slice(id.indexOf('/') + 1) === name);
  const hint = bare ?? nearest(name, ids);
  return hint === null ? '.' : `; did you mean "${hint}"?`;
}
