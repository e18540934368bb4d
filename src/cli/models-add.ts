import path from 'node:path';
import { parseArgs } from 'node:util';
import { gradedModel } from '../assembly/routing-inputs.js';
import type { Assembly } from '../assembly/assemble.js';
import { maxRemainingCostUsd } from '../bench/live/max-cost.js';
import { GatewayClient, ratesOf, type MaxRates } from '../bench/live/gateway-client.js';
import type { Journal } from '../bench/live/journal.js';
import { LiveRun } from '../bench/live/live-run.js';
import { readPrompts, type LivePrompt } from '../bench/live/prompts.js';
import { progressReporter, reportFailures, writeOutcomes } from '../bench/live/report.js';
import { withLockedJournal } from '../bench/live/journal-lock.js';
import { modelId } from '../catalog/schema.js';
import type { Model } from '../core/model.js';
import { openai } from '../dialects/openai/openai.js';
import type { Features } from '../route/features.js';
import { measureStrength, fisherInformation } from '../route/measure-strength.js';
import { readPrompt } from '../route/prompt-reader.js';
import { anchorReport, type GradedAnchor } from './anchor-report.js';
import { EXIT, UsageError, type Io } from './io.js';
import { assembleFor } from './open-desk.js';
import type { ServeContext } from './serve.js';
import { formatDollars } from './table.js';

const ADD_HELP = `Usage: suffice models add VENDOR/NAME --anchors [options]

Measures how strong a model is, so that the router can choose it. Sends the model about fifty prompts with
checkable answers through a running gateway that serves it, combines the grades with what is already known,
and prints the lines for suffice.yaml. Shows the maximum cost first and asks before sending anything.

      --anchors         use the prompts that ship with Suffice (models/anchors.jsonl)
      --budget USD      the most that all calls together may cost; the most informative prompts
                        are sent first (default: 1)
      --yes             do not ask before spending
      --out FILE        write the graded answers here; "suffice tune" can read them, too
                        (default: anchors-VENDOR-NAME.jsonl)
      --max-tokens N    limit for one answer, including reasoning; what it cuts off is not graded, and asked
                        again when the limit is higher (default: 2048)
      --url URL         the gateway (default: http://127.0.0.1:4300)
      --key KEY         its API key; prefer SUFFICE_API_KEY, which other users of this machine cannot see
  -c, --config FILE     the configuration (default: ./suffice.yaml if it exists, else the environment)
  -h, --help            show this help

Answers are saved in FILE.journal as they arrive: run the same command again to resume.
Exit code: 0 measured, 1 incomplete or not confirmed, 2 invalid command line.
`;

const CONCURRENCY = 4;
/** With fewer answers the interval would be too wide to be useful. */
const MIN_ANSWERS = 10;

/** `suffice models add`: measures a model's strength from its answers to anchor prompts. */
export async function modelsAddCommand(
  args: readonly string[],
  context: ServeContext,
): Promise<number> {
  const { io } = context;
  const options = readOptions(args, io.env);
  if (options === null) {
    io.out(ADD_HELP);
    return EXIT.ok;
  }
  const assembly = await assembleFor(options.config, context);
  const model = modelFor(options.model, assembly);
  const anchors = await readAnchors(context.shipped.artefacts, model, assembly);
  const gateway = new GatewayClient(options.url, options.key);
  const rates = ratesOf(await gateway.rates(), options.models, options.url);
  return withLockedJournal(options.out, (journal) =>
    measure({ anchors, model, assembly, gateway, rates, journal }, options, io),
  );
}

interface Measurement extends CostInputs {
  readonly anchors: readonly Anchor[];
  readonly model: Model;
  readonly assembly: Assembly;
  readonly gateway: GatewayClient;
}

async function measure(inputs: Measurement, options: AddOptions, io: Io): Promise<number> {
  const { anchors, model, assembly, gateway, rates, journal } = inputs;
  if (!(await confirmCost(anchors, options, { rates, journal }, io))) return EXIT.failed;

  const { models, maxTokens, budgetUsd } = options;
  const run = new LiveRun({
    ...{ gateway, journal, budgetUsd, rates, models, maxTokens },
    reference: model.id,
    judge: null,
    concurrency: CONCURRENCY,
    onProgress: progressReporter(io),
  });
  const prompts = anchors.map(({ prompt }) => prompt);
  const result = await run.run(prompts);
  reportFailures(result, budgetUsd, io);
  const missing = await writeOutcomes(prompts, run, journal, options);
  io.err(`${options.out}: written, ${formatDollars(journal.spentUsd)} spent in all\n`);
  return report(model, graded(anchors, run, model), { assembly, missing }, io);
}

interface AddOptions {
  readonly model: string;
  /** `model` as a list. */
  readonly models: readonly [string];
  readonly budgetUsd: number;
  readonly isConfirmed: boolean;
  readonly out: string;
  readonly dataset: string;
  readonly maxTokens: number;
  readonly url: string;
  readonly key: string | null;
  readonly config: string | null;
}

