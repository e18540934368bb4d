import { isObject, type JsonObject } from '../json.js';
import { removals, scanObject, spliceBytes, valueIn } from '../json-splice.js';
import type { Losses } from '../neutral/losses.js';
import { EFFORTS } from '../effort.js';
import { knownEffort, type Thinker } from './known-effort.js';
import { readThinking } from './neutral-request.js';

const OBJECT = 'reasoning';
const WORD = 'reasoning_effort';
/** Where the word comes from that is not the client's. */
export const WORD_FROM_OBJECT: ReadonlyMap<string, string> = new Map([[WORD, OBJECT]]);
const READ = new Set(['effort', 'max_tokens', 'enabled']);

/**
 * A chat completion request with `reasoning_effort` in place of `reasoning`, the object that OpenRouter's clients write
 * and OpenAI refuses; the very bytes where there is none.
 *
 * An effort that is written by name counts, and is the client's own. Another becomes the nearest that the model knows; one
 * that cannot think is asked for none.
 *
 * @throws {GatewayError} `invalid_request` with the member, where nothing may be left out
 */
export function withEffortByName(body: Buffer, model: Thinker, losses: Losses): Buffer {
  const { found } = scanObject(body, 0, [OBJECT, WORD]);
  const objects = found.filter(({ name }) => name === OBJECT);
  const last = objects.at(-1);
  const reasoning = last === undefined ? null : valueIn(body, last);
  if (last === undefined || !isObject(reasoning)) return body;
  noteRest(reasoning, losses);
  const hasWord = found.length > objects.length;
  const effort = hasWord ? null : wordFor(reasoning, model, losses);
  if (effort === null) return spliceBytes(body, removals(objects));
  const text = `${JSON.stringify(WORD)}:${JSON.stringify(effort)}`;
  const splices = [
    ...removals(objects.slice(0, -1)),
    { start: last.nameStart, end: last.end, text },
  ];
  return spliceBytes(body, splices);
}

/** Where nobody knows which words the model knows, the client's own is as good as any. */
function wordFor(
  reasoning: JsonObject,
  { canThink, efforts }: Thinker,
  losses: Losses,
): string | null {
  const thinking = readThinking({ [OBJECT]: reasoning });
  return knownEffort(thinking, { canThink, efforts: efforts ?? EFFORTS }, losses);
}

/** How thoughts are to be shown is no part of the effort. */
function noteRest(reasoning: JsonObject, losses: Losses): void {
  for (const [name, value] of Object.entries(reasoning)) {
    if (READ.has(name) || value === null || value === false) continue;
    losses.hint(`${OBJECT}.${name}`, OBJECT);
  }
}
