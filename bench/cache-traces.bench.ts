/**
 * The hit rate of caches with a limit in bytes, on four synthetic traces.
 *
 *   npx tsx bench/cache-traces.bench.ts
 *
 * With `--beside FOLDER`, where `npm install transitory@2.2.0 lru-cache@11.5.3` was run, these libraries are
 * measured on the same traces. The project does not depend on them.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ByteBoundedMap } from '../src/cache/byte-bounded-map.js';
import { Random } from '../src/core/random.js';

const REQUESTS = 200_000;
const QUESTIONS = 50_000;
const ZIPF_POWER = 0.9;
const BOUNDS_MB = [2, 8, 32];
/** Answers have `MIN_BYTES` up to `MIN_BYTES + MORE_BYTES` bytes, depending on their key alone. */
const MIN_BYTES = 500;
const MORE_BYTES = 8000;

/** The operations that a trace uses. */
interface Cache {
  has(key: string): boolean;
  add(key: string): void;
}

type Kind = readonly [name: string, open: (maxBytes: number) => Cache];

/** The part of `transitory` that is used. */
interface Transitory {
  newCache(): {
    maxSize(max: number): {
      withWeigher(weigh: (key: string) => number): {
        build(): { getIfPresent(key: string): unknown; set(key: string, value: number): void };
      };
    };
  };
}

/** The part of `lru-cache` that is used. */
interface LruCache {
  readonly LRUCache: new (options: {
    maxSize: number;
    sizeCalculation: (value: number, key: string) => number;
  }) => { get(key: string): unknown; set(key: string, value: number): void };
}

const { values } = parseArgs({ options: { beside: { type: 'string' } } });
const kinds: Kind[] = [['ours', openOurs]];
if (values.beside !== undefined) kinds.push(...librariesIn(values.beside));

const rows: Record<string, Record<string, string>> = {};
for (const [trace, keys] of Object.entries(traces())) {
  rows[trace] = Object.fromEntries(
    kinds.map(([name, open]) => [
      name,
      BOUNDS_MB.map((mb) => hitRate(open(mb * 1e6), keys).toFixed(1)).join(' / '),
    ]),
  );
}
process.stdout.write(`hit rates in per cent at ${BOUNDS_MB.join(', ')} MB, ${REQUESTS} requests\n`);
console.table(rows);
// The libraries may have timers that keep the process alive.
process.exit(0);

function hitRate(cache: Cache, keys: readonly string[]): number {
  let hits = 0;
  for (const key of keys) {
    if (cache.has(key)) hits += 1;
    else cache.add(key);
  }
  return (100 * hits) / keys.length;
}

function openOurs(maxBytes: number): Cache {
  const map = new ByteBoundedMap<number>(maxBytes, () => undefined);
  return {
    has: (key) => map.get(key) !== undefined,
    add: (key) => map.set(key, 1, bytesOf(key)),
  };
}

function librariesIn(folder: string): Kind[] {
  const load: (name: string) => unknown = createRequire(path.resolve(folder, 'package.json'));
  const transitory = load('transitory') as Transitory;
  const { LRUCache } = load('lru-cache') as LruCache;
  return [
    [
      'transitory',
      (max) => {
        const cache = transitory.newCache().maxSize(max).withWeigher(bytesOf).build();
        return {
          has: (key) => cache.getIfPresent(key) !== null,
          add: (key) => {
            cache.set(key, 1);
          },
        };
      },
    ],
    [
      'lru-cache',
      (max) => {
        const cache = new LRUCache({ maxSize: max, sizeCalculation: (_, key) => bytesOf(key) });
        return {
          has: (key) => cache.get(key) !== undefined,
          add: (key) => {
            cache.set(key, 1);
          },
        };
      },
    ],
  ];
}

function bytesOf(key: string): number {
  const hash = key.charCodeAt(0) * 64 + key.charCodeAt(1);
  return MIN_BYTES + ((hash * hash) % MORE_BYTES);
}

function traces(): Record<string, readonly string[]> {
  const random = new Random(7);
  const popular = zipf(random);
  const trace = (questionAt: (i: number) => string): string[] =>
    Array.from({ length: REQUESTS }, (_, i) =>
      createHash('sha256').update(questionAt(i)).digest('base64url'),
    );
  return {
    Zipf: trace(() => `popular ${popular()}`),
    'half once': trace((i) => (random.next() < 0.5 ? `popular ${popular()}` : `once ${i}`)),
    // Popularity shifts by 2,000 questions every 20,000 requests.
    fashions: trace((i) => `fashion ${popular() + Math.floor(i / 20_000) * 2000}`),
    bursts: trace((i) =>
      random.next() < 0.5
        ? `popular ${popular()}`
        : `burst ${Math.floor(i / 50)} ${random.below(5)}`,
    ),
  };
}

/** A sampler of question numbers with Zipf-distributed popularity; 0 is the most popular. */
function zipf(random: Random): () => number {
  const cumulative = new Float64Array(QUESTIONS);
  let sum = 0;
  for (let i = 0; i < QUESTIONS; i++) {
    sum += (i + 1) ** -ZIPF_POWER;
    cumulative[i] = sum;
  }
  return () => {
    const target = random.next() * sum;
    let low = 0;
    let high = QUESTIONS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
