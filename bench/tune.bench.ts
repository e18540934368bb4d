import path from 'node:path';
import { parseArgs } from 'node:util';
import { gradedModel } from '../src/assembly/routing-inputs.js';
import { routingCurve } from '../src/bench/metrics/routing-curve.js';
import { loadCatalog } from '../src/catalog/load.js';
import { Random } from '../src/core/random.js';
import { readOutcomeFile } from '../src/outcomes/outcome-file.js';
import { KNOWN_SETS } from '../src/outcomes/known-sets.js';
import { splitPartOf } from '../src/outcomes/split.js';
import { readFeatures } from '../src/route/features.js';
import { AdaptedPredictor } from '../src/route/local/adapted-predictor.js';
import { LocalHead } from '../src/route/local/local-head.js';
import {
  crossValidateHead,
  hasAllFeatures,
  prepareTuning,
  type TuningLine,
} from '../src/route/local/tune.js';
import { WordGrams } from '../src/route/local/word-grams.js';
import { loadPredictor } from '../src/route/factor-predictor.js';
import type { Predictor } from '../src/route/predictor.js';

const HELP = `Measures how much a head tuned on a few graded prompts improves routing on the rest of their set.

Usage: npx tsx bench/tune.bench.ts --labels 200,1500 [--seeds 3] [--held-out] [--models FOLDER] FILE...

Each draw takes that many prompts at random, fits a head on them and routes all other prompts of the
file between the set's weak and strong model, measured as by RouteLLM's code. --pair fits on these two
models alone. --held-out uses only prompts that the shipped predictor was not trained on.
`;

const FOLDS = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    labels: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '3' },
    models: { type: 'string', default: 'models' },
    pair: { type: 'boolean', default: false },
    'held-out': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || positionals.length === 0) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const base = await loadPredictor(values.models);
  console.log(`predictor ${base.revision}`);
  for (const file of positionals) await measure(file, base);
}

/** The pair of models on which a set is measured. */
interface Pair {
  readonly weak: string;
  readonly strong: string;
}

async function measure(file: string, base: Predictor): Promise<void> {
  const name = path.basename(file).replace(/\.jsonl(\.gz)?$/u, '');
  const set = KNOWN_SETS.find((known) => known.name === name);
  if (set === undefined) throw new Error(`${file}: no pair of models is known for this set`);
  const catalog = await loadCatalog('models/catalog');
  const lines = await linesOf(file, set);
  for (const labels of values.labels.split(',').map(Number)) {
    const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
    const draws = seeds.map((seed) => {
      const order = new Random(seed).shuffle([...lines]);
      const sample = order.slice(0, labels);
      const rest = order.slice(labels);
      const started = process.cpuUsage().user;
      const tuned = tune(sample, base, seed, (model) => gradedModel(model, catalog));
      const s = (process.cpuUsage().user - started) / 1e6;
      const judged = (predictor: Predictor) =>
        judge(predictor, rest, set, (model) => gradedModel(model, catalog));
      return { s, after: judged(tuned), before: judged(base) };
    });
    console.log(
      [
        `${name} ${labels} labels: APGR ${show(draws.map(({ after }) => after.apgr))}`,
        `(untuned ${show(draws.map(({ before }) => before.apgr))})`,
        `CPT50 ${show(
          draws.map(({ after }) => 100 * after.cpt50),
          1,
        )}`,
        `CPT80 ${show(
          draws.map(({ after }) => 100 * after.cpt80),
          1,
        )}`,
        `log-loss ${show(draws.map(({ after }) => after.loss))}`,
        `(untuned ${show(draws.map(({ before }) => before.loss))})`,
        `CPU ${show(
          draws.map(({ s }) => s),
          1,
        )} s`,
      ].join(' '),
    );
  }
}

async function linesOf(file: string, { weak, strong }: Pair): Promise<TuningLine[]> {
  const { lines } = await readOutcomeFile(file);
  return lines
    .filter(({ contaminated }) => !contaminated)
    .filter(({ text }) => !values['held-out'] || splitPartOf(text) !== 'train')
    .filter(({ outcomes }) => outcomes.has(weak) && outcomes.has(strong))
    .map(({ conversation, outcomes }) => ({
      prompt: readFeatures(conversation),
      scores: new Map(
        [...outcomes]
          .filter(([model]) => !values.pair || model === weak || model === strong)
          .map(([model, { score }]) => [model, score]),
      ),
    }));
}

type ModelOf = Parameters<typeof prepareTuning>[2];

function tune(sample: readonly TuningLine[], base: Predictor, seed: number, modelOf: ModelOf) {
  const words = new WordGrams();
  const random = new Random(seed + 1000);
  const task = prepareTuning(sample, base, modelOf, words);
  const folds = Int32Array.from(sample, (_, i) => i % FOLDS);
  const { tables } = crossValidateHead(task, folds, random);
  const anchor = (k: 0 | 1) => base.ability(modelOf(task.models[task.anchors[k]] ?? ''));
  const head = new LocalHead(tables, words);
  return new AdaptedPredictor(base, head, [anchor(0), anchor(1)], 'tuned');
}

function judge(
  predictor: Predictor,
  rest: readonly TuningLine[],
  { weak, strong }: Pair,
  modelOf: ModelOf,
) {
  const abilities = [weak, strong].map((model) => predictor.ability(modelOf(model)));
  const scores: number[] = [];
  let loss = 0;
  for (const { prompt, scores: graded } of rest) {
    if (!hasAllFeatures(prompt)) continue;
    const { models } = predictor.predict(prompt, abilities);
    scores.push((models[1]?.success ?? 0) - (models[0]?.success ?? 0));
    [weak, strong].forEach((model, m) => {
      const p = models[m]?.success ?? 0.5;
      const y = graded.get(model) ?? 0;
      loss -= (y * Math.log(p) + (1 - y) * Math.log(1 - p)) / 2;
    });
  }
  const column = (model: string) => rest.map(({ scores: graded }) => graded.get(model) ?? 0);
  return { ...routingCurve(scores, column(weak), column(strong)), loss: loss / rest.length };
}

function show(list: readonly number[], digits = 3): string {
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const deviation = Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length);
  return `${mean.toFixed(digits)}±${deviation.toFixed(digits)}`;
}
