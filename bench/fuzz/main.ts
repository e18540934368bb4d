import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLIENTS, findFault } from './check.js';
import { convertAnswer, convertStream } from './convert.js';
import { measureGrowth } from './growth.js';
import { parseInput } from './shrink.js';
import { runSupervised } from './supervise.js';

const USAGE = `npm run fuzz -- [--streams N] [--seed N] [--first N] [--from FOLDER] [--out FOLDER]
npm run fuzz -- --replay FILE
npm run fuzz -- --growth [--size N]

Mutates recorded answers of providers, and checks what every client dialect would get.
  --streams   number of inputs (default 100000)
  --seed      seed of the inputs (default 1); the same seed gives the same inputs on every machine
  --first     number of the first input (default 0)
  --from      recordings to mutate: .sse, .bin and .json in this folder and below (default: those of this repository)
  --out       folder for failing inputs (default build/fuzz)
  --replay    runs a failing input again, and shows what each client gets
  --growth    checks instead whether processing time grows more than linearly with the length of any stream`;

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    from: { type: 'string' },
    out: { type: 'string', default: join('build', 'fuzz') },
    replay: { type: 'string' },
    growth: { type: 'boolean', default: false },
    size: { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
});

async function campaign(): Promise<number> {
  const seed = numberOf('seed');
  const from = numberOf('first');
  const to = from + numberOf('streams');
  const folder = values.from ?? null;
  const counts = new Map<string, { count: number; first: number }>();
  const heaps: number[] = [];
  const startedMs = performance.now();
  await runSupervised({ seed, from, to, folder }, (report) => {
    switch (report.kind) {
      case 'fault': {
        const known = counts.get(report.fault) ?? { count: 0, first: report.index };
        counts.set(report.fault, { ...known, count: known.count + 1 });
        return;
      }
      case 'example':
        keep(counts.size, report.file);
        return;
      case 'memory':
        heaps.push(report.heapBytes / 2 ** 20);
        return;
      case 'done':
        if (report.leftOver.length > 0) console.log(`left over: ${report.leftOver.join(', ')}`);
    }
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(
    `${to - from} inputs (seed ${seed}) for ${CLIENTS.length} clients each in ${seconds.toFixed(0)} s`,
  );
  if (heaps.length > 0) {
    const [least, most] = [Math.min(...heaps), Math.max(...heaps)].map((mib) => mib.toFixed(1));
    console.log(`heap after collection, ${heaps.length} times: ${least} to ${most} MiB`);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.count - a.count);
  for (const [fault, { count, first }] of sorted)
    console.log(`${count} × ${fault} (first: ${first})`);
  console.log(counts.size === 0 ? 'nothing wrong' : `${counts.size} kinds of fault`);
  return counts.size === 0 ? 0 : 1;
}

function keep(number: number, file: string): void {
  mkdirSync(values.out, { recursive: true });
  const path = join(values.out, `fault-${number}.json`);
  writeFileSync(path, file);
  console.log(`${path}: ${(JSON.parse(file) as { fault: string }).fault}`);
  console.log(`  npm run fuzz -- --replay ${path}`);
}

function replay(path: string): number {
  const input = parseInput(readFileSync(path, 'utf8'));
  const { provider, isStream, bytes, cuts } = input;
  console.log(bytes.toString());
  for (const client of CLIENTS) {
    const got = isStream
      ? convertStream([client, provider], bytes, cuts)
      : convertAnswer(client, provider, bytes);
    console.log(`--- ${client}: ${got.failure?.code ?? 'complete'}\n${got.text}`);
  }
  const fault = findFault(input);
  console.log(fault === null ? 'nothing wrong' : `wrong: ${fault}`);
  return fault === null ? 0 : 1;
}

/** Short runs vary, so only longer ones count as more than linear. */
const MIN_MS = 60;
const MAX_FACTOR = 9;

function growth(): number {
  let worst = 0;
  let bad = 0;
  let count = 0;
  for (const { shape, bytes, ms, factor } of measureGrowth(numberOf('size'))) {
    count += 1;
    if (ms < MIN_MS) continue;
    worst = Math.max(worst, factor);
    if (factor <= MAX_FACTOR) continue;
    bad += 1;
    console.log(
      `${shape}: ${ms.toFixed(0)} ms for ${bytes} bytes, ${factor.toFixed(1)} times a quarter`,
    );
  }
  console.log(`${count} shapes; four times as long took at most ${worst.toFixed(1)} times as long`);
  return bad === 0 ? 0 : 1;
}

function numberOf(name: 'streams' | 'seed' | 'first' | 'size'): number {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} requires a number`);
  return number;
}

if (values.help) console.log(USAGE);
else if (values.replay !== undefined) process.exitCode = replay(values.replay);
else if (values.growth) process.exitCode = growth();
else process.exitCode = await campaign();
