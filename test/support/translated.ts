import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import type {
  AnswerOptions,
  ClientDialect,
  ClientDialectName,
  DialectName,
  Target,
} from '../../src/dialects/dialect.js';
import { adapterBetween } from '../../src/dialects/dialects.js';
import { gemini } from '../../src/dialects/gemini/gemini.js';
import { completions } from '../../src/dialects/completions/completions.js';
import { openai } from '../../src/dialects/openai/openai.js';
import type { PreparedRequest } from '../../src/dialects/dialect-adapter.js';
import { responses } from '../../src/dialects/responses/responses.js';

export const DIALECTS: Readonly<Record<ClientDialectName, ClientDialect>> = {
  openai,
  anthropic,
  gemini,
  responses,
  completions,
};

/** A model that can do everything, at a provider without quirks. */
export const TARGET: Target = {
  model: 'model-there',
  provider: 'acme',
  kind: 'acme',
  maxOutputTokens: null,
  canThink: true,
  efforts: null,
  acceptsStreamOptions: true,
  outputLimitMember: 'max_tokens',
  acceptsReasoning: false,
  supportsSchemas: true,
  renames: {},
  refusals: [],
  onLoss: 'drop',
  memory: { store: () => undefined, restore: (turns) => turns },
};

export const RULES: AnswerOptions = {
  trusted: false,
  includeUsage: true,
  model: 'vendor/model',
  createdS: 1_700_000_000,
  seed: 'seed',
};

/** A request as the provider gets it, and what it does not get. */
export interface Translated {
  readonly json: Record<string, unknown>;
  readonly dropped: readonly string[];
  readonly asked: PreparedRequest;
}

/** Puts a request of one dialect into the words of another. */
export function translated(
  from: ClientDialectName,
  to: DialectName,
  body: unknown,
  target: Partial<Target> = {},
): Translated {
  const request = DIALECTS[from].readRequest(Buffer.from(JSON.stringify(body)));
  const edits = { model: 'model-there', askUsage: false };
  const asked = adapterBetween(from, to).prepareRequest(request, edits, () => ({
    ...TARGET,
    ...target,
  }));
  return {
    json: JSON.parse(asked.body.toString()) as Record<string, unknown>,
    dropped: asked.dropped.map(({ field }) => field),
    asked,
  };
}

const ASKED: PreparedRequest = {
  body: Buffer.alloc(0),
  headers: [],
  dropped: [],
  answerTool: null,
  restoring: null,
  memory: null,
};

/** Puts a whole answer of a provider into the words of a client. */
export function answered(
  client: ClientDialectName,
  provider: DialectName,
  body: unknown,
  asked: Partial<PreparedRequest> = {},
) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const passage = adapterBetween(client, provider);
  const { body: out, summary } = passage.readAnswer(bytes, RULES, { ...ASKED, ...asked });
  return { json: JSON.parse(out.toString()) as Record<string, unknown>, summary };
}

/** What the client gets of a provider's stream that comes in these pieces. */
export function streamed(
  client: ClientDialectName,
  provider: DialectName,
  pieces: readonly Buffer[],
  asked: Partial<PreparedRequest> = {},
) {
  const stream = adapterBetween(client, provider).openStream(RULES, { ...ASKED, ...asked });
  const out = pieces.map((piece) => stream.push(piece));
  out.push(stream.end());
  return { text: Buffer.concat(out).toString(), stream };
}

/** The data of every event that is JSON. */
export function eventsIn(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Record<string, unknown>);
}
