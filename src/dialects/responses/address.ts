import type { Addressee, Addressing } from '../answer-forms.js';
import { isObject, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { idFrom, relabelled } from './head.js';

/** The digits that ids made here have in common with those of their response's items. */
const OWN_DIGITS = /^resp_([0-9a-f]{48})$/;
/** The member's name cannot stand in a text: its quotes would be escaped there. */
const TELLS_RESPONSE = /"response"\s*:\s*\{/;
const EVENT_ENDS = /(?<=\n\n)/;
const DATA = '\ndata: ';

/**
 * Gives an answer an id of its own, and the labels of the request that it is given to now.
 *
 * A response is kept, gone on from and deleted by its id, so no two requests may have the same. Its
 * items follow where their ids were made here; those of a provider are left, since it may look for them.
 */
export function addressed(to: Addressee): Addressing {
  const id = idFrom(to.id);
  let rename = (text: string): string => text;
  const learn = (response: JsonObject): void => {
    const digits = OWN_DIGITS.exec(textOrNull(response['id']) ?? '')?.[1];
    if (digits === undefined) return;
    const own = id.slice(id.indexOf('_') + 1);
    rename = (text) => text.replaceAll(digits, own);
  };
  const renamed = (response: JsonObject): JsonObject => {
    learn(response);
    const moved = parsedObject(rename(JSON.stringify(response))) ?? response;
    return { ...relabelled(moved, to.request), ...timesOf(moved, to.nowS), id };
  };
  const retold = (event: string): string => {
    const [head = '', data = ''] = event.split(DATA);
    const { response, ...told } = parsedObject(Buffer.from(data, 'latin1').toString('utf8')) ?? {};
    if (!TELLS_RESPONSE.test(data) || !isObject(response)) return rename(event);
    const json = JSON.stringify({ ...told, response: renamed(response) });
    return `${head}${DATA}${Buffer.from(json).toString('latin1')}\n\n`;
  };
  return {
    whole: (body) => {
      const response = parsedObject(body.toString('utf8'));
      return response === null ? body : Buffer.from(JSON.stringify(renamed(response)));
    },
    streamed: (bytes) => {
      const text = bytes.toString('latin1');
      if (!TELLS_RESPONSE.test(text)) return Buffer.from(rename(text), 'latin1');
      return Buffer.from(text.split(EVENT_ENDS).map(retold).join(''), 'latin1');
    },
  };
}

function timesOf(response: JsonObject, nowS: number): JsonObject {
  const told = ['created_at', 'completed_at'].filter((name) => typeof response[name] === 'number');
  return Object.fromEntries(told.map((name) => [name, nowS]));
}
