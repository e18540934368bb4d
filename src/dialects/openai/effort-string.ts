import { isObject, type JsonObject } from '../json.js';
import { removals, scanObject, spliceBytes, parseValue } from '../json-splice.js';
import type { Losses } from '../neutral/losses.js';
import { EFFORTS } from '../effort.js';
import { supportedEffort, type ReasoningSupport } from './supported-effort.js';
import { readThinking } from './neutral-request.js';

const OBJECT = 'reasoning';
const WORD = 'reasoning_effort';
/** The client's own field for a `reasoning_effort` that was converted from `reasoning`. */
export const EFFORT_SOURCE: ReadonlyMap<string, string> = new Map([[WORD, OBJECT]]);
const READ = new Set(['effort', 'max_tokens', 'enabled']);

/**
 * A chat completion request with `reasoning_effort` in place of `reasoning`, the object that OpenRouter's clients send
 * and OpenAI rejects; the same buffer if there is none.
 *
 * A `reasoning_effort` of the client takes precedence and stays as it is. One that is converted becomes the nearest that
 * the model supports; it is removed if the model does not reason.
 *
 * @throws {GatewayError} `invalid_request` with the member, if nothing may be dropped
 */
export function withEffortString(body: Buffer, model: ReasoningSupport, losses: Losses): Buffer {
  const { found } = scanObject(body, 0, [OBJECT, WORD]);
  const objects = found.filter(({ name }) => name === OBJECT);
  const last = objects.at(-1);
  const reasoning = last === undefined ? null : parseValue(body, last);
  if (last === undefined || !isObject(reasoning)) return body;
  noteOtherMembers(reasoning, losses);
  const hasEffort = found.length > objects.length;
  const effort = hasEffort ? null : effortFor(reasoning, model, losses);
  if (effort === null) return spliceBytes(body, removals(objects));
  const text = `${JSON.stringify(WORD)}:${JSON.stringify(effort)}`;
  const splices = [
    ...removals(objects.slice(0, -1)),
    { start: last.nameStart, end: last.end, text },
  ];
  return spliceBytes(body, splices);
}

/** If the supported efforts are unknown, any effort is passed on. */
function effortFor(
  reasoning: JsonObject,
  { canThink, efforts }: ReasoningSupport,
  losses: Losses,
): string | null {
  const thinking = readThinking({ [OBJECT]: reasoning });
  return supportedEffort(thinking, { canThink, efforts: efforts ?? EFFORTS }, losses);
}

/** Notes the members that do not concern the effort, such as how reasoning is shown. */
function noteOtherMembers(reasoning: JsonObject, losses: Losses): void {
  for (const [name, value] of Object.entries(reasoning)) {
    if (READ.has(name) || value === null || value === false) continue;
    losses.hint(`${OBJECT}.${name}`, OBJECT);
  }
}
