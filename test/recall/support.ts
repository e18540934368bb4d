import { request as httpRequest } from 'node:http';
import type { QuestionJudge } from '../../src/cache/verify/judge.js';
import { systemClock, type Clock } from '../../src/core/clock.js';
import { post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream, type Exchange } from '../support/fake-upstream.js';

/** The configuration of two models of one fake provider, and a cache. */
export function cacheConfig(
  upstream: FakeUpstream,
  cache: string,
  more = '',
  mode = 'exact',
): string {
  return `
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme-secret, models: [large, small] }
models:
  acme/large:
    capabilities: [tools, json_mode]
    benchmarks: { mmlu_pro: 85 }
    hosts: [{ provider: acme, model: large, price: { input: 10, output: 40, as_of: 2026-11-01, source: test } }]
  acme/small:
    capabilities: [tools, json_mode]
    benchmarks: { mmlu_pro: 60 }
    hosts: [{ provider: acme, model: small, price: { input: 0.1, output: 0.4, as_of: 2026-11-01, source: test } }]
router: { predictor: heuristic }
cache: { mode: ${mode}${cache} }
${more}`;
}

/** A client that can disconnect; `got` resolves to the text it received, or `gone`. */
export function leaver(
  gateway: TestApp,
  body: unknown,
): {
  readonly got: Promise<string>;
  readonly begun: Promise<void>;
  leave(): void;
} {
  const { port } = new URL(gateway.url);
  let leave = (): void => undefined;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const got = new Promise<string>((resolve) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions', agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          begin();
        });
        response.on('end', () => {
          resolve(text);
        });
        response.on('error', () => undefined);
      },
    );
    request.on('error', () => undefined);
    request.on('close', () => {
      resolve('gone');
    });
    request.end(JSON.stringify(body));
    leave = () => request.destroy();
  });
  return { got, begun, leave };
}

/** Resolves once this number of requests is in flight in the gateway. */
export async function underWay(gateway: TestApp, count: number): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    if (metrics.includes(`suffice_requests_in_flight ${count}\n`)) return;
  }
}

/** The text of a stream's answer. */
export function said(stream: string): string {
  return stream
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}

/** Holds answers back until `open` is called. */
export function gate(): { readonly behaviour: (exchange: Exchange) => void; open(): void } {
  const held: Exchange[] = [];
  return {
    behaviour: (exchange) => held.push(exchange),
    open: () => {
      for (const exchange of held) answers('Held back.')(exchange);
    },
  };
}

type OpenJudge = () => Promise<QuestionJudge>;

/** A gateway with a cache and its upstream, new for every test of a file. */
export interface CacheRig {
  readonly upstream: FakeUpstream;
  readonly gateway: TestApp;
  /** Restarts the gateway with another configuration, and files beside it. */
  restart(
    config: string,
    clock?: Clock,
    openJudge?: OpenJudge,
    files?: Readonly<Record<string, string>>,
  ): Promise<void>;
  chat(body: unknown, headers?: Record<string, string>): ReturnType<typeof post>;
}

/** Creates a new rig for every test of the file. */
export function cacheRig(): CacheRig {
  const rig = {} as { upstream: FakeUpstream; gateway: TestApp };
  beforeEach(async () => {
    rig.upstream = await FakeUpstream.start();
    rig.gateway = await startApp(cacheConfig(rig.upstream, ''));
  });
  afterEach(async () => {
    await rig.gateway.close();
    await rig.upstream.close();
  });
  return Object.assign(rig, {
    restart: async (
      config: string,
      clock: Clock = systemClock,
      openJudge?: OpenJudge,
      files: Readonly<Record<string, string>> = {},
    ) => {
      await rig.gateway.close();
      rig.gateway = await startApp(config, { clock, files, ...(openJudge && { openJudge }) });
    },
    chat: (body: unknown, headers?: Record<string, string>) =>
      post(`${rig.gateway.url}/v1/chat/completions`, body, headers),
  });
}

/** The system clock, which a test can advance; timers are not affected. */
export function skewedClock(): Clock & { forward(ms: number): void } {
  let skewMs = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + skewMs,
    wallMs: () => systemClock.wallMs() + skewMs,
    forward: (ms) => {
      skewMs += ms;
    },
  };
}
