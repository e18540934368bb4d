import type { JsonObject } from '../json.js';
import { objectsIn, textOrNull } from '../json.js';

/** Longer waits are capped: the client is better off elsewhere. */
const MAX_WAIT_S = 24 * 60 * 60;

/**
 * The retry delay of a response's headers, in the format of `retry-after`.
 *
 * OpenAI and Azure send it in milliseconds as well, or only in milliseconds.
 */
export function retryHeader(answer: {
  header(name: string): string | undefined;
}): string | undefined {
  const ms = answer.header('retry-after-ms')?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(ms) ? `${ms}ms` : answer.header('retry-after');
}

/**
 * How long to wait before the provider may be tried again.
 *
 * Read from the header (seconds, a duration such as `1500ms`, or a date), otherwise from the error
 * itself (Gemini's `retryDelay`, or a message such as "try again in 1.5s").
 *
 * @param error - the error object of the body; may be empty
 * @param nowMs - wall clock, milliseconds since 1970
 * @returns whole seconds, rounded up, at most a day; `null` if the provider does not say
 */
export function retryAfterS(
  header: string | undefined,
  error: JsonObject,
  nowMs: number,
): number | null {
  const delayS =
    fromHeader(header, nowMs) ??
    fromDetails(error) ??
    fromMessage(textOrNull(error['message']) ?? textOrNull(error['error']));
  if (delayS === null || !Number.isFinite(delayS) || delayS < 0) return null;
  return Math.min(Math.ceil(delayS), MAX_WAIT_S);
}

function fromHeader(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const untilMs = Date.parse(text);
  // `Date.parse` reads a plain number as a year, so durations are tried first.
  return durationS(text) ?? (Number.isNaN(untilMs) ? null : Math.max(0, (untilMs - nowMs) / 1000));
}

function fromDetails(error: JsonObject): number | null {
  for (const detail of objectsIn(error['details'])) {
    const delay = textOrNull(detail['retryDelay']);
    if (delay !== null) return durationS(delay);
  }
  return null;
}

function fromMessage(message: string | null): number | null {
  const delay =
    /(?:(?:try again|retry) (?:in|after)|please wait) ((?:\d+(?:\.\d+)?\s*(?:ms|[hms])\s*)+)/i.exec(
      message ?? '',
    )?.[1];
  return delay === undefined ? null : durationS(delay);
}

/** `20`, `1.5`, `1500ms`, `34.4s`, `6m0s` in seconds. */
function durationS(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  let seconds = 0;
  let matched = '';
  // Sticky, since otherwise a mismatch would be searched again from each of its digits.
  for (const [part, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[hms])\s*/giy)) {
    seconds += Number(amount) * unitS(unit ?? '');
    matched += part;
  }
  return matched !== '' && matched === text ? seconds : null;
}

function unitS(unit: string): number {
  switch (unit.toLowerCase()) {
    case 'ms':
      return 0.001;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    default:
      return 1;
  }
}
