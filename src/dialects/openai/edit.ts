import type { ChatRequest, RequestEdits } from '../dialect.js';
import type { MemberSpan, Splice } from '../json-splice.js';
import { removals, scanObject, spliceBytes } from '../json-splice.js';

const USAGE_OPTION = '{"include_usage":true}';
const OPEN_BRACE = 0x7b;
/** The members edited for every provider, without and with a request for usage. */
const EDITED = ['model'];
const EDITED_WITH_USAGE = ['model', 'stream_options'];

/**
 * The client's bytes with the model replaced, usage requested if needed, and members renamed or removed
 * as the provider requires.
 *
 * Duplicate members are all replaced, so it does not matter which of them the provider reads. All other
 * bytes are the client's.
 */
export function editRequest(
  request: Pick<ChatRequest, 'body' | 'stream' | 'includeUsage' | 'terms'>,
  edits: RequestEdits,
): Buffer {
  const { body } = request;
  const renames = edits.renames ?? {};
  // Providers reject `stream_options` without `stream`.
  const canAsk = request.stream && !Object.hasOwn(renames, 'stream_options');
  const askUsage = edits.askUsage && canAsk && !request.includeUsage;
  const names = [...(askUsage ? EDITED_WITH_USAGE : EDITED), ...namesIn(renames)];
  const { found, insertAt } = scanObject(body, 0, names);
  const splices = renameMembers(found, renames);
  for (const { name, start, end } of found) {
    if (name === 'model') splices.push({ start, end, text: JSON.stringify(edits.model) });
    else if (name === 'stream_options' && askUsage)
      splices.push(...addUsageOption(body, start, end));
  }
  // Only a client that lists `models` may leave `model` out: in other dialects the URL names it.
  const added = missingMembers(found, request.terms ? edits.model : null, askUsage);
  if (added !== '') splices.push({ start: insertAt, end: insertAt, text: added });
  return spliceBytes(body, splices);
}

/** JSON of the missing members, to insert before the first one. @param model - `null` if `model` need not be added */
function missingMembers(
  found: readonly MemberSpan[],
  model: string | null,
  askUsage: boolean,
): string {
  const has = (member: string): boolean => found.some(({ name }) => name === member);
  const named = model === null || has('model') ? '' : `"model":${JSON.stringify(model)},`;
  return askUsage && !has('stream_options') ? `${named}"stream_options":${USAGE_OPTION},` : named;
}

/** Old and new names. */
function namesIn(renames: Readonly<Record<string, string | null>>): readonly string[] {
  return Object.entries(renames).flatMap(([name, newName]) =>
    newName === null ? name : [name, newName],
  );
}

/** Renames members, and removes those that the provider rejects or that already exist under the new name. */
function renameMembers(
  found: readonly MemberSpan[],
  renames: Readonly<Record<string, string | null>>,
): Splice[] {
  const splices: Splice[] = [];
  // The usual case: nothing to rename.
  if (found.every(({ name }) => !Object.hasOwn(renames, name))) return splices;
  const written = new Set(found.map(({ name }) => name));
  const removed: MemberSpan[] = [];
  for (const member of found) {
    if (!Object.hasOwn(renames, member.name)) continue;
    const newName = renames[member.name] ?? null;
    if (newName === null || written.has(newName)) removed.push(member);
    else splices.push(renamed(member, newName));
  }
  return [...splices, ...removals(removed)];
}

function renamed({ nameStart, nameEnd }: MemberSpan, name: string): Splice {
  return { start: nameStart, end: nameEnd, text: JSON.stringify(name) };
}

/** Adds `include_usage` to the `stream_options` at `body[start, end)`; its other members stay. */
function addUsageOption(body: Buffer, start: number, end: number): Splice[] {
  if (body[start] !== OPEN_BRACE) return [{ start, end, text: USAGE_OPTION }];
  const { found, isEmpty, insertAt } = scanObject(body, start, ['include_usage']);
  if (found.length > 0)
    return found.map((span) => ({ start: span.start, end: span.end, text: 'true' }));
  const text = `"include_usage":true${isEmpty ? '' : ','}`;
  return [{ start: insertAt, end: insertAt, text }];
}
