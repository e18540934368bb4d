/** Suffixes that do not distinguish models: a date, and an API version or a variant such as `-instruct`. */
const DATE = /-(?:20\d\d-\d\d-\d\d|20\d{6}|\d\d-\d\d-\d\d|\d\d-\d\d|\d{4})$/;
const VARIANT = /-(?:instruct|chat|it|preview|latest|beta|hf|00[1-9]|v0\.\d)$/;

/**
 * A model's name without vendor, host, date and variant, so that `openai/gpt-4o-2024-08-06` and
 * `gpt-4o` match; in lower case, with points as hyphens.
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
