import { writeFile } from 'node:fs/promises';
import { loadRoutingInputs } from '../../assembly/routing-inputs.js';
import { EXIT } from '../../cli/io.js';
import type { ServeContext } from '../../cli/serve.js';
import { configSource } from '../../config/source.js';
import { ArtefactError } from '../../embed/artefact.js';
import { readOutcomeFile, outcomeFiles } from '../../outcomes/outcome-file.js';
import type { OutcomeFile } from '../../outcomes/outcome-file.js';
import { DataError } from '../../outcomes/jsonl.js';
import { loadRules } from '../../route/rules/load.js';
import type { RouterUnderTest } from './route-lines.js';
import { benchSets, whyEmpty, type BenchSet } from './bench-set.js';
import { toCsv } from './csv.js';
import { toHtml } from './html/page.js';
import { toMarkdown } from './markdown.js';
import { measureSet } from './measure-set.js';
import type { SetMeasurement } from './measure-set.js';
import { QUALITY_HELP, parseQualityOptions } from './options.js';
import type { QualityOptions } from './options.js';
import { poolSets } from './pool.js';
import { readPrices } from './prices.js';
import type { PriceList } from './prices.js';
import type { QualityReport } from './report.js';
import { terminalTables } from './terminal.js';

type Context = Pick<ServeContext, 'io' | 'shipped' | 'clock' | 'version'>;

/** With more degraded decisions than this share, no figures are reported: they would not be the predictor's. */
const MAX_DEGRADED_SHARE = 0.01;
const PERCENT = 100;

/** `suffice bench quality`. */
export async function qualityCommand(args: readonly string[], context: Context): Promise<number> {
  const { io } = context;
  const options = parseQualityOptions(args);
  if (options === null) {
    io.out(QUALITY_HELP);
    return EXIT.ok;
  }
  // Missing files and invalid lines are reported before seconds are spent on loading the router.
  const paths = await outcomeFiles(options.paths);
  const prices: PriceList = options.prices === null ? new Map() : await readPrices(options.prices);
  const files = await readAll(paths);
  const sets = setsOf(files, options, io);
  const ours = await openRouter(options, context);
  const measures = await measureSets({ sets, files: files.length, prices, options, ours }, context);
  const report = reportOf({ options, ours, files, measures }, context);
  const { all, degraded } = report.decisions;
  if (degraded > MAX_DEGRADED_SHARE * all) {
    const why = ours.degraded ?? 'the predictor failed on them';
    const share = ((PERCENT * degraded) / all).toFixed(1);
    io.err(
      `suffice bench quality: ${degraded} of ${all} decisions (${share} %) were degraded: ${why}. ` +
        'No figures are reported, because they would not be those of the predictor.\n',
    );
    return EXIT.failed;
  }
  io.out(terminalTables(report));
  await writeReports(report, options, context);
  return EXIT.ok;
}

async function openRouter(
  options: QualityOptions,
  { io, shipped, clock }: Context,
): Promise<RouterUnderTest> {
  const source = configSource({
    file: options.config,
    overrides: {},
    env: io.env,
    // Local models do not matter: the outcomes determine which models are compared.
    ollamaModels: () => Promise.resolve(null),
  });
  const missing: string[] = [];
  const inputs = await loadRoutingInputs(await source.load(), shipped, {
    clock,
    onPredictorMissing: (error) => {
      missing.push(error.message);
    },
    onEncoderMissing: (error) => {
      throw error;
    },
    onTuningUnusable: (error) => {
      missing.push(error.message);
    },
  });
  const rules = await loadRules(shipped.rules);
  const { catalog } = inputs;
  if (options.artefacts !== null) {
    const predictor = await shipped.cache.predictor(options.artefacts);
    if (predictor.encoder !== null) {
      throw new ArtefactError(
        options.artefacts,
        `it was trained for the encoder ${predictor.encoder.name}; set both in a configuration (router.artefacts, router.embedder) and pass that with --config`,
      );
    }
    return { catalog, rules, predictor, reader: null, degraded: null };
  }
  const { predictor, encoder, degraded } = inputs.predictor;
  const reader = encoder === null ? null : encoder.reader;
  return { catalog, rules, predictor, reader, degraded: missing[0] ?? degraded };
}

