/**
 * Measures a routing decision in-process: features, embedding, prediction for 20 candidates,
 * rules and choice, for distinct prompts of about 250 tokens.
 *
 *   npm run bench:decide -- [--decisions 20000]
 *
 * The parts are also measured separately on the same prompts; the rest of the whole is rules, constraints and
 * choice.
 *
 * It is compiled first, like the product: tsx wraps every function to keep its name, which costs a fifth. To measure on
 * a single core, pin it: `taskset -c 0 npm run bench:decide`.
 */
import '../src/core/no-pretenuring.js'; // first, as in the gateway
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { shippedWith } from '../src/assembly/shipped.js';
import { loadCatalog } from '../src/catalog/load.js';
import { openai } from '../src/dialects/openai/openai.js';
import { StaticEmbedder } from '../src/embed/static-embedder.js';
import { OfflineRouter, routerOver } from '../src/assembly/offline-router.js';
import { readFeatures } from '../src/route/features.js';
import { loadPredictor } from '../src/route/factor-predictor.js';
import { loadRules } from '../src/route/rules/load.js';
import { quantileOf } from '../src/bench/metrics/quantile.js';

const CANDIDATES = 20;
/** About 250 tokens, together with the numbers and the system prompt. */
const PROMPT_WORDS = 136;
/** Decisions before measuring, until V8 has compiled everything. */
const WARM_UP = 10_000;

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '20000' } } });
const decisions = Number(values.decisions);

const shipped = shippedWith(process.cwd());
const [catalog, predictor, rules] = await Promise.all([
  loadCatalog(shipped.catalog),
  loadPredictor(shipped.artefacts),
  loadRules(shipped.rules),
]);
const models = [...catalog.models.values()]
  .filter((model) => !model.simulated && model.hosts.some((host) => host.price !== null))
  .slice(0, CANDIDATES);
const names = models.map((model) => model.id);
const desk = new OfflineRouter(routerOver(names, { catalog, predictor, rules }), true);
const embedder = StaticEmbedder.load(path.join(shipped.artefacts, 'embedder.bin'));
const abilities = models.map((model) => predictor.ability(model));
const vector = new Float32Array(embedder.dims);

// Bodies are parsed outside the measured time: parsing is not part of the decision.
const bodies = Array.from({ length: 512 }, (_, i) => Buffer.from(JSON.stringify(bodyOf(i))));
const { tools } = openai
  .readRequest(Buffer.from(JSON.stringify({ ...bodyOf(0), tools: offeredTools() })))
  .conversation();
const inputTokens: number[] = [];
const micros = new Map<string, number[]>();
for (let i = -WARM_UP; i < decisions; i++) {
  const request = openai.readRequest(bodies[(i + WARM_UP) % bodies.length] ?? Buffer.alloc(0));
  const { stream, metadata } = request;
  const conversation = request.conversation();
  const read = { stream, metadata, conversation, atMs: Date.now() };
  // The whole decision comes first, because the parts after it find the prompt in the CPU caches.
  const { features } = timed('whole decision', i, () => desk.route(read, 'auto'));
  const { text } = timed('features', i, () => readFeatures(conversation));
  timed('features, with 20 tools offered', i, () => readFeatures({ ...conversation, tools }));
  timed('embedding', i, () => embedder.embed(text, vector));
  const known = readFeatures(conversation);
  timed('embedding and prediction', i, () => predictor.predict(known, abilities));
  if (i >= 0) inputTokens.push(features.inputTokens);
}

const mean = inputTokens.reduce((sum, n) => sum + n, 0) / inputTokens.length;
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
console.log(`${decisions} decisions over ${names.length} candidates`);
console.log(`${Math.round(mean)} input tokens on average; microseconds`);
console.table(Object.fromEntries(Array.from(micros, ([step, times]) => [step, spread(times)])));
const { p50 = NaN, p99 = NaN } = spread(micros.get('whole decision') ?? []);
const kept = p50 <= 200 && p99 <= 1000;
console.log(`${kept ? 'kept' : 'MISSED'}: p50 <= 200 µs, p99 <= 1000 µs`);
process.exitCode = kept ? 0 : 1;

/** Runs a step, and records its time after the warm-up. */
function timed<T>(step: string, round: number, task: () => T): T {
  const started = process.hrtime.bigint();
  const result = task();
  const took = Number(process.hrtime.bigint() - started) / 1000;
  const times = micros.get(step) ?? [];
  micros.set(step, times);
  if (round >= 0) times.push(took);
  return result;
}

function spread(times: readonly number[]): Record<string, number> {
  const sorted = times.toSorted((a, b) => a - b);
  const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999 };
  return Object.fromEntries(
    Object.entries(quantiles).map(([name, q]) => [name, Math.round(quantileOf(sorted, q))]),
  );
}

/** A body with varied words, so that no cache of words or texts hides the cost. */
function bodyOf(seed: number): object {
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

/** Tools as in the requests of an agent: some 20 kB of definitions with 120 parameters in all. */
function offeredTools(): readonly object[] {
  const parameter = {
    type: 'string',
    description: 'What it is for, in a sentence or two that say how it is to be written.',
  };
  return Array.from({ length: 20 }, (_, i) => ({
    type: 'function',
    function: {
      name: `read_source_${i}`,
      description: 'Reads a file, and can read any file of the project. '.repeat(4),
      parameters: {
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: 6 }, (__, k) => [`some_argument_${k}`, parameter]),
        ),
        required: ['some_argument_0'],
      },
    },
  }));
}
