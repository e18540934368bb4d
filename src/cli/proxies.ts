import type { Provider } from '../upstream/providers.js';

/** One line for each proxy in use, with the providers reached through it; without user names and passwords. */
export function proxyLines(providers: Iterable<Provider>): readonly string[] {
  const hostsByProxy = new Map<string, string[]>();
  for (const { name, proxy } of providers) {
    if (proxy === null) continue;
    const label = `${proxy.origin} (${proxy.source})`;
    hostsByProxy.set(label, [...(hostsByProxy.get(label) ?? []), name]);
  }
  return [...hostsByProxy].map(([label, names]) => `${label} for ${names.join(', ')}`);
}