/** Reads all files before any is measured, so that a faulty last one does not waste the work on the others. */
async function readAll(paths: readonly string[]): Promise<readonly OutcomeFile[]> {
  const files: OutcomeFile[] = [];
  for (const path of paths) files.push(await readOutcomeFile(path));
  return files;
}

/** A set, and the number of its file, from 1. */
interface NumberedSet {
  readonly set: BenchSet;
  readonly fileNumber: number;
}

/** @throws {DataError} no set has anything to measure */
function setsOf(
  files: readonly OutcomeFile[],
  { split }: QualityOptions,
  io: Context['io'],
): readonly NumberedSet[] {
  const sets = files.flatMap((file, i) =>
    benchSets(file, split).flatMap((set) => {
      const why = whyEmpty(set);
      if (why === null) return [{ set, fileNumber: i + 1 }];
      io.err(`${file.file}: ${why}; skipped\n`);
      return [];
    }),
  );
  if (sets.length === 0) throw new DataError('there is no prompt to measure on');
  return sets;
}

interface Job {
  readonly sets: readonly NumberedSet[];
  /** The number of files. */
  readonly files: number;
  readonly prices: PriceList;
  readonly options: QualityOptions;
  readonly ours: RouterUnderTest;
}

async function measureSets(
  { sets, files, prices, options, ours }: Job,
  { io, clock }: Context,
): Promise<readonly SetMeasurement[]> {
  const startMs = clock.now();
  const { pair, rounds, seed } = options;
  const measures: SetMeasurement[] = [];
  for (const { set, fileNumber } of sets) {
    const measure = await measureSet(set, { ours, prices, pair, rounds, seed });
    const seconds = ((clock.now() - startMs) / 1000).toFixed(1);
    io.err(
      `[${seconds.padStart(6)} s] ${set.name}: ${set.measured.length} prompts measured (file ${fileNumber} of ${files})\n`,
    );
    measures.push(measure);
  }
  return measures;
}

interface Run {
  readonly options: QualityOptions;
  readonly ours: RouterUnderTest;
  readonly files: readonly OutcomeFile[];
  readonly measures: readonly SetMeasurement[];
}

function reportOf({ options, ours, files, measures }: Run, context: Context): QualityReport {
  return {
    format: 1,
    version: context.version,
    created: new Date(context.clock.wallMs()).toISOString(),
    command: commandOf(options),
    seed: options.seed,
    rounds: options.rounds,
    router: {
      predictor: ours.predictor.revision,
      rules: ours.rules.revision,
      catalog: ours.catalog.revision,
    },
    prices: options.prices,
    files: files.map(({ file, sha256, lines }) => ({ file, sha256, lines: lines.length })),
    decisions: {
      all: measures.reduce((sum, { report }) => sum + report.prompts, 0),
      degraded: measures.reduce((sum, { degraded }) => sum + degraded, 0),
    },
    groups: poolSets(measures),
    sets: measures.map(({ report }) => report),
  };
}

function commandOf(options: QualityOptions): string {
  const { pair, split, prices, rounds, seed, artefacts, config, paths } = options;
  const quoted = (text: string): string =>
    /^[\w./@:,=-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const named: readonly (readonly [string, string | null])[] = [
    ['--pair', pair === null ? null : `${pair.weak},${pair.strong}`],
    ['--split', split],
    ['--prices', prices],
    ['--bootstrap', String(rounds)],
    ['--seed', String(seed)],
    ['--artefacts', artefacts],
    ['--config', config],
  ];
  const flags = named.flatMap(([name, value]) => (value === null ? [] : [name, quoted(value)]));
  return ['suffice bench quality', ...flags, ...paths.map(quoted)].join(' ');
}

async function writeReports(
  report: QualityReport,
  options: QualityOptions,
  { io }: Context,
): Promise<void> {
  const written: readonly (readonly [string | null, () => string])[] = [
    [options.json, () => `${JSON.stringify(report, null, 2)}\n`],
    [options.csv, () => toCsv(report)],
    [options.html, () => toHtml(report)],
    [options.markdown, () => toMarkdown(report)],
  ];
  for (const [file, text] of written) {
    if (file === null) continue;
    await writeFile(file, text());
    io.err(`written: ${file}\n`);
  }
}
