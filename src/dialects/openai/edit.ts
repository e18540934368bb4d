import type { ChatRequest, RequestEdits } from '../dialect.js';
import type { MemberSpan, Splice } from '../json-splice.js';
import { removals, scanObject, spliceBytes } from '../json-splice.js';

const ASKED = '{"include_usage":true}';
const OPEN_BRACE = 0x7b;
/** Members that are edited for every provider, without and with asking for usage. */
const PLAIN = ['model'];
const ASKING = ['model', 'stream_options'];

/**
 * The client's bytes with the model replaced, usage asked for where it is wanted, and the members
 * renamed or left out that the provider has other words or none for.
 *
 * Where a client writes a member twice both are replaced, so it does not matter which of them the
 * provider reads. All other bytes are the client's.
 */
export function editRequest(
  request: Pick<ChatRequest, 'body' | 'stream' | 'includeUsage' | 'terms'>,
  edits: RequestEdits,
): Buffer {
  const { body } = request;
  const renames = edits.renames ?? {};
  // A provider refuses `stream_options` where there is no stream.
  const canAsk = request.stream && !Object.hasOwn(renames, 'stream_options');
  const askUsage = edits.askUsage && canAsk && !request.includeUsage;
  const names = [...(askUsage ? ASKING : PLAIN), ...namesIn(renames)];
  const { found, insertAt } = scanObject(body, 0, names);
  const splices = renameMembers(found, renames);
  for (const { name, start, end } of found) {
    if (name === 'model') splices.push({ start, end, text: JSON.stringify(edits.model) });
    else if (name === 'stream_options' && askUsage) splices.push(...askIn(body, start, end));
  }
  // Only a client that lists models may have named none: in other dialects the address names it.
  const added = missingMembers(found, request.terms ? edits.model : null, askUsage);
  if (added !== '') splices.push({ start: insertAt, end: insertAt, text: added });
  return spliceBytes(body, splices);
}

/** What the request lacks, to be put before its first member. @param model - `null` where none has to be named */
function missingMembers(
  found: readonly MemberSpan[],
  model: string | null,
  askUsage: boolean,
): string {
  const has = (member: string): boolean => found.some(({ name }) => name === member);
  const named = model === null || has('model') ? '' : `"model":${JSON.stringify(model)},`;
  return askUsage && !has('stream_options') ? `${named}"stream_options":${ASKED},` : named;
}

/** Old and new ones. */
function namesIn(renames: Readonly<Record<string, string | null>>): readonly string[] {
  return Object.entries(renames).flatMap(([name, newName]) =>
    newName === null ? name : [name, newName],
  );
}

/** New names for members, and the removal of those that the provider refuses or has already. */
function renameMembers(
  found: readonly MemberSpan[],
  renames: Readonly<Record<string, string | null>>,
): Splice[] {
  const splices: Splice[] = [];
  // Most requests have no such member.
  if (found.every(({ name }) => !Object.hasOwn(renames, name))) return splices;
  const written = new Set(found.map(({ name }) => name));
  const refused: MemberSpan[] = [];
  for (const member of found) {
    if (!Object.hasOwn(renames, member.name)) continue;
    const newName = renames[member.name] ?? null;
    if (newName === null || written.has(newName)) refused.push(member);
    else splices.push(renamed(member, newName));
  }
  return [...splices, ...removals(refused)];
}

function renamed({ nameStart, nameEnd }: MemberSpan, name: string): Splice {
  return { start: nameStart, end: nameEnd, text: JSON.stringify(name) };
}

/** Adds `include_usage` to the `stream_options` at `body[start, end)`; its other members stay. */
function askIn(body: Buffer, start: number, end: number): Splice[] {
  if (body[start] !== OPEN_BRACE) return [{ start, end, text: ASKED }];
  const { found, isEmpty, insertAt } = scanObject(body, start, ['include_usage']);
  if (found.length > 0)
    return found.map((span) => ({ start: span.start, end: span.end, text: 'true' }));
  const text = `"include_usage":true${isEmpty ? '' : ','}`;
  return [{ start: insertAt, end: insertAt, text }];
}
