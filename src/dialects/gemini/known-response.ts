import { isObject, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** Members of a candidate that can be cached: without results of Google's own tools, which go out of date. */
const CANDIDATE_MEMBERS = new Set([
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
const PART_MEMBERS = new Set(['text', 'thought', 'thoughtSignature', 'functionCall']);
/** Members of arguments that are streamed in pieces, which are not joined here. */
const PARTIAL_ARGUMENTS = ['partialArgs', 'willContinue'];

/** A candidate with only known members. */
export interface KnownCandidate {
  readonly body: JsonObject;
  readonly parts: readonly JsonObject[];
}

/**
 * The candidates of a response, in order.
 *
 * @returns `null` if one has an unknown member
 */
export function knownCandidates(response: JsonObject): readonly KnownCandidate[] | null {
  const { candidates = [] } = response;
  if (!Array.isArray(candidates)) return null;
  const known = candidates.map(knownCandidate);
  return known.every((each) => each !== null) ? known : null;
}

function knownCandidate(body: unknown): KnownCandidate | null {
  if (!isObject(body) || !hasOnly(body, CANDIDATE_MEMBERS)) return null;
  const { parts = [] } = objectOrEmpty(body['content']);
  if (!Array.isArray(parts)) return null;
  const known = parts.filter(isKnownPart);
  return known.length === parts.length ? { body, parts: known } : null;
}

function isKnownPart(part: unknown): part is JsonObject {
  if (!isObject(part) || !hasOnly(part, PART_MEMBERS)) return false;
  const { functionCall } = part;
  if (functionCall === undefined) return typeof part['text'] === 'string';
  return isObject(functionCall) && !PARTIAL_ARGUMENTS.some((name) => name in functionCall);
}

function hasOnly(object: JsonObject, names: ReadonlySet<string>): boolean {
  return Object.entries(object).every(([name, value]) => names.has(name) || value === null);
}

/** A response, and its candidates if any; `null` if it is not a response or has unknown members. */
export function knownAnswer(
  whole: Buffer,
): { readonly body: JsonObject; readonly candidates: readonly KnownCandidate[] } | null {
  const body = parsedObject(whole.toString('utf8'));
  const candidates = body === null ? null : knownCandidates(body);
  if (body === null || candidates === null) return null;
  const isBlocked = textOrNull(objectOrEmpty(body['promptFeedback'])['blockReason']) !== null;
  return candidates.length > 0 || isBlocked ? { body, candidates } : null;
}
