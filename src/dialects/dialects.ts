import { anthropic } from './anthropic/anthropic.js';
import { bedrock } from './bedrock/bedrock.js';
import { cohere } from './cohere/cohere.js';
import { completions } from './completions/completions.js';
import type { ClientDialect, ClientDialectName, DialectName, ProviderDialect } from './dialect.js';
import { gemini } from './gemini/gemini.js';
import { ollama } from './ollama/ollama.js';
import { openai } from './openai/openai.js';
import { sameDialectAdapter, translatingAdapter, type DialectAdapter } from './dialect-adapter.js';
import { responses } from './responses/responses.js';

const PASSAGES: Readonly<Record<ClientDialectName, Readonly<Record<DialectName, DialectAdapter>>>> =
  {
    openai: { ...translations(openai), openai: sameDialectAdapter(openai) },
    anthropic: { ...translations(anthropic), anthropic: sameDialectAdapter(anthropic) },
    gemini: { ...translations(gemini), gemini: sameDialectAdapter(gemini) },
    completions: translations(completions),
    responses: { ...translations(responses), responses: sameDialectAdapter(responses) },
  };

/** Serves clients of one dialect from providers of the same or another dialect. */
export function adapterBetween(client: ClientDialectName, provider: DialectName): DialectAdapter {
  return PASSAGES[client][provider];
}

function translations(client: ClientDialect): Record<DialectName, DialectAdapter> {
  const from = (provider: ProviderDialect): DialectAdapter => translatingAdapter(client, provider);
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
