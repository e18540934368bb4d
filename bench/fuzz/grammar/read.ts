import { GrammarFault, assertRule, type Json } from './fault.js';

/** @throws {GrammarFault} for anything but an object */
export function object(value: unknown, where: string): Json {
  assertRule(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `${where}: no object`,
  );
  return value as Json;
}

/** @throws {GrammarFault} for anything but a list of objects */
export function objects(value: unknown, where: string): Json[] {
  assertRule(Array.isArray(value), `${where}: no list`);
  return value.map((one: unknown, i) => object(one, `${where}[${i}]`));
}

/** @throws {GrammarFault} for anything but text */
export function text(value: unknown, where: string): string {
  assertRule(typeof value === 'string', `${where}: no text`);
  return value;
}

/** @throws {GrammarFault} for anything but non-empty text */
export function name(value: unknown, where: string): string {
  const named = text(value, where);
  assertRule(named !== '', `${where}: empty`);
  return named;
}

/** @throws {GrammarFault} for anything but a count of tokens: a whole number from 0 */
export function count(value: unknown, where: string): number {
  assertRule(Number.isSafeInteger(value) && Number(value) >= 0, `${where}: no count`);
  return Number(value);
}

/** @throws {GrammarFault} for text that is not a JSON object */
export function parsed(json: string, where: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new GrammarFault(`${where}: not JSON`);
  }
  return object(value, where);
}

/** One server-sent event. */
export interface Frame {
  readonly name: string;
  readonly data: string;
}

/**
 * The events of a stream in which each is an optional `event:` line, one `data:` line and a blank line.
 *
 * @throws {GrammarFault} for anything else between or after them
 */
export function frames(sent: string, lineEnd = '\n'): Frame[] {
  if (sent === '') return [];
  const blocks = sent.split(lineEnd + lineEnd);
  assertRule(blocks.pop() === '', 'the last event has no end');
  return blocks.map((block) => {
    const [, name = '', data] = /^(?:event: ([^\r\n]*)\r?\n)?data: ([^\r\n]*)$/.exec(block) ?? [];
    assertRule(data !== undefined, 'lines that are no event');
    return { name, data };
  });
}
