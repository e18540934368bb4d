import { isObject, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** Members of a candidate that say nothing of what Google's own tools found: that was true on its day. */
const OF_CANDIDATES = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'safetyRatings',
  'citationMetadata',
  'tokenCount',
  'avgLogprobs',
  'logprobsResult',
]);
const OF_PARTS = new Set(['text', 'thought', 'thoughtSignature', 'functionCall']);
/** Arguments that come piece by piece are not put together here. */
const PIECEWISE = ['partialArgs', 'willContinue'];

/** A candidate of which every member is known. */
export interface KnownCandidate {
  readonly body: JsonObject;
  readonly parts: readonly JsonObject[];
}

/**
 * The candidates of a response, in its order.
 *
 * @returns `null` where one has anything whose meaning is not known here
 */
export function knownCandidates(response: JsonObject): readonly KnownCandidate[] | null {
  const { candidates = [] } = response;
  if (!Array.isArray(candidates)) return null;
  const known = candidates.map(knownCandidate);
  return known.every((each) => each !== null) ? known : null;
}

function knownCandidate(body: unknown): KnownCandidate | null {
  if (!isObject(body) || !hasOnly(body, OF_CANDIDATES)) return null;
  const { parts = [] } = objectOrEmpty(body['content']);
  if (!Array.isArray(parts)) return null;
  const known = parts.filter(isKnownPart);
  return known.length === parts.length ? { body, parts: known } : null;
}

function isKnownPart(part: unknown): part is JsonObject {
  if (!isObject(part) || !hasOnly(part, OF_PARTS)) return false;
  const { functionCall: call } = part;
  if (call === undefined) return typeof part['text'] === 'string';
  return isObject(call) && !PIECEWISE.some((name) => name in call);
}

function hasOnly(object: JsonObject, names: ReadonlySet<string>): boolean {
  return Object.entries(object).every(([name, value]) => names.has(name) || value === null);
}

/** A response, and its candidates if it has any; `null` for what is none, and for what is not known here. */
export function knownAnswer(
  whole: Buffer,
): { readonly body: JsonObject; readonly candidates: readonly KnownCandidate[] } | null {
  const body = parsedObject(whole.toString('utf8'));
  const candidates = body === null ? null : knownCandidates(body);
  if (body === null || candidates === null) return null;
  const isBlocked = textOrNull(objectOrEmpty(body['promptFeedback'])['blockReason']) !== null;
  return candidates.length > 0 || isBlocked ? { body, candidates } : null;
}
