import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from '../../src/app.js';
import { shippedWith, type Shipped } from '../../src/assembly/shipped.js';
import { configSource } from '../../src/config/source.js';
import { systemClock, type Clock } from '../../src/core/clock.js';
import type { AppOptions } from '../../src/assembly/active-config.js';
import { openLog } from '../../src/telemetry/log.js';

/** A gateway on a free port, with the lines it logged. */
export interface TestApp {
  readonly app: App;
  readonly url: string;
  /** Every log line so far, parsed. */
  readonly logged: () => readonly Record<string, unknown>[];
  /** The folder that holds `suffice.yaml`; removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

interface TestAppOptions {
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  readonly shipped?: Partial<Shipped>;
  readonly openJudge?: AppOptions['openJudge'];
  /** A port that is not free, for a start that fails. */
  readonly port?: string;
  /** Further files for the configuration's folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The repository's root. */
export const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** What comes with Suffice, loaded once for all tests of a file. */
export const SHIPPED = shippedWith(ROOT);

/**
 * Starts a gateway with a configuration of one's own.
 *
 * @param config - the text of `suffice.yaml`; the port is added
 */
export async function startApp(config: string, options: TestAppOptions = {}): Promise<TestApp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'suffice-'));
  const file = path.join(folder, 'suffice.yaml');
  await writeFile(file, config);
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await writeFile(path.join(folder, name), text);
  }
  const lines: string[] = [];
  const source = configSource({
    file,
    overrides: { port: { text: options.port ?? '0', from: 'test' } },
    env: options.env ?? {},
    ollamaModels: () => Promise.resolve(null),
  });
  const app = await App.start({
    source,
    shipped: { ...SHIPPED, ...options.shipped },
    clock: options.clock ?? systemClock,
    log: openLog('info', { write: (line: string) => lines.push(line) }),
    version: '0.0.0-test',
    ...(options.openJudge === undefined ? {} : { openJudge: options.openJudge }),
  });
  return {
    app,
    url: app.url,
    folder,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    close: async () => {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Posts JSON and gives back everything a client sees. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

/** A chat request with one user message. */
export function ask(model: string, content: string, more: Record<string, unknown> = {}): unknown {
  return { model, messages: [{ role: 'user', content }], ...more };
}
