import * as z from 'zod';
import { nearest } from '../../core/nearest.js';
import { DataError } from '../../outcomes/jsonl.js';
import { reasonOf } from '../reason.js';

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

/** US dollars per million tokens, the dearest tier of each. */
export interface DearestRates {
  readonly input: number;
  readonly output: number;
}

/** One request to a model. */
export interface Ask {
  readonly model: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly tools: readonly Readonly<Record<string, unknown>>[] | null;
  readonly maxTokens: number;
}

/** What a model said, and what it cost. */
export interface Answer {
  readonly text: string;
  /** `null`: the provider did not say. */
  readonly inTokens: number | null;
  readonly outTokens: number | null;
  readonly costUsd: number | null;
  /** It ends where the limit of the request was, and not where the model wanted. */
  readonly isCut: boolean;
}

/** A call that brought no answer; the run goes on without it. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** A provider may ask money for it all the same. */
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

/** A running Suffice, as its clients see it. */
export class Gateway {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param key - `null` where the gateway wants none */
  constructor(url: string, key: string | null) {
    this.#url = url.replace(/\/+$/u, '');
    this.#headers = {
      'content-type': 'application/json',
      // An answer that a cache gives is of no model that is tested, costs nothing and may be to another question.
      'cache-control': 'no-store',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    };
  }

  /**
   * The rates of every model that is served; `null` where they are unknown.
   *
   * @throws {DataError} no gateway answers there, or it refuses
   */
  async rates(): Promise<ReadonlyMap<string, DearestRates | null>> {
    const response = await this.#fetch('/v1/models', {}).catch((cause: unknown) => {
      const hint = 'start one with `suffice serve`, or name another with --url';
      throw new DataError(`no gateway answers at ${this.#url}: ${hint}`, { cause });
    });
    const json = await jsonOf(response);
    const parsed = modelList.safeParse(json);
    if (!response.ok || !parsed.success) {
      throw new DataError(`${this.#url}/v1/models: ${explained(response.status, json)}`);
    }
    return new Map(parsed.data.data.map(({ id, pricing: price }) => [id, dearest(price ?? null)]));
  }

  /** @throws {CallError} no answer, or one by another model than was asked */
  async ask(ask: Ask): Promise<Answer> {
    const options = { method: 'POST', body: JSON.stringify(bodyOf(ask)) };
    const response = await this.#fetch('/v1/chat/completions', options).catch((cause: unknown) => {
      throw new CallError(reasonOf(cause), { mayHaveCost: true, cause });
    });
    const json = await jsonOf(response);
    const parsed = completion.safeParse(json);
    if (!response.ok || !parsed.success) {
      throw new CallError(explained(response.status, json), { mayHaveCost: response.ok });
    }
    const by = response.headers.get('x-suffice-model');
    if (by !== null && by !== ask.model) {
      throw new CallError(`${by} answered in place of ${ask.model}`, { mayHaveCost: true });
    }
    return answerIn(parsed.data, ask, response.headers.get('x-suffice-cost-usd'));
  }

  #fetch(path: string, options: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(`${this.#url}${path}`, { ...options, headers: this.#headers, signal });
  }
}

/**
 * The rates of some models among those that a gateway serves.
 *
 * @throws {DataError} for a model that is not served, or whose price is unknown
 */
export function knownRates(
  served: ReadonlyMap<string, DearestRates | null>,
  models: readonly string[],
  url: string,
): ReadonlyMap<string, DearestRates> {
  return new Map(
    models.map((model) => {
      const rates = served.get(model);
      if (rates === undefined) {
        const meant = nearest(model, [...served.keys()]);
        const hint = meant === null ? '' : `; did you mean "${meant}"?`;
        throw new DataError(`the gateway at ${url} serves no "${model}"${hint}`);
      }
      if (rates === null) {
        throw new DataError(
          `the price of ${model} is unknown, so no budget can be kept: state it under models in suffice.yaml`,
        );
      }
      return [model, rates] as const;
    }),
  );
}

function bodyOf({ model, messages, tools, maxTokens }: Ask): Readonly<Record<string, unknown>> {
  // OpenAI's newer models refuse the older name, and most others know only that.
  const limit = model.startsWith('openai/') ? 'max_completion_tokens' : 'max_tokens';
  return { model, messages, ...(tools === null ? {} : { tools }), [limit]: maxTokens };
}

/** Providers count a few tokens otherwise; a model whose own limit is lower stops far before it. */
const AT_LIMIT = 0.9;

function answerIn(
  { choices, usage }: z.infer<typeof completion>,
  { maxTokens }: Ask,
  cost: string | null,
): Answer {
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
    // A proxy's page of HTML, or nothing: the status is all there is to tell.
    return null;
  }
}

function explained(status: number, json: unknown): string {
  const parsed = failure.safeParse(json);
  return `the gateway answered ${status}${parsed.success ? `: ${parsed.data.error.message}` : ''}`;
}

function dearest(price: z.infer<typeof pricing> | null): DearestRates | null {
  if (price === null) return null;
  const all = [price, ...price.tiers];
  const most = (part: 'input' | 'output'): number | null =>
    all.some((rates) => rates[part] === null)
      ? null
      : Math.max(...all.map((rates) => rates[part] ?? 0));
  const [input, output] = [most('input'), most('output')];
  return input === null || output === null ? null : { input, output };
}
