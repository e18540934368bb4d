import type { Binding } from '../../core/conversation.js';
import type { ContentPart, ForeignPart, MediaPart, Turn, Vendor } from './part.js';
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
 * vendor goes on from them; later they are history, and another vendor's model can do without. What a user shows and only
 * the client's dialect has a word for (a video), and tools that only a provider can run (its search), bind where anybody
 * serves them; elsewhere they are lost, and named.
 *
 * @param own - the dialects whose providers keep what the client's ids name, and know its words
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
  const tools = foreign.filter(({ isTool }) => isTool).map(({ field }) => field);
  const shown = turns.flatMap(shownIn).map(({ at }) => at);
  const soft = [...shown, ...tools].map((at) => ({ at, dialects: own, isFirm: false }));
  const thought = thoughtUnderWay(turns);
  if (thought === null) return [...firm, ...soft];
  const dialects = PROVEN_AT[thought.vendor];
  return [...firm, ...soft, { at: thought.at, dialects, isFirm: false }];
}

/** What the user shows that no other dialect has a word for. */
function shownIn({ role, parts }: Turn): ForeignPart[] {
  if (role !== 'user') return [];
  return parts.filter((part) => part.kind === 'foreign' && part.isKnob !== true) as ForeignPart[];
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
