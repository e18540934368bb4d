import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import {
  DIALECT_NAMES,
  type ClientDialectName,
  type DialectName,
} from '../src/dialects/dialect.js';
import { freePort, waitUntilListening, start, type Child } from './overhead/child.js';
import { rssMb } from './overhead/proc.js';
import { startLongUpstream, type LongUpstream } from './stream-memory/upstream.js';

const USAGE = `npx tsx bench/stream-memory.bench.ts [--mb 200] [--only CLIENT-PROVIDER,…] [--slow-mb 50]

Sends long streams through a running gateway, from providers of every dialect to clients of every dialect,
and prints how its memory grows (RSS, Linux only): for a client that reads as fast as it can, and for one that
stops reading for a while, what was sent on while nobody read.`;

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    only: { type: 'string' },
    'slow-mb': { type: 'string', default: '50' },
    help: { type: 'boolean', default: false },
  },
});

const MB = 1024 * 1024;
const SAMPLE_MS = 100;
const STALL_MS = 3_000;

/** How a client of each dialect requests a stream from a model. */
const CLIENTS: Readonly<
  Record<ClientDialectName, { path: (model: string) => string; body: (model: string) => object }>
> = {
  openai: { path: () => '/v1/chat/completions', body: chat },
  anthropic: { path: () => '/v1/messages', body: (model) => ({ ...chat(model), max_tokens: 9 }) },
  responses: {
    path: () => '/v1/responses',
    body: (model) => ({ model, input: 'Hi', stream: true }),
  },
  completions: {
    path: () => '/v1/completions',
    body: (model) => ({ model, prompt: 'Hi', stream: true }),
  },
  gemini: {
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
  },
};

function chat(model: string): object {
  return { model, stream: true, messages: [{ role: 'user', content: 'Hi' }] };
}

/** Provider names by dialect: a known provider if only it has the addresses of its dialect, else an unknown one. */
const PROVIDERS: Readonly<Record<DialectName, string>> = {
  openai: 'p-openai',
  anthropic: 'p-anthropic',
  gemini: 'google',
  bedrock: 'bedrock',
  cohere: 'cohere',
  ollama: 'p-ollama',
  responses: 'p-responses',
};

interface Gateway {
  readonly url: string;
  readonly child: Child;
}

async function startGateway(folder: string, upstreamPort: number): Promise<Gateway> {
  const port = await freePort();
  const file = join(folder, 'suffice.yaml');
  const providers = DIALECT_NAMES.map((dialect) => {
    const url = `http://127.0.0.1:${upstreamPort}/${dialect}`;
    const row = { base_url: url, api_key: 'k', models: ['m'] };
    const name = PROVIDERS[dialect];
    return [name, name.startsWith('p-') ? { ...row, dialect } : row] as const;
  });
  const config = {
    server: { host: '127.0.0.1', port },
    router: { predictor: 'heuristic' },
    log: { level: 'error' },
    providers: Object.fromEntries(providers),
  };
  writeFileSync(file, stringify(config));
  const logFile = join(folder, 'log');
  const args = ['--import', 'tsx', join(import.meta.dirname, '../src/main.ts'), 'serve'];
  const options = { core: undefined, logFile, ipc: false, realtime: false };
  const child = start([...args, '--config', file], options);
  await waitUntilListening(child, port, logFile);
  return { url: `http://127.0.0.1:${port}`, child };
}

function ask(gateway: Gateway, client: ClientDialectName, model: string): Promise<IncomingMessage> {
  const { path, body } = CLIENTS[client];
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${gateway.url}${path(model)}`;
    const sent = httpRequest(url, { method: 'POST', headers, agent: false }, resolve);
    sent.once('error', reject);
    sent.end(JSON.stringify(body(model)));
  });
}

interface Figures {
  readonly seconds: number;
  readonly gotMb: number;
  /** At the start, after a tenth of the stream, and the maximum. */
  readonly rss: readonly [number, number, number];
  /** Sent by the provider while the client did not read, beyond what fits in socket buffers. */
  readonly aheadMb: number | null;
}

async function measure(
  [client, provider]: readonly [ClientDialectName, DialectName],
  gateway: Gateway,
  upstream: LongUpstream,
  isSlow: boolean,
): Promise<Figures> {
  const { pid } = gateway.child;
  const before = rssMb(pid);
  let most = before;
  let early = before;
  let receivedBytes = 0;
  const timer = setInterval(() => {
    most = Math.max(most, rssMb(pid));
    if (upstream.sentBytes() < (Number(values.mb) * MB) / 10) early = Math.max(early, rssMb(pid));
  }, SAMPLE_MS);
  const startedMs = performance.now();
  const response = await ask(gateway, client, `${PROVIDERS[provider]}/m`);
  if (response.statusCode !== 200) throw new Error(`${client}-${provider}: ${response.statusCode}`);
  let ahead: number | null = null;
  response.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
  });
  if (isSlow) {
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, STALL_MS));
    ahead = upstream.sentBytes() / MB;
    response.resume();
  }
  await new Promise<void>((resolve, reject) => {
    response.once('end', resolve).once('error', reject);
  });
  clearInterval(timer);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { seconds, gotMb: receivedBytes / MB, rss: [before, early, most], aheadMb: ahead };
}

function selectedPairs(): readonly (readonly [ClientDialectName, DialectName])[] {
  const clients = Object.keys(CLIENTS) as ClientDialectName[];
  const all = clients.flatMap((client) => DIALECT_NAMES.map((to) => [client, to] as const));
  const only = values.only?.split(',');
  return only === undefined ? all : all.filter((pair) => only.includes(pair.join('-')));
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'suffice-stream-'));
  for (const isSlow of [false, true]) {
    const mb = Number(isSlow ? values['slow-mb'] : values.mb);
    const upstream = await startLongUpstream(mb * MB);
    const gateway = await startGateway(folder, upstream.port);
    console.log(
      isSlow
        ? `\n${mb} MiB, the client reads nothing for ${STALL_MS / 1_000} s`
        : `${mb} MiB, the client reads as fast as it can`,
    );
    for (const pair of selectedPairs()) {
      const { seconds, gotMb, rss, aheadMb } = await measure(pair, gateway, upstream, isSlow);
      const [before, early, most] = rss.map((size) => size.toFixed(0));
      const ahead = aheadMb === null ? '' : `, ${aheadMb.toFixed(1)} MiB sent ahead`;
      console.log(
        `${pair[1]} to ${pair[0]}: ${gotMb.toFixed(0)} MiB in ${seconds.toFixed(1)} s, RSS ${before} MiB before, ${early} in the first tenth, ${most} at most${ahead}`,
      );
    }
    await gateway.child.stop();
    upstream.close();
  }
  rmSync(folder, { recursive: true });
}

if (values.help) console.log(USAGE);
else await main();
