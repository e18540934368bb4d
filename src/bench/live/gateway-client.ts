import * as z from 'zod';
import { nearest } from '../../core/nearest.js';
import { DataError } from '../../outcomes/jsonl.js';
import { rootCauseMessage } from '../root-cause.js';

const rate = z.number().nullable();
const pricing = z.looseObject({
  input: rate,
  output: rate,
  tiers: z.array(z.looseObject({ input: rate, output: rate })).default([]),
});
const modelList = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), pricing: pricing.nullish() })),
});
const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});
const failure = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** US dollars per million tokens, at the highest tier of each. */
export interface MaxRates {
  readonly input: number;
  readonly output: number;
}

/** One request to a model. */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly tools: readonly Readonly<Record<string, unknown>>[] | null;
  readonly maxTokens: number;
}

/** A model's answer, and what it cost. */
export interface ModelAnswer {
  readonly text: string;
  /** `null` if not reported. */
  readonly inTokens: number | null;
  readonly outTokens: number | null;
  readonly costUsd: number | null;
  /** Whether it was cut off by the request's token limit. */
  readonly isCut: boolean;
}

/** A call without a usable answer; the run continues. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** Whether the provider may bill it anyway. */
  readonly mayHaveCost: boolean;

  constructor(
    message: string,
    detail: { readonly mayHaveCost: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: detail.cause });
    this.mayHaveCost = detail.mayHaveCost;
  }
}

const TIMEOUT_MS = 300_000;

/** A client for a running gateway. */
export class GatewayClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param key - `null` if the gateway requires none */
  constructor(url: string, key: string | null) {
    this.#url = url.replace(/\/+$/u, '');
    this.#headers = {
      'content-type': 'application/json',
      // A cached answer may be another model's, or to a similar question, and has no cost.
      'cache-control': 'no-store',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    };
  }

  /**
   * The rates of every served model; `null` if unknown.
   *
   * @throws {DataError} no gateway answers at the URL, or it refuses
   */
  async rates(): Promise<ReadonlyMap<string, MaxRates | null>> {
    const response = await this.#fetch('/v1/models', {}).catch((cause: unknown) => {
      const hint = 'start one with `suffice serve`, or give its address with --url';
      throw new DataError(`no gateway answers at ${this.#url}: ${hint}`, { cause });
    });
    const json = await jsonOf(response);
    const parsed = modelList.safeParse(json);
    if (!response.ok || !parsed.success) {
      throw new DataError(`${this.#url}/v1/models: ${describeFailure(response.status, json)}`);
    }
    return new Map(
      parsed.data.data.map(({ id, pricing: listPrice }) => [id, maxRates(listPrice ?? null)]),
    );
  }

  /** @throws {CallError} no answer, or an answer by a different model */
  async ask(request: ModelRequest): Promise<ModelAnswer> {
    const options = { method: 'POST', body: JSON.stringify(bodyOf(request)) };
    const response = await this.#fetch('/v1/chat/completions', options).catch((cause: unknown) => {
      throw new CallError(rootCauseMessage(cause), { mayHaveCost: true, cause });
    });
    const json = await jsonOf(response);
    const parsed = completion.safeParse(json);
    if (!response.ok || !parsed.success) {
      throw new CallError(describeFailure(response.status, json), { mayHaveCost: response.ok });
    }
    const by = response.headers.get('x-suffice-model');
    if (by !== null && by !== request.model) {
      throw new CallError(`${by} answered in place of ${request.model}`, { mayHaveCost: true });
    }
    return answerIn(parsed.data, request, response.headers.get('x-suffice-cost-usd'));
  }

  #fetch(path: string, options: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(`${this.#url}${path}`, { ...options, headers: this.#headers, signal });
  }
}

/**
 * The rates of the given models.
 *
 * @throws {DataError} a model is not served, or its price is unknown
 */
export function ratesOf(
  served: ReadonlyMap<string, MaxRates | null>,
  models: readonly string[],
  url: string,
): ReadonlyMap<string, MaxRates> {
  return new Map(
    models.map((model) => {
      const rates = served.get(model);
      if (rates === undefined) {
        const suggestion = nearest(model, [...served.keys()]);
        const hint = suggestion === null ? '' : `; did you mean "${suggestion}"?`;
        throw new DataError(`the gateway at ${url} does not serve "${model}"${hint}`);
      }
      if (rates === null) {
        throw new DataError(
          `the price of ${model} is unknown, so the budget cannot be enforced: set it under "models" in suffice.yaml`,
        );
      }
      return [model, rates] as const;
    }),
  );
}

function bodyOf({
  model,
  messages,
  tools,
  maxTokens,
}: ModelRequest): Readonly<Record<string, unknown>> {
  // OpenAI's newer models refuse `max_tokens`; most other providers know nothing else.
  const limit = model.startsWith('openai/') ? 'max_completion_tokens' : 'max_tokens';
  return { model, messages, ...(tools === null ? {} : { tools }), [limit]: maxTokens };
}

/**
 * An answer with this share of the allowed tokens counts as cut off by the request's limit: providers' counts
 * differ slightly. A model that stops at a lower limit of its own stays well below it.
 */
const AT_LIMIT = 0.9;

function answerIn(
  { choices, usage }: z.infer<typeof completion>,
  { maxTokens }: ModelRequest,
  cost: string | null,
): ModelAnswer {
  const outTokens = usage?.completion_tokens ?? null;
  const costUsd = Number(cost ?? Number.NaN);
  return {
    text: choices[0]?.message.content ?? '',
    inTokens: usage?.prompt_tokens ?? null,
    outTokens,
    costUsd: Number.isFinite(costUsd) ? costUsd : null,
    isCut:
      choices[0]?.finish_reason === 'length' && (outTokens ?? maxTokens) >= AT_LIMIT * maxTokens,
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // An HTML page of a proxy, or an empty body: only the status can be reported.
    return null;
  }
}

function describeFailure(status: number, json: unknown): string {
  const parsed = failure.safeParse(json);
  return `the gateway answered ${status}${parsed.success ? `: ${parsed.data.error.message}` : ''}`;
}

function maxRates(price: z.infer<typeof pricing> | null): MaxRates | null {
  if (price === null) return null;
  const all = [price, ...price.tiers];
  const highest = (part: 'input' | 'output'): number | null =>
    all.some((rates) => rates[part] === null)
      ? null
      : Math.max(...all.map((rates) => rates[part] ?? 0));
  const [input, output] = [highest('input'), highest('output')];
  return input === null || output === null ? null : { input, output };
}
