import { anthropic } from './anthropic/anthropic.js';
import type { Dialect, DialectName } from './dialect.js';
import { openai } from './openai/openai.js';
import { direct, translation, type Passage } from './passage.js';

/** Every dialect, by name. */
const DIALECTS: Readonly<Record<DialectName, Dialect>> = { openai, anthropic };

const PASSAGES: Readonly<Record<DialectName, Readonly<Record<DialectName, Passage>>>> = {
  openai: passagesOf(openai),
  anthropic: passagesOf(anthropic),
};

/** How a client of one dialect is served by a provider of the same or another. */
export function passageBetween(client: DialectName, provider: DialectName): Passage {
  return PASSAGES[client][provider];
}

function passagesOf(client: Dialect): Record<DialectName, Passage> {
  const to = (name: DialectName): Passage =>
    name === client.name ? direct(client) : translation(client, DIALECTS[name]);
  return { openai: to('openai'), anthropic: to('anthropic') };
}
