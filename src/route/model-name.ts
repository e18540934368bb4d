/** What a name may carry beside the model itself: a date, a version of the interface, the word for "tuned to chat". */
const DATE = /-(?:20\d\d-\d\d-\d\d|20\d{6}|\d\d-\d\d-\d\d|\d\d-\d\d|\d{4})$/;
const VARIANT = /-(?:instruct|chat|it|preview|latest|beta|hf|00[1-9]|v0\.\d)$/;

/**
 * A model's name without vendor, host, date and variant, so that `openai/gpt-4o-2024-08-06` and
 * `gpt-4o` meet; lower case, points as hyphens.
 */
export function modelKey(name: string): string {
  const bare = name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[@:].*$/, '');
  let key = bare;
  for (;;) {
    const shorter = key.replace(DATE, '').replace(VARIANT, '');
    if (shorter === key || shorter === '') return key.replaceAll('.', '-');
    key = shorter;
  }
}
