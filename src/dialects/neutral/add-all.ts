/** Adds to a list what may be more than a call takes arguments: spreading some 100,000 exhausts the stack. */
export function addAll<T>(list: T[], added: readonly T[]): void {
  for (const one of added) list.push(one);
}
