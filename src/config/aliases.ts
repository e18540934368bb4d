/** Aliases with every chain followed to its end. */
export interface ResolvedAliases {
  /** What each alias finally stands for; those that lead to a cycle are left out. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Each cycle once: `a`, `b`, `a`, from the member that comes first. */
  readonly cycles: readonly (readonly string[])[];
}

/** Follows aliases of aliases. A name that is no alias is where a chain ends. */
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
