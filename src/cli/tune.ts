import { gradedModel } from '../assembly/routing-inputs.js';
import type { Assembly } from '../assembly/assemble.js';
import { GatewayError } from '../core/errors.js';
import type { Model } from '../core/model.js';
import { ArtefactError } from '../embed/artefact.js';
import { Random } from '../core/random.js';
import { adaptPredictor, headStoreIn } from '../route/local/adapt.js';
import { packHead, readHead, type StoredHead } from '../route/local/head-artefact.js';
import type { HeadStore } from '../route/local/head-store.js';
import { crossValidateHead, prepareTuning } from '../route/local/tune.js';
import { WordGrams } from '../route/local/word-grams.js';
import type { Predictor } from '../route/predictor.js';
import { EXIT, type Io } from './io.js';
import { assembleFor } from './open-desk.js';
import type { ServeContext } from './serve.js';
import { compareHeads, type ComparisonInputs } from './tune-compare.js';
import { readTuningData } from './tune-data.js';
import { parseTuneOptions, TUNE_HELP, type TuneOptions } from './tune-options.js';
import { isBetter, canReplace, type Gains } from './tune-gains.js';
import { formatHeadList, formatTuneReport } from './tune-table.js';

type Context = Pick<ServeContext, 'io' | 'shipped' | 'clock' | 'version'>;

/** `suffice tune`. */
export async function tuneCommand(args: readonly string[], context: Context): Promise<number> {
  const options = parseTuneOptions(args);
  const { io } = context;
  if (options.help) {
    io.out(TUNE_HELP);
    return EXIT.ok;
  }
  const assembly = await assembleFor(options.config, context);
  const store = headStoreIn(options.out ?? assembly.adaptationFolder);
  const nowIso = new Date(context.clock.wallMs()).toISOString();
  switch (options.action) {
    case 'fit':
      return await fit(options, assembly, store, { io, nowIso });
    case 'list':
      return await list(store, io);
    case 'rollback':
      return await rollBack(options.id, store, { io, nowIso });
    case 'off':
      await store.use(null, nowIso);
      io.out('no tuned head is in force any more; "suffice tune rollback" restores the last one\n');
      return EXIT.ok;
  }
}

interface Environment {
  readonly io: Io;
  readonly nowIso: string;
}

async function list(store: HeadStore, io: Io): Promise<number> {
  io.out(formatHeadList(await store.list()));
  try {
    await store.current();
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ArtefactError)) throw error;
    io.err(`suffice tune list: ${error.message}; ${REMEDIES}\n`);
    return EXIT.failed;
  }
}

const REMEDIES =
  '"suffice tune rollback ID" puts a head in force, "suffice tune off" turns tuning off';

async function rollBack(
  idPrefix: string | null,
  store: HeadStore,
  { io, nowIso }: Environment,
): Promise<number> {
  const refuse = (why: string): number => {
    io.err(`suffice tune rollback: ${why}; ${REMEDIES}\n`);
    return EXIT.failed;
  };
  if (idPrefix === null) {
    const id = await store.rollback(nowIso).catch((error: unknown) => {
      if (error instanceof ArtefactError) return error;
      throw error;
    });
    if (id instanceof ArtefactError) return refuse(id.message);
    if (id === null) return refuse(`there is no earlier head in ${store.folder}`);
    io.out(`${id} is in force\n`);
    return EXIT.ok;
  }
  const [id, other] = (await store.list())
    .map((head) => head.id)
    .filter((known) => known.startsWith(idPrefix));
  if (id === undefined) return refuse(`there is no head "${idPrefix}" in ${store.folder}`);
  if (other !== undefined) return refuse(`"${idPrefix}" may mean ${id} or ${other}`);
  await store.use(id, nowIso);
  io.out(`${id} is in force\n`);
  return EXIT.ok;
}

async function fit(
  options: TuneOptions,
  assembly: Assembly,
  store: HeadStore,
  { io, nowIso }: Environment,
): Promise<number> {
  const { base } = assembly.predictor;
  if (base.revision === 'heuristic') {
    throw new GatewayError(
      'invalid_request',
      'only the trained predictor can be tuned, and this configuration uses the heuristic',
    );
  }
  // Checked first, so that a fit of minutes does not fail at its end because of the folder.
  if (!options.dryRun) await store.prepare();
  const random = new Random(options.seed);
  const warn = (sentence: string): void => {
    io.err(`warning: ${sentence}\n`);
  };
  const data = await readTuningData(options.from, options.folds, { assembly, random, warn });
  const { catalog } = assembly.setup;
  const modelOf = (name: string) => gradedModel(name, catalog);
  const task = prepareTuning(data.lines, base, modelOf, new WordGrams());
  const since = await idInForce(store);
  const inForce = options.replace ? null : await headInForce(base, store, modelOf);
  unknownModelWarnings(task.models, assembly).forEach(warn);
  const validated = crossValidateHead(task, data.folds, new Random(options.seed));
  const gains = compareHeads(data, task, validated, {
    head: inForce,
    modelOf,
    random,
    seed: options.seed,
  });
  const head: Omit<StoredHead, 'hash'> = {
    tables: validated.tables,
    seen: data.seen,
    record: {
      predictor: base.revision,
      created: nowIso,
      data: data.sources,
      prompts: data.lines.length,
      answers: data.answers,
      trust: validated.trust,
      gains: recorded(gains.shipped),
    },
  };
  // Throws if the head cannot be read back, before it is put in force.
  readHead(packHead(head));
  const isImprovement = isBetter(gains.shipped) && canReplace(gains.head);
  const shouldInstall = isImprovement && !options.dryRun;
  if (shouldInstall && !options.replace && (await idInForce(store)) !== since) {
    io.err(
      'suffice tune: nothing was installed: another head was put in force in the meantime, and this one was not compared with it; run the command again\n',
    );
    return EXIT.failed;
  }
  const installed = shouldInstall ? await store.install(head, nowIso) : null;
  io.out(formatTuneReport({ data, task, gains, isImprovement, installed, dryRun: options.dryRun }));
  return isImprovement ? EXIT.ok : EXIT.failed;
}

/** The id of the head in force, even if it cannot be read; `null` if there is none or it is unknown. */
async function idInForce(store: HeadStore): Promise<string | null> {
  return (await store.list()).find(({ inForce }) => inForce)?.id ?? null;
}

/** The head in force; `null` if there is none or it is unusable, so that it corrects nothing. */
async function headInForce(
  base: Predictor,
  store: HeadStore,
  modelOf: (name: string) => Model,
): Promise<ComparisonInputs['head']> {
  const { predictor, head } = await adaptPredictor(base, store, modelOf);
  return head === null ? null : { predictor, stored: head.stored };
}

/** Warnings for unknown models: grades of a misspelt name would tune no served model. */
function unknownModelWarnings(
  names: readonly string[],
  { predictor: { base }, setup: { catalog, served } }: Assembly,
): readonly string[] {
  return names
    .filter((name) => catalog.find(name) === undefined && !served.has(name))
    .filter((name) => base.ability(gradedModel(name, catalog)).basis !== 'fitted')
    .map((name) => {
      const suggestion = catalog.suggest(name);
      const hint = suggestion === null ? '' : `; did you mean "${suggestion}"?`;
      return `unknown model "${name}"${hint}${hint === '' ? '.' : ''} Its answers only tune what all models share`;
    });
}

function recorded({ logLoss, brier, apgr }: Gains): StoredHead['record']['gains'] {
  return { log_loss: logLoss, brier, ...(apgr && { apgr }) };
}
