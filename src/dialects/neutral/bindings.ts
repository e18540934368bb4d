import type { Binding } from '../../core/conversation.js';
import type { ContentPart, MediaPart, Turn, Vendor } from './part.js';
import type { ForeignMember } from './request.js';

/** Dialects whose providers know a vendor's proofs. */
const PROVEN_AT: Readonly<Record<Vendor, readonly string[]>> = {
  anthropic: ['anthropic', 'bedrock'],
  gemini: ['gemini'],
  openai: ['responses'],
};

/** Members that name what is kept at a vendor. */
const KEPT_MEMBERS = new Set(['container', 'cachedContent']);

/**
 * What of a request only providers of certain dialects can read.
 *
 * Files and the like bind in any case. Proven thoughts bind while the tools that they led to are at work: the
 * vendor goes on from them; later they are history, and another vendor's model can do without.
 *
 * @param own - the dialects whose providers keep what the client's ids name
 */
export function bindingsIn(
  turns: readonly Turn[],
  foreign: readonly ForeignMember[],
  own: readonly string[],
): readonly Binding[] {
  const kept = foreign.filter(({ field }) => KEPT_MEMBERS.has(field)).map(({ field }) => field);
  const files = turns.flatMap(({ parts }) => parts.flatMap(filesIn));
  const firm = [
    ...kept.map((at) => ({ at, dialects: own, isFirm: true })),
    ...files.map((file) => ({ at: file.at, dialects: readersOf(file, own), isFirm: true })),
  ];
  const thought = thoughtUnderWay(turns);
  if (thought === null) return firm;
  const dialects = PROVEN_AT[thought.vendor];
  return [...firm, { at: thought.at, dialects, isFirm: false }];
}

function filesIn(part: ContentPart): MediaPart[] {
  if (part.kind === 'tool_result') return part.parts.flatMap(filesIn);
  return 'source' in part && part.source.kind === 'file' ? [part] : [];
}

/** Chat completions have a word for a document by its id, and none for a picture. */
function readersOf({ kind }: MediaPart, own: readonly string[]): readonly string[] {
  return kind === 'image' ? own.filter((dialect) => dialect !== 'openai') : own;
}

/** The last proven thought of the turn whose tools have just answered. */
function thoughtUnderWay(turns: readonly Turn[]) {
  if (turns.at(-1)?.role !== 'tool') return null;
  const before = turns.findLast(({ role }) => role === 'assistant');
  const thought = before?.parts.findLast(
    (part) => part.kind === 'reasoning' && (part.signature ?? part.redacted) !== null,
  );
  return thought?.kind === 'reasoning' ? thought : null;
}
