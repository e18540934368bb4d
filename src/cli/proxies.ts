import type { Provider } from '../upstream/providers.js';

/** One line for each proxy in use, with the providers reached through it; without user names and passwords. */
export function proxyLines(providers: Iterable<Provider>): readonly string[] {
  const behind = new Map<string, string[]>();
  for (const { name, proxy } of providers) {
    if (proxy === null) continue;
    const label = `${proxy.origin} (${proxy.source})`;
    behind.set(label, [...(behind.get(label) ?? []), name]);
  }
  return [...behind].map(([label, names]) => `${label} for ${names.join(', ')}`);
}
