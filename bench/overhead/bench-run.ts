import { join } from 'node:path';
import * as z from 'zod';
import { start, type Child } from './child.js';
import type { Gateway, GatewayName } from './gateways.js';
import type { Options } from './options.js';
import type { LoadJob, LoadResult, StreamShape, UpstreamReport } from './protocol.js';
import { FULL_LOAD, isStreamed, jobOf, type Scenario } from './scenarios.js';

/** The measurement windows of one gateway in one scenario. */
export interface GatewayResult {
  readonly gateway: GatewayName;
  readonly windows: readonly LoadResult[];
  /** Why the windows are not valid; empty if they are. */
  readonly faults: readonly string[];
  /** Models requested from the upstream, from a sample of requests. */
  readonly models: Readonly<Record<string, number>>;
}

/** The fake upstream and the load generator, each pinned to its cores. */
export interface Rig {
  readonly upstream: Child;
  readonly upstreamPort: number;
  readonly load: Child;
}

const portMessage = z.strictObject({ port: z.int() });

/** Starts the upstream and the generator. */
export async function startRig(
  folder: string,
  cores: { readonly upstream: number | undefined; readonly load: number | undefined },
  realtime: boolean,
): Promise<Rig> {
  const options = { ipc: true, realtime, logFile: join(folder, 'rig.log') };
  const program = (file: string): string[] => ['--import', 'tsx', join(import.meta.dirname, file)];
  const upstream = start(program('upstream.ts'), { ...options, core: cores.upstream });
  const load = start(program('load.ts'), { ...options, core: cores.load });
  const { port } = portMessage.parse(await nextMessage(upstream));
  return { upstream, upstreamPort: port, load };
}

/**
 * Measures the gateways of a scenario in turn, forwards and backwards, so that a machine that slows
 * down affects all of them equally.
 */
export async function runScenario(
  scenario: Scenario,
  gateways: readonly Gateway[],
  rig: Rig,
  options: Options,
): Promise<readonly GatewayResult[]> {
  const rows = new Map(gateways.map((gateway) => [gateway, newRow()]));
  await setShape(rig, scenario.streams);
  for (const gateway of gateways) {
    await burnIn(scenario, gateway, rig, options);
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const gateway of round % 2 === 0 ? gateways : gateways.toReversed()) {
      const { result, report } = await window(scenario, gateway, rig, {
        ...options,
        warmRequests: 0,
      });
      const row = rows.get(gateway);
      if (row === undefined) continue;
      row.windows.push(result);
      row.faults.push(...faultsOf(result, report));
      for (const [model, count] of Object.entries(report.models)) {
        row.models[model] = (row.models[model] ?? 0) + count;
      }
    }
  }
  return [...rows].map(([{ name }, row]) => ({ gateway: name, ...row }));
}

/** Joins the windows of gateways that were started several times, in order of the starts. */
export function joinRows(
  former: readonly GatewayResult[] | undefined,
  latest: readonly GatewayResult[],
): readonly GatewayResult[] {
  if (former === undefined) return latest;
  return latest.map((row) => {
    const before = former.find(({ gateway }) => gateway === row.gateway) ?? row;
    const models = { ...before.models };
    for (const [model, count] of Object.entries(row.models)) {
      models[model] = (models[model] ?? 0) + count;
    }
    return {
      gateway: row.gateway,
      windows: [...before.windows, ...row.windows],
      faults: [...before.faults, ...row.faults],
      models,
    };
  });
}

/** Warms up the JIT compiler, at full load in every scenario: an open loop would take minutes. */
async function burnIn(
  scenario: Scenario,
  gateway: Gateway,
  rig: Rig,
  { warmUp: { warmMs, warmRequests } }: Options,
): Promise<void> {
  await window({ ...scenario, shape: FULL_LOAD }, gateway, rig, {
    warmMs,
    warmRequests: isStreamed(scenario) ? 0 : warmRequests,
    windowMs: 200,
  });
}

function newRow(): { windows: LoadResult[]; faults: string[]; models: Record<string, number> } {
  return { windows: [], faults: [], models: {} };
}

async function window(
  scenario: Scenario,
  gateway: Gateway,
  rig: Rig,
  { warmMs, warmRequests, windowMs }: Pick<LoadJob, 'warmMs' | 'warmRequests' | 'windowMs'>,
): Promise<{ readonly result: LoadResult; readonly report: UpstreamReport }> {
  const pids = [...new Set([gateway.pid, rig.upstream.pid, rig.load.pid, process.pid])];
  const result = await measure(
    rig,
    jobOf(scenario, gateway, { warmMs, warmRequests, windowMs, pids }),
  );
  return { result, report: await ask(rig.upstream, 'report') };
}

function faultsOf(result: LoadResult, report: UpstreamReport): readonly string[] {
  const faults = [...result.faults];
  if (result.errors > 0) faults.unshift(`${result.errors} errors`);
  if (result.requests === 0) faults.push('no request was answered in the window');
  // Answers that the upstream did not give came from a cache, which is not measured here.
  if (report.requests < result.requests) {
    faults.push(`${result.requests} answers, but the upstream saw ${report.requests} requests`);
  }
  if (report.refused > 0) faults.push(`${report.refused} requests for another path`);
  if (report.unauthorized > 0) faults.push('requests without a key');
  if ('auto' in report.models) faults.push("the upstream was asked for the model 'auto'");
  return faults;
}

async function setShape(rig: Rig, shape: StreamShape): Promise<void> {
  await ask(rig.upstream, shape);
}

// Messages between the bench's own processes, typed in protocol.ts.
async function ask(upstream: Child, message: StreamShape | 'report'): Promise<UpstreamReport> {
  const answer = nextMessage(upstream);
  upstream.process.send(message);
  return (await answer) as UpstreamReport;
}

async function measure(rig: Rig, job: LoadJob): Promise<LoadResult> {
  const answer = nextMessage(rig.load);
  rig.load.process.send(job);
  return (await answer) as LoadResult;
}

function nextMessage(child: Child): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error(`a process of the bench ended (pid ${child.pid})`));
    };
    child.process.once('exit', ended);
    child.process.once('message', (message) => {
      child.process.off('exit', ended);
      resolve(message);
    });
  });
}
