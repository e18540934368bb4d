/** Whether two words differ by a typo: one letter added, missing or changed, or two swapped, in words of five letters or more. */
export function isTypo(a: string, b: string): boolean {
  // Typos are seldom in the first letter; another first letter is another word.
  if (!b.startsWith(a.slice(0, 1))) return false;
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false;
  if (/\d/.test(a) || /\d/.test(b)) return false;
  let front = 0;
  while (front < a.length && a[front] === b[front]) front += 1;
  let back = 0;
  const most = Math.min(a.length, b.length) - front;
  while (back < most && a.at(-1 - back) === b.at(-1 - back)) back += 1;
  const [x, y] = [a.slice(front, a.length - back), b.slice(front, b.length - back)];
  return x.length + y.length <= 2 || (x.length === 2 && x === y.charAt(1) + y.charAt(0));
}
