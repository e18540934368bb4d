import type { Recipient, AnswerRewriter } from '../cache-codec.js';
import { isObject, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { responseIdFrom, relabel } from './head.js';

/** The hexadecimal digits that a generated response id shares with the ids of its items. */
const OWN_DIGITS = /^resp_([0-9a-f]{48})$/;
/** The quoted name cannot occur inside a string: its quotes would be escaped. */
const RESPONSE_MEMBER = /"response"\s*:\s*\{/;
const EVENT_ENDS = /(?<=\n\n)/;
const DATA = '\ndata: ';

/**
 * Gives a cached answer an id of its own, and the labels of the request that it is now sent for.
 *
 * Responses are stored, continued and deleted by id, so each request needs its own. Item ids follow if they
 * were generated here; a provider's item ids stay, since it may look them up.
 */
export function readdressed(to: Recipient): AnswerRewriter {
  const id = responseIdFrom(to.id);
  let rename = (text: string): string => text;
  const learnDigits = (response: JsonObject): void => {
    const digits = OWN_DIGITS.exec(textOrNull(response['id']) ?? '')?.[1];
    if (digits === undefined) return;
    const own = id.slice(id.indexOf('_') + 1);
    rename = (text) => text.replaceAll(digits, own);
  };
  const rewriteResponse = (response: JsonObject): JsonObject => {
    learnDigits(response);
    const renamed = parsedObject(rename(JSON.stringify(response))) ?? response;
    return { ...relabel(renamed, to.request), ...timesOf(renamed, to.nowS), id };
  };
  const rewriteEvent = (event: string): string => {
    const [head = '', data = ''] = event.split(DATA);
    const { response, ...rest } = parsedObject(Buffer.from(data, 'latin1').toString('utf8')) ?? {};
    if (!RESPONSE_MEMBER.test(data) || !isObject(response)) return rename(event);
    const json = JSON.stringify({ ...rest, response: rewriteResponse(response) });
    return `${head}${DATA}${Buffer.from(json).toString('latin1')}\n\n`;
  };
  return {
    whole: (body) => {
      const response = parsedObject(body.toString('utf8'));
      return response === null ? body : Buffer.from(JSON.stringify(rewriteResponse(response)));
    },
    streamed: (bytes) => {
      const text = bytes.toString('latin1');
      if (!RESPONSE_MEMBER.test(text)) return Buffer.from(rename(text), 'latin1');
      return Buffer.from(text.split(EVENT_ENDS).map(rewriteEvent).join(''), 'latin1');
    },
  };
}

function timesOf(response: JsonObject, nowS: number): JsonObject {
  const timestamps = ['created_at', 'completed_at'].filter(
    (name) => typeof response[name] === 'number',
  );
  return Object.fromEntries(timestamps.map((name) => [name, nowS]));
}
