import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalog } from '../src/catalog/load.js';
import type { Conversation } from '../src/core/conversation.js';
import { StaticEmbedder } from '../src/embed/static-embedder.js';
import { readFeatures } from '../src/route/features.js';
import { loadPredictor } from '../src/route/factor-predictor.js';
import { quantileOf } from '../src/bench/metrics/quantile.js';

const { values } = parseArgs({ options: { models: { type: 'string', default: 'models' } } });

const MODELS = 20;
const ROUNDS = 5000;
const WARM_UP = 2000;

const SENTENCES = [
  'Our service keeps orders in two tables and the nightly report has become slow.',
  'The query joins both on the customer number, groups by week and sorts by revenue.',
  'Explain why the planner reads the whole table although there is an index on the date,',
  'what EXPLAIN ANALYZE would show in that case, and how to write the query in another way.',
  'Then give the statement for a partial index and say what it costs on every insert.',
];
/** About 250 tokens. */
const text = Array.from({ length: 14 }, (_, i) => SENTENCES[i % SENTENCES.length]).join(' ');
const conversation: Conversation = {
  messages: [{ role: 'user', parts: [{ kind: 'text', text }] }],
  tools: [],
  toolRequired: false,
  parallelTools: null,
  format: 'text',
  maxOutputTokens: null,
  choices: 1,
  reasoningEffort: null,
};

const predictor = await loadPredictor(values.models);
const embedder = StaticEmbedder.load(path.join(values.models, 'embedder.bin'));
const catalog = await loadCatalog('models/catalog');
const models = [...catalog.models.values()].slice(0, MODELS);
const [first] = models;
if (first === undefined) throw new Error('the catalog is empty');
const abilities = models.map((model) => predictor.ability(model));
const features = readFeatures(conversation);
const vector = new Float32Array(embedder.dims);

console.log(`${features.inputTokens} tokens, ${models.length} models; microseconds`);
console.log('| step | p50 | p99 |\n| --- | --- | --- |');
measure('features', () => readFeatures(conversation));
measure('embedding', () => embedder.embed(features.text, vector));
measure('embedding and prediction', () => predictor.predict(features, abilities));
measure('ability of one model', (i) => predictor.ability(models[i % models.length] ?? first));

function measure(name: string, task: (round: number) => unknown): void {
  for (let i = 0; i < WARM_UP; i++) task(i);
  const times = Array.from({ length: ROUNDS }, (_, i) => {
    const start = performance.now();
    task(i);
    return (performance.now() - start) * 1000;
  });
  times.sort((a, b) => a - b);
  console.log(
    `| ${name} | ${quantileOf(times, 0.5).toFixed(1)} | ${quantileOf(times, 0.99).toFixed(1)} |`,
  );
}
