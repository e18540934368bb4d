import { systemClock } from '../../src/core/clock.js';
import type { Upstream } from '../../src/core/model.js';
import type { AnswerBody, UpstreamAnswer, UpstreamRequest } from '../../src/upstream/answer.js';
import { openUpstreams, type Upstreams, type UpstreamsOptions } from '../../src/upstream/call.js';
import {
  type Provider,
  resolveProvider,
  type ProviderSettings,
} from '../../src/upstream/providers.js';
import { FakeUpstream } from '../support/fake-upstream.js';

/** The resolved provider; throws if the settings are invalid. */
export function provider(name: string, settings: ProviderSettings = {}): Provider {
  const resolved = resolveProvider(name, settings);
  if (!resolved.ok) throw new Error(resolved.why);
  return resolved.provider;
}

export function upstreamAt(name: string, model = 'model'): Upstream {
  return {
    id: `${name}/${model}`,
    provider: name,
    modelId: `vendor/${model}`,
    upstreamModel: model,
    price: null,
  };
}

/** The result of reading a streamed body. */
export interface ReadBody {
  readonly text: string;
  readonly failure: { code: string; message: string } | null;
}

/** Reads a stream until it ends or fails. */
export function readAll(answer: UpstreamAnswer): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (failure: ReadBody['failure']): void => {
      resolve({ text: Buffer.concat(chunks).toString('utf8'), failure });
    };
    bodyOf(answer).read({
      data: (chunk) => chunks.push(chunk),
      end: () => {
        finish(null);
      },
      fail: (error) => {
        finish({ code: error.code, message: error.message });
      },
    });
  });
}

export function bodyOf(answer: UpstreamAnswer): AnswerBody {
  if (answer.kind !== 'stream') throw new Error('the answer is not a stream');
  return answer.body;
}

export function bytesOf(answer: UpstreamAnswer): Buffer {
  if (answer.kind !== 'whole') throw new Error('the answer is a stream');
  return answer.bytes;
}

/** An API key that may appear nowhere but in the header. */
export const KEY = 'sk-secret-of-the-operator';

/** Options of the upstreams under test, and of the one provider they call. */
interface BenchOptions extends Partial<UpstreamsOptions> {
  readonly connections?: number;
}

/** A fake upstream and the upstreams under test, which call it as `openai`. */
export class Bench {
  readonly fake: FakeUpstream;
  upstreams: Upstreams;

  private constructor(fake: FakeUpstream) {
    this.fake = fake;
    this.upstreams = this.#open({});
  }

  static async start(): Promise<Bench> {
    return new Bench(await FakeUpstream.start());
  }

  /** Replaces the upstreams under test by ones with other options. */
  async reopen(options: BenchOptions): Promise<void> {
    await this.upstreams.close();
    this.upstreams = this.#open(options);
  }

  ask(request: Partial<UpstreamRequest> = {}): Promise<UpstreamAnswer> {
    const stream = request.stream ?? false;
    return this.upstreams.call({
      upstream: upstreamAt('openai'),
      body: Buffer.from(JSON.stringify({ model: 'model', stream })),
      stream,
      signal: new AbortController().signal,
      ...request,
    });
  }

  askStream(request: Partial<UpstreamRequest> = {}): Promise<UpstreamAnswer> {
    return this.ask({ stream: true, ...request });
  }

  async close(): Promise<void> {
    await this.upstreams.close();
    await this.fake.close();
  }

  #open({ connections, ...options }: BenchOptions): Upstreams {
    const settings = { apiKey: KEY, baseUrl: this.fake.baseUrl, connections };
    const openai = provider('openai', settings);
    return openUpstreams({
      providers: new Map([['openai', openai]]),
      clock: systemClock,
      version: '9.9.9',
      ...options,
    });
  }
}

/** Waits until everything in flight on the loopback has arrived. */
export async function settled(): Promise<void> {
  const untilMs = performance.now() + 15;
  while (performance.now() < untilMs) await new Promise((resolve) => setImmediate(resolve));
}
