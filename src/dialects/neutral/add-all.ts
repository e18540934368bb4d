/** As `list.push(...added)`, which exhausts the stack from some 100,000 elements on. */
export function addAll<T>(list: T[], added: readonly T[]): void {
  for (const one of added) list.push(one);
}
