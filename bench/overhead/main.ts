/** `npm run bench:overhead`: see README.md in this folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareBuilds } from './compare-builds.js';
import { joinRows, runScenario, startRig, type Rig, type GatewayResult } from './bench-run.js';
import { canPin } from './child.js';
import { startGateway, type Gateway } from './gateways.js';
import { HELP, parseOptions, type Options } from './options.js';
import { figuresOf, formatScenario } from './report.js';
import { checkTarget, type TargetResult } from './targets.js';

/** Assigns one core to the gateway alone, and other cores (or the other one) to upstream and load generator. */
function coresFor(count: number): {
  readonly gateway: number | undefined;
  readonly upstream: number | undefined;
  readonly load: number | undefined;
} {
  if (count < 2 || !canPin()) return { gateway: undefined, upstream: undefined, load: undefined };
  return { gateway: 0, upstream: 1, load: count > 2 ? 2 : 1 };
}

function machineText(pinned: boolean): string {
  const cores = cpus();
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const pins = pinned ? 'gateway alone on core 0' : 'NOT pinned to cores: compare CPU time only';
  return (
    `${cores[0]?.model ?? 'unknown CPU'}, ${cores.length} cores, Linux ${release()}, Node ${process.version}, ` +
    `${new Date().toISOString()}, load average ${load}; ${pins}`
  );
}

async function runAll(options: Options, folder: string): Promise<boolean> {
  const cores = coresFor(cpus().length);
  const machine = machineText(cores.gateway !== undefined);
  console.log(machine);
  const running: { stop(): Promise<void> }[] = [];
  // Otherwise gateways would keep running after an interrupted bench.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.all(running.map((each) => each.stop())).then(() => process.exit(130));
    });
  }
  try {
    const rig = await startRig(folder, cores, options.realtime);
    running.push(rig.upstream, rig.load);
    const startAll = async (): Promise<readonly Gateway[]> => {
      const gateways: Gateway[] = [];
      for (const name of options.gateways) {
        const gateway = await startGateway(name, {
          upstreamPort: rig.upstreamPort,
          upstreamPid: rig.upstream.pid,
          folder,
          core: cores.gateway,
          realtime: options.realtime,
          otherRoot: options.against,
        });
        running.push(gateway);
        gateways.push(gateway);
      }
      return gateways;
    };
    return await measureAll(options, startAll, rig, machine);
  } finally {
    for (const each of running.toReversed()) await each.stop();
  }
}

async function measureAll(
  options: Options,
  startAll: () => Promise<readonly Gateway[]>,
  rig: Rig,
  machine: string,
): Promise<boolean> {
  const verdicts: TargetResult[] = [];
  const all: { readonly scenario: string; readonly rows: readonly GatewayResult[] }[] = [];
  const former = new Map<string, readonly GatewayResult[]>();
  for (let left = options.starts; left > 0; left--) {
    const gateways = await startAll();
    for (const scenario of options.scenarios) {
      const selected = gateways.filter(
        ({ name }) => name === 'other' || scenario.gateways.includes(name),
      );
      const { id, kind } = scenario;
      const rows = joinRows(former.get(id), await runScenario(scenario, selected, rig, options));
      former.set(id, rows);
      if (left > 1) continue;
      const figures = rows.map((row) => figuresOf(kind, row));
      console.log(`\n${formatScenario(scenario, figures)}`);
      const judged = [checkTarget(id, figures), compareBuilds(scenario, rows, options.starts)];
      verdicts.push(...judged.filter((verdict) => verdict !== undefined));
      all.push({ scenario: id, rows });
    }
    if (left > 1) await Promise.all(gateways.map((gateway) => gateway.stop()));
  }
  if (options.jsonFile !== undefined) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, scenarios: all }, null, 2)}\n`);
  }
  console.log('');
  for (const { text, kept } of verdicts) console.log(`${kept ? 'kept  ' : 'MISSED'}  ${text}`);
  const faulty = all.some(({ rows }) => rows.some(({ faults }) => faults.length > 0));
  return !faulty && verdicts.every(({ kept }) => kept);
}

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  if (process.platform !== 'linux') {
    console.error('This bench reads /proc and runs on Linux only.');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'suffice-bench-'));
  try {
    const kept = await runAll(options, folder);
    return kept || !options.targets ? 0 : 1;
  } catch (error) {
    for (let each = error; each instanceof Error; each = each.cause) console.error(each.message);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
