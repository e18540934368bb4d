import type { Ask, DearestRates } from './gateway.js';

/** Ordinary text has about four characters a token; three leave room for code and other languages. */
const FEWEST_CHARS = 3;
const TOKENS_PER_RATE = 1_000_000;

/** The most that a call can cost in US dollars: all the tokens it may have, at the dearest rates. */
export function dearestUsd(ask: Ask, rates: DearestRates): number {
  const text = JSON.stringify(ask.messages) + JSON.stringify(ask.tools ?? []);
  const beyondAscii = text.replace(/[ -~]/gu, '').length;
  const inTokens = (text.length - beyondAscii) / FEWEST_CHARS + beyondAscii;
  return (inTokens * rates.input + ask.maxTokens * rates.output) / TOKENS_PER_RATE;
}

/** A text of so many tokens, where only its length matters. */
export function textOfTokens(tokens: number): string {
  return 'x'.repeat(tokens * FEWEST_CHARS);
}
