import { keepExact } from './exact-json.js';
import { isObject, textOrNull, type JsonObject } from './json.js';

/** The value if it is a number of at least 1, otherwise `null`: local servers accept -1 for "no limit". */
export function positiveOrNull(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? value : null;
}

/** The value if it is a number, otherwise `otherwise`. */
export function numberOr<Otherwise>(value: unknown, otherwise: Otherwise): number | Otherwise {
  return typeof value === 'number' ? value : otherwise;
}

/** The strings of an array, or a single string; empty ones are left out. */
export function textsIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => textOrNull(item) ?? []);
}

/** The members of an object that are strings. */
export function textMembers(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The members of an object that are objects themselves. */
export function objectMembers(value: unknown): Record<string, JsonObject> {
  if (!isObject(value)) return {};
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
  );
}

/** Parses a JSON object, remembering large numbers for `exactJson`; `null` for anything else. */
export function parsedObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    keepExact(value, text);
    return value;
  } catch {
    // Models do write broken JSON: the caller decides what to use instead.
    return null;
  }
}

/** The media type and the data of a `data:` URL; `null` for any other URL. */
export function readDataUrl(url: string): { mediaType: string; base64: string } | null {
  const match = /^data:([^;,]*)((?:;[^,]*?)?),/i.exec(url.slice(0, MAX_DATA_PREFIX_CHARS));
  if (match === null) return null;
  const [prefix, type = '', parameters = ''] = match;
  const data = url.slice(prefix.length);
  const base64 = /;base64$/i.test(parameters) ? data : encoded(data);
  if (base64 === null) return null;
  const mediaType = type.toLowerCase();
  // Clients derive the type from a file name; providers know only the registered one.
  return { mediaType: mediaType === 'image/jpg' ? 'image/jpeg' : mediaType, base64 };
}

/** The base64 of a percent-encoded `data:` URL; `null` if it is malformed. */
function encoded(data: string): string | null {
  try {
    return Buffer.from(decodeURIComponent(data)).toString('base64');
  } catch {
    return null;
  }
}

/** A longer part before the comma is not a `data:` URL that a client would send. */
const MAX_DATA_PREFIX_CHARS = 1_000;
