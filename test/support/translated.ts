import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import type {
  AnswerRules,
  ClientDialect,
  ClientDialectName,
  DialectName,
  Target,
} from '../../src/dialects/dialect.js';
import { passageBetween } from '../../src/dialects/dialects.js';
import { gemini } from '../../src/dialects/gemini/gemini.js';
import { completions } from '../../src/dialects/completions/completions.js';
import { openai } from '../../src/dialects/openai/openai.js';
import type { Asked } from '../../src/dialects/passage.js';
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
  usageOption: true,
  outputCap: 'max_tokens',
  takesThoughts: false,
  schemas: true,
  renames: {},
  refusals: [],
  onLoss: 'drop',
  memory: { keep: () => undefined, restored: (turns) => turns },
};

export const RULES: AnswerRules = {
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
  readonly asked: Asked;
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
  const asked = passageBetween(from, to).ask(request, edits, () => ({ ...TARGET, ...target }));
  return {
    json: JSON.parse(asked.body.toString()) as Record<string, unknown>,
    dropped: asked.dropped.map(({ field }) => field),
    asked,
  };
}

const ASKED: Asked = {
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
  asked: Partial<Asked> = {},
) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const passage = passageBetween(client, provider);
  const { body: out, summary } = passage.readAnswer(bytes, RULES, { ...ASKED, ...asked });
  return { json: JSON.parse(out.toString()) as Record<string, unknown>, summary };
}

/** What the client gets of a provider's stream that comes in these pieces. */
export function streamed(
  client: ClientDialectName,
  provider: DialectName,
  pieces: readonly Buffer[],
  asked: Partial<Asked> = {},
) {
  const stream = passageBetween(client, provider).openStream(RULES, { ...ASKED, ...asked });
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
