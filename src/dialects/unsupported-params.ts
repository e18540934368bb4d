import { isObject, objectOrEmpty } from './json.js';
import { removals, scanObject, spliceBytes, parseValue, type MemberSpan } from './json-splice.js';
import type { Losses } from './neutral/losses.js';
import type { NeutralRequest, Sampling } from './neutral/request.js';

/** Request members that some models reject although their dialect has them. */
export interface UnsupportedParams {
  /** By name: the value that is equivalent to leaving the member out, so that removing it loses nothing; `null` for none. */
  readonly members: Readonly<Record<string, number | boolean | null>>;
  /** They are accepted while the model does not reason: if effort `none` is requested, or also if no effort is. */
  readonly unlessEffort: 'none' | 'none or unset' | null;
  /** They are rejected only together with this member; `null` for always. */
  readonly beside: string | null;
  /** They are rejected only if they are objects of one of these types; absent for any value. */
  readonly types?: readonly string[];
  /** The nearest accepted value, as JSON; absent if there is none. */
  readonly replacement?: string;
}

/** The members that hold the effort, in OpenAI's Chat Completions and Responses. */
const EFFORT = 'reasoning_effort';
const REASONING = 'reasoning';

/**
 * The client's bytes without what the model rejects; the same buffer if there is nothing to remove.
 *
 * Duplicate members are all removed. A value that is equivalent to none is removed without being reported; one with a
 * near equivalent is replaced by it, and reported as a hint.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` with the member's name, if nothing may be dropped
 */
export function withoutUnsupported(
  body: Buffer,
  refusals: readonly UnsupportedParams[],
  losses: Losses,
): Buffer {
  const names = refusals.flatMap(({ members, beside }) => [
    ...Object.keys(members),
    ...(beside === null ? [] : [beside]),
  ]);
  const { found } = scanObject(body, 0, [...names, EFFORT, REASONING]);
  const written = new Map(found.map((span) => [span.name, parseValue(body, span)]));
  const reasoning = objectOrEmpty(written.get(REASONING));
  const effort = written.get(EFFORT) ?? reasoning['effort'] ?? null;
  const isWritten = (name: string): boolean => (written.get(name) ?? null) !== null;
  const replaced = new Map<string, string | null>();
  for (const refusal of refusals) {
    if (!applies(refusal, effort, isWritten)) continue;
    for (const [name, defaultValue] of Object.entries(refusal.members)) {
      if (!written.has(name) || !isOfType(written.get(name), refusal)) continue;
      replaced.set(name, refusal.replacement ?? null);
      if (refusal.replacement !== undefined) losses.hint(name, name);
      else if (!isEquivalentToAbsent(written.get(name), defaultValue)) losses.note(name, name);
    }
  }
  return replaced.size === 0 ? body : withReplaced(body, found, replaced);
}

/** @param replaced - the JSON that replaces members, by name; `null` to remove them */
function withReplaced(
  body: Buffer,
  found: readonly MemberSpan[],
  replaced: ReadonlyMap<string, string | null>,
): Buffer {
  const splices = removals(found.filter(({ name }) => replaced.get(name) === null));
  for (const { name, start, end } of found) {
    const text = replaced.get(name) ?? null;
    if (text !== null) splices.push({ start, end, text });
  }
  return spliceBytes(body, splices);
}

/** Sampling parameters, by their names in requests. */
const SAMPLING: Readonly<Record<string, keyof Sampling>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
};

/**
 * A neutral request without what the model rejects.
 *
 * @throws {GatewayError} `invalid_request` with the client's name of the member, if nothing may be dropped
 */
export function neutralWithoutUnsupported(
  request: NeutralRequest,
  refusals: readonly UnsupportedParams[],
  losses: Losses,
): NeutralRequest {
  const { thinking } = request;
  // "No reasoning" is written by leaving the effort out, so the model uses its default.
  const effort = thinking === null || thinking.mode === 'off' ? null : 'some';
  const isWritten = (name: string): boolean => askedIn(request, name) !== undefined;
  const refused = new Set<string>();
  for (const refusal of refusals) {
    if (!applies(refusal, effort, isWritten)) continue;
    for (const [name, defaultValue] of Object.entries(refusal.members)) {
      const value = askedIn(request, name);
      if (value === undefined) continue;
      refused.add(name);
      if (value !== defaultValue) noteRefused(request, name, losses);
    }
  }
  return refused.size === 0 ? request : lacking(request, refused);
}

function noteRefused({ names, thinking }: NeutralRequest, name: string, losses: Losses): void {
  // The model uses its default effort instead, so this counts as rounding.
  if (name === EFFORT) losses.hint(thinking?.at ?? name, 'thinking');
  else if (name === 'stop') losses.note(names.stop, names.stop);
  else losses.note(name === 'top_p' ? names.topP : name, name);
}

/** The requested value, by the name of its member in OpenAI's dialect; `undefined` if it is not set. */
function askedIn(request: NeutralRequest, name: string): unknown {
  switch (name) {
    case 'logprobs':
      return request.logprobs ?? undefined;
    case 'stop':
      return request.stop.length > 0 ? request.stop : undefined;
    case 'n':
      return request.choices > 1 ? request.choices : undefined;
    case EFFORT:
      return request.thinking?.mode === 'off' ? undefined : (request.thinking ?? undefined);
    default:
      return samplingIn(request, name);
  }
}

function samplingIn(request: NeutralRequest, name: string): number | undefined {
  const member = SAMPLING[name];
  return member === undefined ? undefined : request.sampling[member];
}

function lacking(request: NeutralRequest, refused: ReadonlySet<string>): NeutralRequest {
  const refusedMembers = new Set([...refused].map((name) => SAMPLING[name]));
  const accepted = Object.entries(request.sampling).filter(
    ([name]) => !refusedMembers.has(name as keyof Sampling),
  );
  return {
    ...request,
    sampling: Object.fromEntries(accepted),
    logprobs: refused.has('logprobs') ? null : request.logprobs,
    stop: refused.has('stop') ? [] : request.stop,
    choices: refused.has('n') ? 1 : request.choices,
    thinking: refused.has(EFFORT) ? null : request.thinking,
  };
}

function applies(
  { unlessEffort, beside }: UnsupportedParams,
  effort: unknown,
  isWritten: (name: string) => boolean,
): boolean {
  if (beside !== null && !isWritten(beside)) return false;
  if (unlessEffort === null) return true;
  const isOffByDefault = effort === null && unlessEffort === 'none or unset';
  return effort !== 'none' && !isOffByDefault;
}

function isOfType(value: unknown, { types }: UnsupportedParams): boolean {
  return types === undefined || types.includes(String(objectOrEmpty(value)['type']));
}

/** `null` and an empty object are equivalent to leaving the member out. */
function isEquivalentToAbsent(value: unknown, defaultValue: number | boolean | null): boolean {
  return (
    value === defaultValue || value === null || (isObject(value) && Object.keys(value).length === 0)
  );
}