function readOptions(args: readonly string[], env: Io['env']): AddOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      anchors: { type: 'boolean', default: false },
      budget: { type: 'string', default: '1' },
      yes: { type: 'boolean', default: false },
      out: { type: 'string' },
      'max-tokens': { type: 'string', default: '2048' },
      url: { type: 'string', default: 'http://127.0.0.1:4300' },
      key: { type: 'string' },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0 || !modelId.safeParse(model).success) {
    throw new UsageError('name one model as vendor/name: suffice models add acme/new-1 --anchors');
  }
  if (!values.anchors)
    throw new UsageError('--anchors is missing: it sends the prompts that ship with Suffice');
  return {
    model,
    models: [model],
    budgetUsd: atLeast('--budget', values.budget, 0),
    isConfirmed: values.yes,
    out: values.out ?? `anchors-${model.replace('/', '-')}.jsonl`,
    dataset: 'anchors',
    maxTokens: Math.round(atLeast('--max-tokens', values['max-tokens'], 1)),
    url: values.url,
    key: values.key ?? env['SUFFICE_API_KEY'] ?? null,
    config: values.config ?? null,
  };
}

function atLeast(option: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new UsageError(`${option} ${text}: must be a number of at least ${least}`);
}

function modelFor(id: string, { setup }: Assembly): Model {
  return setup.served.get(id)?.model ?? gradedModel(id, setup.catalog);
}

interface Anchor {
  readonly prompt: LivePrompt;
  readonly features: Features;
}

/** The anchors, the most informative for this model first. */
async function readAnchors(
  folder: string,
  model: Model,
  { predictor, setup }: Assembly,
): Promise<readonly Anchor[]> {
  const prompts = await readPrompts(path.join(folder, 'anchors.jsonl'), 'exact');
  const features = await Promise.all(
    prompts.map(({ messages }) => {
      const body = JSON.stringify({ model: model.id, messages });
      return readPrompt(setup.reader, openai.readRequest(Buffer.from(body)).conversation());
    }),
  );
  const information = fisherInformation(model, predictor.base, features);
  return prompts
    .map((prompt, i) => ({ prompt, features: features[i], information: information[i] ?? 0 }))
    .sort((a, b) => b.information - a.information)
    .flatMap(({ prompt, features: promptFeatures }) =>
      promptFeatures === undefined ? [] : [{ prompt, features: promptFeatures }],
    );
}

interface CostInputs {
  readonly rates: ReadonlyMap<string, MaxRates>;
  readonly journal: Journal;
}

/** Reports the maximum cost. @returns whether the user agrees to spend it */
async function confirmCost(
  anchors: readonly Anchor[],
  options: AddOptions,
  { rates, journal }: CostInputs,
  io: Io,
): Promise<boolean> {
  const { model, budgetUsd, url } = options;
  const prompts = anchors.map(({ prompt }) => prompt);
  const most = maxRemainingCostUsd(prompts, options, { judge: null, rates, journal });
  io.err(
    `${prompts.length} prompts to ${model} through ${url}: at most ${formatDollars(most)} more; ` +
      `${formatDollars(journal.spentUsd)} spent before, budget ${formatDollars(budgetUsd)}\n`,
  );
  if (options.isConfirmed) return true;
  const answer = (await io.ask?.('Send them? [y/N] ')) ?? '';
  if (/^y(?:es)?$/iu.test(answer.trim())) return true;
  io.err(`Nothing was sent.${io.ask === undefined ? ' Add --yes to spend it.' : ''}\n`);
  return false;
}

function graded(anchors: readonly Anchor[], run: LiveRun, model: Model): readonly GradedAnchor[] {
  return anchors.flatMap(({ prompt, features }) => {
    const score = run.score(prompt, model.id);
    return score === null ? [] : [{ category: prompt.category, features, score }];
  });
}

function report(
  model: Model,
  answers: readonly GradedAnchor[],
  { assembly, missing }: { readonly assembly: Assembly; readonly missing: number },
  io: Io,
): number {
  if (missing > 0) {
    io.err(`${missing} answers are missing; run the same command again to resume\n`);
  }
  if (answers.length < MIN_ANSWERS) {
    io.err(`${answers.length} answers are too few for a measurement; ${MIN_ANSWERS} are needed\n`);
    return EXIT.failed;
  }
  const { base } = assembly.predictor;
  const measured = measureStrength(model, base, answers);
  if (measured === null) {
    io.err('the predictor in force does not use model strengths, so there is nothing to set\n');
    return EXIT.failed;
  }
  io.out(
    anchorReport(model, answers, measured, { predictor: base, catalog: assembly.setup.catalog }),
  );
  return missing === 0 ? EXIT.ok : EXIT.failed;
}
