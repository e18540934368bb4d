import { keepExact } from './exact-json.js';
import { isObject, textOrNull, type JsonObject } from './json.js';

/** The value if it is a number of at least 1: local servers take -1 for "no limit". */
export function positiveOrNull(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? value : null;
}

/** The value if it is a number. */
export function numberOr<Otherwise>(value: unknown, otherwise: Otherwise): number | Otherwise {
  return typeof value === 'number' ? value : otherwise;
}

/** The texts of a list, or a text by itself; empty ones are left out. */
export function textsIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => textOrNull(item) ?? []);
}

/** Those members of an object that are texts. */
export function textMembers(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Those members of an object that are objects themselves. */
export function objectMembers(value: unknown): Record<string, JsonObject> {
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
  );
}

/** The object that a text is the JSON of, large numbers as `exactJson` writes them; `null` for anything else. */
export function parsedObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    keepExact(value, text);
    return value;
  } catch {
    // Models do write broken JSON: the caller decides what stands in for it.
    return null;
  }
}

/** A media type and the bytes behind it, out of a `data:` URL; `null` for any other URL. */
export function readDataUrl(url: string): { mediaType: string; base64: string } | null {
  const match = /^data:([^;,]*)((?:;[^,]*?)?),/i.exec(url.slice(0, MAX_DATA_PREFIX_CHARS));
  if (match === null) return null;
  const [prefix, type = '', parameters = ''] = match;
  const data = url.slice(prefix.length);
  const base64 = /;base64$/i.test(parameters) ? data : encoded(data);
  if (base64 === null) return null;
  const mediaType = type.toLowerCase();
  // Clients make it of a file's name; providers know the registered one only.
  return { mediaType: mediaType === 'image/jpg' ? 'image/jpeg' : mediaType, base64 };
}

/** What a `data:` URL says as text, in which percent signs stand for bytes. */
function encoded(data: string): string | null {
  try {
    return Buffer.from(decodeURIComponent(data)).toString('base64');
  } catch {
    return null;
  }
}

/** Longer parameters than any file name before the comma are no data URL of a client's. */
const MAX_DATA_PREFIX_CHARS = 1_000;
