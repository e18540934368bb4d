/** The list of a map under a name; a new one if there is none yet. */
export function listAt<T>(lists: Map<string, T[]>, name: string): T[] {
  const known = lists.get(name);
  if (known !== undefined) return known;
  const list: T[] = [];
  lists.set(name, list);
  return list;
}
