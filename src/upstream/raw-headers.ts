/**
 * Looks up one header among those of an answer as they came.
 *
 * Most headers of most answers are never looked at, so nothing is decoded before it is asked for.
 *
 * @param raw - names and values in turn
 * @param name - in lower case
 * @returns the first value of that name
 */
export function findHeader(raw: readonly Buffer[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const key = raw[i];
    if (key?.length === name.length && key.toString('latin1').toLowerCase() === name) {
      return raw[i + 1]?.toString('latin1');
    }
  }
  return undefined;
}
