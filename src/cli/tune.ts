import { gradedModel } from '../assembly/groundwork.js';
import type { Assembly } from '../assembly/assemble.js';
import { GatewayError } from '../core/errors.js';
import { Random } from '../core/random.js';
import { headStoreIn } from '../route/local/adapt.js';
import { packHead, readHead, type StoredHead } from '../route/local/head-artefact.js';
import type { HeadStore } from '../route/local/head-store.js';
import { crossValidatedHead, isWhole, tuningTask, type TuningTask } from '../route/local/tune.js';
import { WordGrams } from '../route/local/word-grams.js';
import { EXIT, type Io } from './io.js';
import { assembleFor } from './open-desk.js';
import type { ServeContext } from './serve.js';
import { readTuningData, type TuningData } from './tune-data.js';
import { readTuneOptions, TUNE_HELP, type TuneOptions } from './tune-options.js';
import { deserves, gainsOf, type Comparison, type Gains } from './tune-report.js';
import { listed, reportOf } from './tune-table.js';

/** Unseen prompts that a head in force must have to be compared with on its own account. */
const LEAST_UNSEEN = 100;

type Context = Pick<ServeContext, 'io' | 'shipped' | 'clock' | 'version'>;

/** `suffice tune`. */
export async function tuneCommand(args: readonly string[], context: Context): Promise<number> {
  const options = readTuneOptions(args);
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
      io.out(listed(await store.list()));
      return EXIT.ok;
    case 'rollback':
      return await rollBack(options.id, store, { io, nowIso });
    case 'off':
      await store.use(null, nowIso);
      io.out(
        'no tuned head is in force any more; "suffice tune rollback" brings the last one back\n',
      );
      return EXIT.ok;
  }
}

interface Surroundings {
  readonly io: Io;
  readonly nowIso: string;
}

async function rollBack(
  wanted: string | null,
  store: HeadStore,
  { io, nowIso }: Surroundings,
): Promise<number> {
  const heads = await store.list();
  const current = heads.findIndex(({ inForce }) => inForce);
  const before = heads[current < 0 ? heads.length - 1 : current - 1];
  const id = wanted === null ? before?.id : heads.find((head) => head.id.startsWith(wanted))?.id;
  if (id === undefined) {
    const none = wanted === null ? 'there is no earlier head' : `there is no head "${wanted}"`;
    io.err(
      `suffice tune rollback: ${none} in ${store.folder}; "suffice tune off" goes on without\n`,
    );
    return EXIT.failed;
  }
  await store.use(id, nowIso);
  io.out(`${id} is in force\n`);
  return EXIT.ok;
}

async function fit(
  options: TuneOptions,
  assembly: Assembly,
  store: HeadStore,
  { io, nowIso }: Surroundings,
): Promise<number> {
  const { base } = assembly.predictor;
  if (base.revision === 'heuristic') {
    throw new GatewayError(
      'invalid_request',
      'only the trained predictor can be tuned, and this configuration uses the heuristic',
    );
  }
  const random = new Random(options.seed);
  const data = await readTuningData(options.from, options.folds, { assembly, random });
  const { catalog } = assembly.setup;
  const modelOf = (name: string) => gradedModel(name, catalog);
  const task = tuningTask(data.lines, base, modelOf, new WordGrams());
  const validated = crossValidatedHead(task, data.folds, () => random.next());
  const gains = compare(data, task, validated.logOdds, { assembly, random });
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
  // What cannot be read back must never be put in force.
  readHead(packHead(head));
  const isBetter = [gains.shipped, gains.head].every((one) => one === null || deserves(one));
  const installed = isBetter && !options.dryRun ? await store.install(head, nowIso) : null;
  io.out(reportOf({ data, task, gains, isBetter, installed, dryRun: options.dryRun }));
  return isBetter ? EXIT.ok : EXIT.failed;
}

function compare(
  { lines, hashes }: TuningData,
  task: TuningTask,
  is: Float64Array,
  { assembly, random }: { readonly assembly: Assembly; readonly random: Random },
): Comparison {
  const { graded, anchors: pair } = task;
  const rows = lines.map((_, i) => i);
  const next = () => random.next();
  const shipped = gainsOf({ graded, was: graded.offsets, is, rows, pair }, next);
  const { head, predictor } = assembly.predictor;
  if (head === null) return { shipped, head: null };
  const seen = new Set(head.stored.seen);
  const unseen = rows.filter((row) => !seen.has(hashes[row] ?? 0));
  if (unseen.length < LEAST_UNSEEN || !lines.every(({ prompt }) => isWhole(prompt)))
    return { shipped, head: null };
  const { catalog } = assembly.setup;
  const modelOf = (name: string) => gradedModel(name, catalog);
  // The task's own order of models, so that both log-odds lie alike.
  const { graded: before } = tuningTask(lines, predictor, modelOf, new WordGrams());
  return { shipped, head: gainsOf({ graded, was: before.offsets, is, rows: unseen, pair }, next) };
}

function recorded({ logLoss, brier, apgr }: Gains): StoredHead['record']['gains'] {
  return { log_loss: logLoss, brier, ...(apgr && { apgr }) };
}
