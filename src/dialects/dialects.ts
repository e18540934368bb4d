import { anthropic } from './anthropic/anthropic.js';
import { bedrock } from './bedrock/bedrock.js';
import { cohere } from './cohere/cohere.js';
import { completions } from './completions/completions.js';
import type { ClientDialect, ClientDialectName, DialectName, ProviderDialect } from './dialect.js';
import { gemini } from './gemini/gemini.js';
import { ollama } from './ollama/ollama.js';
import { openai } from './openai/openai.js';
import { direct, translation, type Passage } from './passage.js';
import { responses } from './responses/responses.js';

const PASSAGES: Readonly<Record<ClientDialectName, Readonly<Record<DialectName, Passage>>>> = {
  openai: { ...translations(openai), openai: direct(openai) },
  anthropic: { ...translations(anthropic), anthropic: direct(anthropic) },
  gemini: { ...translations(gemini), gemini: direct(gemini) },
  completions: translations(completions),
  responses: { ...translations(responses), responses: direct(responses) },
};

/** Serves clients of one dialect from providers of the same or another dialect. */
export function passageBetween(client: ClientDialectName, provider: DialectName): Passage {
  return PASSAGES[client][provider];
}

function translations(client: ClientDialect): Record<DialectName, Passage> {
  const from = (provider: ProviderDialect): Passage => translation(client, provider);
  return {
    openai: from(openai),
    anthropic: from(anthropic),
    gemini: from(gemini),
    bedrock: from(bedrock),
    cohere: from(cohere),
    ollama: from(ollama),
    responses: from(responses),
  };
}
