import { isObject, type JsonObject } from '../json.js';
import type { ForeignMember } from './request.js';

/** Splits white-space-separated names into a set. */
export function nameSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/u));
}

/** Members that do not affect the answer: no request fails because of them. */
const HINTS = nameSet('cache_control extra_content');

/**
 * The members of an object that are not read, so they cannot be translated.
 *
 * @param at - the object's path
 * @param read - the members that are read, or that mean nothing because clients only echo them from answers
 */
export function unreadMembers(
  object: unknown,
  at: string,
  read: ReadonlySet<string>,
): ForeignMember[] {
  if (!isObject(object)) return [];
  return Object.entries(object)
    .filter(([name, value]) => !read.has(name) && isSpecified(value))
    .map(([name]) => ({ field: `${at}.${name}`, isKnown: false, isHint: HINTS.has(name) }));
}

/** As `unreadMembers`, for every object of an array. */
export function unreadIn(
  list: unknown,
  at: string,
  unread: (object: JsonObject, at: string) => ForeignMember[],
): ForeignMember[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, i) => (isObject(item) ? unread(item, `${at}[${i}]`) : []));
}

/** Clients also send defaults for features that they do not use. */
function isSpecified(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
