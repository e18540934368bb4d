import { isObject, type JsonObject } from '../json.js';
import type { ForeignMember } from './request.js';

/** Names, by white space in between. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/u));
}

/** What changes nothing of what is asked: no request fails for it. */
const HINTS = words('cache_control extra_content');

/**
 * The members of an object that nobody reads: no other dialect can be told of them.
 *
 * @param at - where the object stands, as a path
 * @param read - names of members that are read, or that say nothing: what clients only send back of answers
 */
export function unreadMembers(
  object: unknown,
  at: string,
  read: ReadonlySet<string>,
): ForeignMember[] {
  if (!isObject(object)) return [];
  return Object.entries(object)
    .filter(([name, value]) => !read.has(name) && saysSomething(value))
    .map(([name]) => ({ field: `${at}.${name}`, isKnown: false, isHint: HINTS.has(name) }));
}

/** As `unreadMembers`, of every object of a list. */
export function unreadIn(
  list: unknown,
  at: string,
  unread: (object: JsonObject, at: string) => ForeignMember[],
): ForeignMember[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, i) => (isObject(item) ? unread(item, `${at}[${i}]`) : []));
}

/** Clients write out the defaults of what they do not use. */
function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
