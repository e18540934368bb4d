import { isObject, objectOrEmpty } from './json.js';
import { memberValue, removals, scanObject, spliceBytes, type MemberSpan } from './json-splice.js';
import type { Losses } from './neutral/losses.js';
import type { NeutralRequest, Sampling } from './neutral/request.js';

/** Members of a request that make it fail at some models, although their dialect has them. */
export interface Refusal {
  /** By name: the value that says no more than silence does, so that leaving it out is no loss; `null` for none. */
  readonly members: Readonly<Record<string, number | boolean | null>>;
  /** They are taken after all where the model does not think: where that is asked for, or where nothing is said. */
  readonly unlessEffort: 'none' | 'none or silence' | null;
  /** They are refused only where this member is written as well; `null` for always. */
  readonly beside: string | null;
  /** They are refused only where they are objects of one of these types; absent for any value. */
  readonly types?: readonly string[];
  /** What comes nearest to it, as JSON; absent where nothing does. */
  readonly instead?: string;
}

/** What bears on whether a refusal holds, in OpenAI's chat completions and in its responses. */
const EFFORT = 'reasoning_effort';
const REASONING = 'reasoning';

/**
 * The client's bytes without what the model refuses; the very bytes where there is nothing of it.
 *
 * What is written twice is left out twice. What says no more than silence is left out without a word; what has something
 * near it is replaced, as an effort is that is rounded.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` with the member's name, where nothing may be left out
 */
export function withoutRefused(body: Buffer, refusals: readonly Refusal[], losses: Losses): Buffer {
  const names = refusals.flatMap(({ members, beside }) => [
    ...Object.keys(members),
    ...(beside === null ? [] : [beside]),
  ]);
  const { found } = scanObject(body, 0, [...names, EFFORT, REASONING]);
  const written = new Map(found.map((span) => [span.name, memberValue(body, span)]));
  const reasoning = objectOrEmpty(written.get(REASONING));
  const effort = written.get(EFFORT) ?? reasoning['effort'] ?? null;
  const isWritten = (name: string): boolean => (written.get(name) ?? null) !== null;
  const replaced = new Map<string, string | null>();
  for (const refusal of refusals) {
    if (!holds(refusal, effort, isWritten)) continue;
    for (const [name, silence] of Object.entries(refusal.members)) {
      if (!written.has(name) || !isOfType(written.get(name), refusal)) continue;
      replaced.set(name, refusal.instead ?? null);
      if (refusal.instead !== undefined) losses.hint(name, name);
      else if (!saysNothing(written.get(name), silence)) losses.note(name, name);
    }
  }
  return replaced.size === 0 ? body : withReplaced(body, found, replaced);
}

/** @param replaced - JSON to stand in place of members, by their names; `null` for nothing */
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
  return spliceBytes(
    body,
    splices.sort((a, b) => a.start - b.start),
  );
}

/** Members that choose words, by their names in requests. */
const SAMPLING: Readonly<Record<string, keyof Sampling>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
};

/**
 * What a client of another dialect asks for, without what the model refuses.
 *
 * @throws {GatewayError} `invalid_request` with the client's own name of the member, where nothing may be left out
 */
export function neutralWithoutRefused(
  request: NeutralRequest,
  refusals: readonly Refusal[],
  losses: Losses,
): NeutralRequest {
  const { thinking } = request;
  // That it shall not think is written as nothing, so the model does as it does by itself.
  const effort = thinking === null || thinking.mode === 'off' ? null : 'some';
  const isWritten = (name: string): boolean => valueIn(request, name) !== undefined;
  const refused = new Set<string>();
  for (const refusal of refusals) {
    if (!holds(refusal, effort, isWritten)) continue;
    for (const [name, silence] of Object.entries(refusal.members)) {
      const value = valueIn(request, name);
      if (value === undefined) continue;
      refused.add(name);
      if (value !== silence) noteRefused(request, name, losses);
    }
  }
  return refused.size === 0 ? request : lacking(request, refused);
}

function noteRefused({ names, thinking }: NeutralRequest, name: string, losses: Losses): void {
  // The model thinks as much as it does by itself: an effort is rounded to that.
  if (name === EFFORT) losses.hint(thinking?.at ?? name, 'thinking');
  else if (name === 'stop') losses.note(names.stop, names.stop);
  else losses.note(name === 'top_p' ? names.topP : name, name);
}

/** What the client asks for, by the name of the member that tells it; `undefined` for nothing. */
function valueIn(request: NeutralRequest, name: string): unknown {
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
  const gone = new Set([...refused].map((name) => SAMPLING[name]));
  const kept = Object.entries(request.sampling).filter(
    ([name]) => !gone.has(name as keyof Sampling),
  );
  return {
    ...request,
    sampling: Object.fromEntries(kept),
    logprobs: refused.has('logprobs') ? null : request.logprobs,
    stop: refused.has('stop') ? [] : request.stop,
    choices: refused.has('n') ? 1 : request.choices,
    thinking: refused.has(EFFORT) ? null : request.thinking,
  };
}

function holds(
  { unlessEffort, beside }: Refusal,
  effort: unknown,
  isWritten: (name: string) => boolean,
): boolean {
  if (beside !== null && !isWritten(beside)) return false;
  if (unlessEffort === null) return true;
  const isSilent = effort === null && unlessEffort === 'none or silence';
  return effort !== 'none' && !isSilent;
}

function isOfType(value: unknown, { types }: Refusal): boolean {
  return types === undefined || types.includes(String(objectOrEmpty(value)['type']));
}

/** `null` and an empty object ask for nothing. */
function saysNothing(value: unknown, silence: number | boolean | null): boolean {
  return (
    value === silence || value === null || (isObject(value) && Object.keys(value).length === 0)
  );
}
