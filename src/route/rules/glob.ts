/**
 * Compiles patterns in which `*` matches any sequence of characters, including `/`.
 *
 * Matching takes time linear in the name: nothing a client sends can make it slow.
 *
 * @returns whether a name matches at least one pattern; without patterns, none does
 */
export function globMatcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wildcards = patterns.filter((pattern) => pattern.includes('*')).map(wildcard);
  return (name) => exact.has(name) || wildcards.some((matches) => matches(name));
}

function wildcard(pattern: string): (name: string) => boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1);
  return (name) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    // The leftmost match of each piece suffices: it leaves the most room for the rest.
    const end = name.length - last.length;
    let from = first.length;
    for (const piece of middle) {
      const at = name.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}
