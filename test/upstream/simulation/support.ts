import type { Speed } from '../../../src/core/model.js';
import type { UpstreamAnswer } from '../../../src/upstream/answer.js';
import { openUpstreams } from '../../../src/upstream/call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { bytesOf, upstreamAt } from '../support.js';

export const HELLO = [{ role: 'user', content: 'What is the capital of France?' }];

/** Trusted answers: nothing in them is repaired. */
export const RULES = {
  trusted: true,
  includeUsage: true,
  model: 'simulation/small',
  createdS: 0,
  seed: 'seed',
};

/** The parts of a chat completion that tests read. */
export interface Completion {
  readonly id: string;
  readonly system_fingerprint: string;
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: {
      readonly content: string | null;
      readonly tool_calls?: readonly { function: { name: string; arguments: string } }[];
    };
  }[];
  readonly usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

/** Simulated models on a clock that stands still; they answer at once until given a speed. */
export class SimulationBench {
  readonly clock = new FakeClock();
  speed: Speed | null = null;
  readonly #upstreams = openUpstreams({
    providers: new Map(),
    clock: this.clock,
    version: '0',
    simulatedSpeed: () => this.speed,
  });

  ask(body: object, signal = new AbortController().signal): Promise<UpstreamAnswer> {
    const whole = { model: 'simulation/small', messages: HELLO, ...body };
    return this.send(Buffer.from(JSON.stringify(whole)), 'stream' in body, signal);
  }

  send(body: Buffer, stream: boolean, signal: AbortSignal): Promise<UpstreamAnswer> {
    const upstream = upstreamAt('simulation', 'small');
    return this.#upstreams.call({ upstream, body, stream, signal });
  }

  async complete(body: object): Promise<Completion> {
    return JSON.parse(bytesOf(await this.ask(body)).toString()) as Completion;
  }
}
