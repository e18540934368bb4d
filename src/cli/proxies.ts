import type { Provider } from '../upstream/providers.js';

/** Each proxy in use with the providers behind it, a line for each; without users and passwords. */
export function proxyLines(providers: Iterable<Provider>): readonly string[] {
  const behind = new Map<string, string[]>();
  for (const { name, proxy } of providers) {
    if (proxy === null) continue;
    const told = `${proxy.origin} (${proxy.source})`;
    behind.set(told, [...(behind.get(told) ?? []), name]);
  }
  return [...behind].map(([told, names]) => `${told} for ${names.join(', ')}`);
}
