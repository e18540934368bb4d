import { GatewayError } from '../../src/core/errors.js';
import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { bedrock } from '../../src/dialects/bedrock/bedrock.js';
import { cohere } from '../../src/dialects/cohere/cohere.js';
import type {
  ClientDialectName,
  DialectName,
  ProviderDialect,
  ReadOptions,
} from '../../src/dialects/dialect.js';
import { adapterBetween } from '../../src/dialects/dialects.js';
import { gemini } from '../../src/dialects/gemini/gemini.js';
import type { AnswerEvent } from '../../src/dialects/neutral/event.js';
import { EventNormaliser } from '../../src/dialects/neutral/event-normaliser.js';
import { ollama } from '../../src/dialects/ollama/ollama.js';
import { openai } from '../../src/dialects/openai/openai.js';
import type { PreparedRequest } from '../../src/dialects/dialect-adapter.js';
import { responses } from '../../src/dialects/responses/responses.js';
import { chunksOf } from './mutate-bytes.js';

const PROVIDERS: Readonly<Record<DialectName, ProviderDialect>> = {
  openai,
  anthropic,
  gemini,
  bedrock,
  cohere,
  ollama,
  responses,
};

const READING: ReadOptions = {
  trusted: false,
  includeUsage: true,
  model: 'vendor/model',
  createdS: 1_700_000_000,
  seed: 'seed',
  answerTool: null,
};

const ASKED: PreparedRequest = {
  body: Buffer.alloc(0),
  headers: [],
  dropped: [],
  answerTool: null,
  restoring: null,
  memory: null,
};

/** The output for a client, and the gateway's summary of it. */
export interface ClientOutput {
  readonly text: string;
  /** `null` if the answer is complete. */
  readonly failure: GatewayError | null;
  /** The accounting summary, as JSON. */
  readonly summary: string;
}

/** A provider's stream, in chunks, as a client gets it, including an error event. */
export function convertStream(
  [client, provider]: readonly [ClientDialectName, DialectName],
  bytes: Buffer,
  cuts: readonly number[],
): ClientOutput {
  const stream = adapterBetween(client, provider).openStream(READING, ASKED);
  const out: Buffer[] = [];
  for (const chunk of chunksOf(bytes, cuts)) {
    out.push(stream.push(chunk));
    if (stream.failure !== null) break;
  }
  if (stream.failure === null) out.push(stream.end());
  const { failure } = stream;
  if (failure !== null) out.push(stream.fail(failure));
  return { text: Buffer.concat(out).toString(), failure, summary: JSON.stringify(stream.summary) };
}

/** A provider's whole answer as a client gets it; empty if it cannot be converted. */
export function convertAnswer(
  client: ClientDialectName,
  provider: DialectName,
  bytes: Buffer,
): ClientOutput {
  const passage = adapterBetween(client, provider);
  try {
    const { body, summary } = passage.readAnswer(bytes, READING, ASKED);
    return { text: body.toString(), failure: null, summary: JSON.stringify(summary) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { text: '', failure: error, summary: '' };
  }
}

/** A provider's answer as neutral events, up to a failure if there is one. */
export interface ProviderEvents {
  readonly events: readonly AnswerEvent[];
  readonly isComplete: boolean;
}

/** @throws any error except the gateway's own */
export function readProvider(
  provider: DialectName,
  bytes: Buffer,
  isStream: boolean,
): ProviderEvents {
  const events: AnswerEvent[] = [];
  const order = new EventNormaliser((event) => events.push(event));
  const dialect = PROVIDERS[provider];
  try {
    if (isStream) {
      const reader = dialect.openReader(READING, (event) => {
        order.add(event);
      });
      reader.push(bytes);
      reader.end();
    } else {
      for (const event of dialect.readEvents(bytes, READING)) order.add(event);
      order.end();
    }
    return { events, isComplete: true };
  } catch (error) {
    // Nested too deeply to be serialised: reported to clients as a provider error.
    if (error instanceof GatewayError || error instanceof RangeError)
      return { events, isComplete: false };
    throw error;
  }
}
