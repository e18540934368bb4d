/** Aliases with all chains resolved. */
export interface ResolvedAliases {
  /** The final name for each alias; aliases that lead to a cycle are omitted. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Each cycle once, starting with the member that is defined first: `a`, `b`, `a`. */
  readonly cycles: readonly (readonly string[])[];
}

/** Resolves aliases of aliases. A chain ends at a name that is not an alias. */
export function resolveAliases(aliases: Readonly<Record<string, string>>): ResolvedAliases {
  const ends = new Map<string, string>();
  const cycles: string[][] = [];
  const inCycle = new Set<string>();
  for (const name of Object.keys(aliases)) {
    const chain = [name];
    let end = follow(aliases, name);
    while (end !== null && !chain.includes(end)) {
      chain.push(end);
      end = follow(aliases, end);
    }
    if (end === null) ends.set(name, chain.at(-1) ?? name);
    else if (end === name && !inCycle.has(name)) {
      cycles.push([...chain, name]);
      for (const member of chain) inCycle.add(member);
    }
  }
  return { aliases: Object.fromEntries(ends), cycles };
}

function follow(aliases: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? null) : null;
}
