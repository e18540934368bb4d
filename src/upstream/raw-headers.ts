/**
 * Looks up one header among the raw headers of an answer.
 *
 * Most headers are never read, so they are decoded only on demand.
 *
 * @param raw - names and values, alternating
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
