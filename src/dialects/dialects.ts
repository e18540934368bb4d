import { anthropic } from './anthropic/anthropic.js';
import type { ClientDialectName, Dialect, DialectName, ProviderDialect } from './dialect.js';
import { gemini } from './gemini/gemini.js';
import { openai } from './openai/openai.js';
import { direct, translation, type Passage } from './passage.js';

const PASSAGES: Readonly<Record<ClientDialectName, Readonly<Record<DialectName, Passage>>>> = {
  openai: passagesOf(openai),
  anthropic: passagesOf(anthropic),
};

/** How a client of one dialect is served by a provider of the same or another. */
export function passageBetween(client: ClientDialectName, provider: DialectName): Passage {
  return PASSAGES[client][provider];
}

function passagesOf(client: Dialect): Record<DialectName, Passage> {
  const to = (provider: ProviderDialect): Passage =>
    provider.name === client.name ? direct(client) : translation(client, provider);
  return { openai: to(openai), anthropic: to(anthropic), gemini: to(gemini) };
}
