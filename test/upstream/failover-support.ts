import { systemClock } from '../../src/core/clock.js';
import type { GatewayError } from '../../src/core/errors.js';
import type { Upstream } from '../../src/core/model.js';
import { openai } from '../../src/dialects/openai/openai.js';
import { openUpstreams, type Upstreams, type UpstreamsOptions } from '../../src/upstream/call.js';
import {
  type Answer,
  answerWithFailover,
  type AnswerTask,
  type CommittedStream,
} from '../../src/upstream/failover.js';
import { CircuitBreakers } from '../../src/upstream/circuit-breakers.js';
import { answers, FakeUpstream } from '../support/fake-upstream.js';
import { provider, upstreamAt } from './support.js';

/** The chosen upstream, and the one to fall back on. */
export const BOTH: readonly Upstream[] = [upstreamAt('first', 'one'), upstreamAt('second', 'two')];

/** Two fake upstreams; the second answers by default. */
export class Pair {
  readonly first: FakeUpstream;
  readonly second: FakeUpstream;
  readonly #providers: AnswerTask['providers'];
  #upstreams: Upstreams;

  private constructor(first: FakeUpstream, second: FakeUpstream) {
    this.first = first;
    this.second = second;
    second.always(answers('Hello from the second.'));
    this.#providers = new Map([
      ['first', provider('first', { baseUrl: first.baseUrl })],
      ['second', provider('second', { baseUrl: second.baseUrl, usageOption: false })],
    ]);
    this.#upstreams = this.#open({});
  }

  static async start(): Promise<Pair> {
    return new Pair(await FakeUpstream.start(), await FakeUpstream.start());
  }

  async reopen(options: Partial<UpstreamsOptions>): Promise<void> {
    await this.#upstreams.close();
    this.#upstreams = this.#open(options);
  }

  ask(stream: boolean, task: Partial<AnswerTask> = {}): Promise<Answer> {
    const body = { model: 'auto', stream, messages: [{ role: 'user', content: 'Hello?' }] };
    return answerWithFailover({
      tries: BOTH,
      maxAttempts: 2,
      circuitBreakers: new CircuitBreakers(systemClock),
      request: openai.readRequest(Buffer.from(JSON.stringify(body))),
      dialect: openai,
      served: new Map(),
      onLoss: 'drop',
      memory: () => ({ store: () => undefined, restore: (turns) => turns }),
      upstreams: this.#upstreams,
      providers: this.#providers,
      clock: systemClock,
      signal: new AbortController().signal,
      ...task,
    });
  }

  async close(): Promise<void> {
    await this.#upstreams.close();
    await this.first.close();
    await this.second.close();
  }

  #open(options: Partial<UpstreamsOptions>): Upstreams {
    return openUpstreams({
      providers: this.#providers,
      clock: systemClock,
      version: '0',
      ...options,
    });
  }
}

/** What a client sees of an answer. */
export interface Seen {
  readonly text: string;
  readonly failure: GatewayError | null;
}

export function seen(answer: Answer): Promise<Seen> {
  if (!answer.ok) return Promise.resolve({ text: '', failure: answer.error });
  if (answer.kind === 'stream') return piped(answer.stream);
  return Promise.resolve({ text: answer.whole.body.toString(), failure: null });
}

export function streamOf(answer: Answer): CommittedStream {
  if (!answer.ok || answer.kind !== 'stream') throw new Error('the answer is not a stream');
  return answer.stream;
}

/** Each attempt as `upstream outcome`. */
export function outcomes(answer: Answer): string[] {
  return answer.attempts.map((attempt) => `${attempt.upstream} ${attempt.outcome}`);
}

function piped(stream: CommittedStream): Promise<Seen> {
  return new Promise((resolve) => {
    let text = '';
    stream.pipe({
      write: (bytes) => {
        text += bytes.toString();
        return true;
      },
      end: () => {
        resolve({ text, failure: null });
      },
      fail: (failure, lastBytes) => {
        resolve({ text: text + lastBytes.toString(), failure });
      },
    });
  });
}
