import { parseArgs } from 'node:util';
import { readOutcomes } from '../models/train/predictor/outcomes.js';
import { Random } from '../models/train/random.js';
import { loadCatalog } from '../src/catalog/load.js';
import { loadPredictor } from '../src/route/predict.js';
import { evaluateSets } from './metrics/evaluate-sets.js';
import { tableOf } from './metrics/routing-table.js';

const HELP = `Measures the shipped router on graded answers.

Usage: npx tsx bench/routing.bench.ts --data FOLDER [--split validation|test] [--models FOLDER]

Sets that are only evaluated on are measured whole, the others on the part asked for, which the
router was not trained on. APGR and CPT are computed as RouteLLM's code does.
`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    split: { type: 'string', default: 'test' },
    models: { type: 'string', default: 'models' },
    help: { type: 'boolean', default: false },
  },
});

if (values.data === undefined || values.help) {
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else if (values.split !== 'validation' && values.split !== 'test') {
  console.error(`--split ${values.split}: neither validation nor test`);
  process.exitCode = 2;
} else {
  const predictor = await loadPredictor(values.models);
  const prompts = await readOutcomes(values.data);
  const catalog = await loadCatalog('models/catalog');
  const results = evaluateSets({ predictor, catalog }, prompts, values.split, new Random(1));
  console.log(`predictor ${predictor.revision}, ${values.split} part\n`);
  console.log(tableOf(results));
}
