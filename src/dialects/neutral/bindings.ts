import type { VendorBinding } from '../../core/conversation.js';
import type { ContentPart, ForeignPart, MediaPart, Turn, Vendor } from './part.js';
import type { ForeignMember } from './request.js';

/** The dialects whose providers accept a vendor's signatures. */
const SIGNATURE_DIALECTS: Readonly<Record<Vendor, readonly string[]>> = {
  anthropic: ['anthropic', 'bedrock'],
  gemini: ['gemini'],
  openai: ['responses'],
};

/** Members that refer to something stored at a vendor. */
const STORED_MEMBERS = new Set(['container', 'cachedContent']);

/**
 * The parts of a request that only providers of certain dialects can read.
 *
 * Files and other stored objects always bind (firm). The rest binds only if a provider of such a dialect is available, and
 * is dropped and reported otherwise: signed reasoning whose tool calls have just been answered, since the vendor continues
 * from it (in earlier turns another vendor's model can do without); user content that only the client's dialect can express
 * (a video); and tools that only a provider can run (its search).
 *
 * @param own - the dialects whose providers know the client's ids and its dialect-specific content
 */
export function bindingsIn(
  turns: readonly Turn[],
  foreign: readonly ForeignMember[],
  own: readonly string[],
): readonly VendorBinding[] {
  const stored = foreign.filter(({ field }) => STORED_MEMBERS.has(field)).map(({ field }) => field);
  const files = turns.flatMap(({ parts }) => parts.flatMap(filesIn));
  const firm = [
    ...stored.map((at) => ({ at, dialects: own, isFirm: true })),
    ...files.map((file) => ({ at: file.at, dialects: readersOf(file, own), isFirm: true })),
  ];
  const tools = foreign.filter(({ isTool }) => isTool).map(({ field }) => field);
  const shown = turns.flatMap(foreignContentIn).map(({ at }) => at);
  const soft = [...shown, ...tools].map((at) => ({ at, dialects: own, isFirm: false }));
  const reasoning = pendingReasoning(turns);
  if (reasoning === null) return [...firm, ...soft];
  const dialects = SIGNATURE_DIALECTS[reasoning.vendor];
  return [...firm, ...soft, { at: reasoning.at, dialects, isFirm: false }];
}

/** User content that no other dialect can express. */
function foreignContentIn({ role, parts }: Turn): ForeignPart[] {
  if (role !== 'user') return [];
  return parts.filter((part) => part.kind === 'foreign' && part.isKnob !== true) as ForeignPart[];
}

function filesIn(part: ContentPart): MediaPart[] {
  if (part.kind === 'tool_result') return part.parts.flatMap(filesIn);
  return 'source' in part && part.source.kind === 'file' ? [part] : [];
}

/** Chat Completions accept a document by its id, but not an image. */
function readersOf({ kind }: MediaPart, own: readonly string[]): readonly string[] {
  return kind === 'image' ? own.filter((dialect) => dialect !== 'openai') : own;
}

/** The last signed reasoning of the turn whose tool calls have just been answered. */
function pendingReasoning(turns: readonly Turn[]) {
  if (turns.at(-1)?.role !== 'tool') return null;
  const before = turns.findLast(({ role }) => role === 'assistant');
  const reasoning = before?.parts.findLast(
    (part) => part.kind === 'reasoning' && (part.signature ?? part.redacted) !== null,
  );
  return reasoning?.kind === 'reasoning' ? reasoning : null;
}
