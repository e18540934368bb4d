import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, waitUntilListening, start, type Child } from './child.js';
import { portkeyEntry } from './peers.js';
import { writeSufficeConfig } from './suffice-config.js';

/**
 * What can be measured: `direct` is the fake upstream without a gateway, `other` another build of
 * Suffice.
 */
export const GATEWAY_NAMES = ['direct', 'floor', 'portkey', 'suffice', 'other'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];

/** A server for chat completions on a local port. */
export interface Gateway {
  readonly name: GatewayName;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The model name that lets the gateway choose; the fixed model if it has no router. */
  readonly autoModel: string;
  readonly fixedModel: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The environment in which gateways run. */
export interface BenchSite {
  readonly upstreamPort: number;
  readonly upstreamPid: number;
  /** A temporary folder for configuration and logs. */
  readonly folder: string;
  readonly core: number | undefined;
  readonly realtime: boolean;
  /** The checkout whose build is `other`. */
  readonly otherRoot: string | undefined;
}

const ROOT = join(import.meta.dirname, '../..');
const MODEL = 'gpt-4o-mini';
const KEY = { authorization: 'Bearer sk-bench-not-a-key' };

/** Starts a gateway in front of the fake upstream. */
export async function startGateway(name: GatewayName, site: BenchSite): Promise<Gateway> {
  switch (name) {
    case 'direct':
      return direct(site);
    case 'floor':
      return startFloor(site);
    case 'portkey':
      return startPortkey(site);
    case 'suffice':
      return startSuffice('suffice', ROOT, site);
    case 'other':
      if (site.otherRoot === undefined) throw new Error("'other' requires --against DIR");
      return startSuffice('other', site.otherRoot, site);
  }
}

function direct(site: BenchSite): Gateway {
  return {
    name: 'direct',
    port: site.upstreamPort,
    headers: KEY,
    autoModel: MODEL,
    fixedModel: MODEL,
    pid: site.upstreamPid,
    stop: () => Promise.resolve(),
  };
}

async function startFloor(site: BenchSite): Promise<Gateway> {
  const file = join(import.meta.dirname, 'floor.ts');
  const { child, port } = await startServer('floor', site, (port) => [
    '--import',
    'tsx',
    file,
    `--port=${port}`,
    `--upstream=http://127.0.0.1:${site.upstreamPort}`,
  ]);
  return { ...direct(site), name: 'floor', port, pid: child.pid, stop: () => child.stop() };
}

async function startPortkey(site: BenchSite): Promise<Gateway> {
  const entry = portkeyEntry();
  // --headless: without a console page, for which it would open a browser.
  const { child, port } = await startServer('portkey', site, (port) => [
    entry,
    `--port=${port}`,
    '--headless',
  ]);
  const headers = {
    ...KEY,
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${site.upstreamPort}/v1`,
  };
  return {
    ...direct(site),
    name: 'portkey',
    port,
    headers,
    pid: child.pid,
    stop: () => child.stop(),
  };
}

async function startSuffice(name: GatewayName, root: string, site: BenchSite): Promise<Gateway> {
  const entry = join(root, 'dist/main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run \`npm run build\` there first`);
  const { child, port } = await startServer(name, site, (port) => [
    entry,
    'serve',
    '--config',
    writeSufficeConfig(join(site.folder, name), port, site.upstreamPort),
  ]);
  return {
    ...direct(site),
    name,
    port,
    autoModel: 'auto',
    fixedModel: `openai/${MODEL}`,
    pid: child.pid,
    stop: () => child.stop(),
  };
}

async function startServer(
  name: GatewayName,
  site: BenchSite,
  args: (port: number) => readonly string[],
): Promise<{ readonly child: Child; readonly port: number }> {
  const port = await freePort();
  const logFile = join(site.folder, `${name}.log`);
  const child = start(args(port), {
    core: site.core,
    realtime: site.realtime,
    logFile,
    ipc: false,
  });
  try {
    await waitUntilListening(child, port, logFile);
  } catch (error) {
    await child.stop();
    throw new Error(`${name} did not start`, { cause: error });
  }
  return { child, port };
}
