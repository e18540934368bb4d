/**
 * What a routing decision costs in process: features, embedding, prediction over 20 candidates,
 * rules and choice, for prompts of about 250 tokens that are all different.
 *
 *   npx tsx bench/decide.bench.ts [--decisions 20000]
 *
 * For figures of one core, pin it: `taskset -c 0 npx tsx bench/decide.bench.ts`.
 */
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { shippedWith } from '../src/assemble.js';
import { loadCatalog } from '../src/catalog/load.js';
import { RouteDesk, routerOver } from '../src/route-desk.js';
import { openai } from '../src/dialects/openai/openai.js';
import { loadPredictor } from '../src/route/predict.js';
import { loadRules } from '../src/route/rules/load.js';

const CANDIDATES = 20;
const PROMPT_WORDS = 190;
const WARM_UP = 3000;

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '20000' } } });
const decisions = Number(values.decisions);

const shipped = shippedWith(path.resolve(import.meta.dirname, '..'));
const [catalog, predictor, rules] = await Promise.all([
  loadCatalog(shipped.catalog),
  loadPredictor(shipped.artefacts),
  loadRules(shipped.rules),
]);
const models = [...catalog.models.values()]
  .filter((model) => !model.simulated && model.hosts.some((host) => host.price !== null))
  .slice(0, CANDIDATES)
  .map((model) => model.id);
const desk = new RouteDesk(routerOver(models, { catalog, predictor, rules }), true);

// Bodies are read outside of the measured time: parsing is the dialect's cost, not the decision's.
const bodies = Array.from({ length: 512 }, (_, i) => Buffer.from(JSON.stringify(bodyOf(i))));
const inputTokens: number[] = [];
const micros: number[] = [];
for (let i = -WARM_UP; i < decisions; i++) {
  const request = openai.readRequest(bodies[(i + WARM_UP) % bodies.length] ?? Buffer.alloc(0));
  const { stream, metadata } = request;
  const read = { stream, metadata, conversation: request.conversation(), atMs: Date.now() };
  const began = process.hrtime.bigint();
  const { features } = desk.route(read, 'auto');
  const took = Number(process.hrtime.bigint() - began) / 1000;
  if (i < 0) continue;
  micros.push(took);
  inputTokens.push(features.inputTokens);
}

micros.sort((a, b) => a - b);
const quantile = (q: number) => micros[Math.floor(q * (micros.length - 1))] ?? NaN;
const mean = inputTokens.reduce((sum, n) => sum + n, 0) / inputTokens.length;
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
console.log(
  `${decisions} decisions over ${models.length} candidates, ${Math.round(mean)} input tokens on average`,
);
for (const [name, q] of [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
] as const) {
  console.log(`${name.padEnd(6)} ${quantile(q).toFixed(0).padStart(6)} µs`);
}
const failed = quantile(0.5) > 200 || quantile(0.99) > 1000;
console.log(
  failed ? 'MISSED: p50 <= 200 µs, p99 <= 1000 µs' : 'kept: p50 <= 200 µs, p99 <= 1000 µs',
);
process.exitCode = failed ? 1 : 0;

/** Words of many subjects, so that no cache of words or texts can hide the cost. */
function bodyOf(seed: number): unknown {
  const subjects =
    `database index query latency customer invoice contract clause derivative matrix proof enzyme
     river treaty orchestra syntax compiler thread socket mountain recipe garlic budget forecast
     planet orbit telescope vaccine protein lawyer verdict sentence painting bridge concrete steel`.split(
      /\s+/u,
    );
  let state = seed * 2654435761 + 1;
  const next = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % n;
  };
  const words = Array.from({ length: PROMPT_WORDS }, () => {
    const word = subjects[next(subjects.length)] ?? '';
    return next(8) === 0 ? `${word}${next(1000)}` : word;
  });
  return {
    model: 'auto',
    messages: [
      { role: 'system', content: 'You are a careful assistant.' },
      { role: 'user', content: `Explain how these belong together: ${words.join(' ')}?` },
    ],
  };
}
