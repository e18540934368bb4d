import type { Gain } from '../route/local/head-artefact.js';
import type { ListedHead } from '../route/local/head-store.js';
import type { TuningTask } from '../route/local/tune.js';
import { formatTable, type Column } from './table.js';
import type { TuningData } from './tune-data.js';
import { isBetter, type Comparison, type Gains } from './tune-gains.js';

/** The result of a tuning. */
interface Result {
  readonly data: TuningData;
  readonly task: Pick<TuningTask, 'models' | 'anchors' | 'graded'>;
  readonly gains: Comparison;
  /** Whether the head is good enough to be put in force. */
  readonly isImprovement: boolean;
  /** The id of the installed head; `null` if none was installed. */
  readonly installed: string | null;
  readonly dryRun: boolean;
}

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title, align: 'left' });

/** The report of a tuning: the data, the gains, and whether the head was installed. */
export function formatTuneReport(result: Result): string {
  const { data, task, gains } = result;
  const sampled =
    data.foundLines > data.lines.length ? ` (a random sample of ${data.foundLines})` : '';
  const { head } = gains;
  const rows = [
    ...rowsOf('the predictor', gains.shipped),
    ...(head === null || head.on === 'nothing' ? [] : rowsOf(AGAINST[head.on], head.gains)),
  ];
  return [
    `${data.lines.length} prompts${sampled}, ${task.models.length} models, ${data.answers} graded answers`,
    '',
    formatTable(
      [
        left('AGAINST'),
        left('MEASURE'),
        right('BEFORE'),
        right('TUNED'),
        left('DIFFERENCE [95 %]'),
      ],
      rows,
    ),
    '',
    'Measured on prompts that the fit had not seen. Log-loss and Brier: lower is better.',
    routingLine(task, gains.shipped),
    '',
    verdict(result),
    '',
  ].join('\n');
}

const AGAINST = {
  unseen: 'the head in force, on prompts new to it',
  refit: 'the head in force, cross-validated',
} as const;

function routingLine({ models, anchors }: Result['task'], { apgr }: Gains): string {
  const pair = anchors.map((anchor) => models[anchor] ?? '').join(' → ');
  if (apgr !== null) return `APGR: share of the gap ${pair} that routing recovers, 0.5 at random.`;
  const why =
    anchors[0] === anchors[1]
      ? 'no two models have enough graded answers that differ on average'
      : `too few prompts have answers of both ${anchors.map((anchor) => models[anchor] ?? '').join(' and ')} to tell which is the better`;
  return `Routing was not measured: ${why}.`;
}

function rowsOf(against: string, { logLoss, brier, apgr }: Gains): string[][] {
  return [
    [against, 'log-loss', ...figures(logLoss)],
    ['', 'Brier', ...figures(brier)],
    ...(apgr === null ? [] : [['', 'APGR', ...figures(apgr)]]),
  ];
}

function figures({ was, is, low, high }: Gain): string[] {
  const interval = `[${signed(low)}, ${signed(high)}]`;
  return [was.toFixed(4), is.toFixed(4), `${signed(is - was)} ${interval}`];
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

function verdict({ gains, isImprovement, installed, dryRun }: Result): string {
  if (!isImprovement) {
    return gains.head?.on === 'nothing' && isBetter(gains.shipped)
      ? `Nothing was installed: ${gains.head.why}.`
      : 'Nothing was installed: log-loss must improve significantly, and routing must not get significantly worse.';
  }
  if (installed !== null)
    return `${installed} is in force; a running server follows within seconds.`;
  return dryRun ? 'It would be installed; --dry-run installs nothing.' : '';
}

/** A table of the heads in a folder. */
export function formatHeadList(heads: readonly ListedHead[]): string {
  if (heads.length === 0) return 'nothing has been tuned here\n';
  const rows = heads.map(({ id, inForce, stored }) => {
    if (stored === null) return [inForce ? '*' : '', id, 'cannot be read'];
    const { created, prompts, answers, predictor, gains } = stored.record;
    return [
      inForce ? '*' : '',
      id,
      created.slice(0, 19).replace('T', ' '),
      String(prompts),
      String(answers),
      predictor,
      changeOf(gains['log_loss']),
      changeOf(gains['apgr']),
    ];
  });
  const columns = [
    left(''),
    left('HEAD'),
    left('TUNED (UTC)'),
    right('PROMPTS'),
    right('ANSWERS'),
    left('FOR PREDICTOR'),
    right('LOG-LOSS'),
    right('APGR'),
  ];
  return `${formatTable(columns, rows)}\n`;
}

function changeOf(gain: Gain | undefined): string {
  return gain === undefined ? '–' : signed(gain.is - gain.was);
}
