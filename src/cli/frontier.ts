import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Clock } from '../core/clock.js';
import { GatewayError } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import { DataError, readJsonl } from '../outcomes/jsonl.js';
import { expectationsOf } from '../route/price/price-book.js';
import { frontierOf, type FrontierPoint } from '../route/price/frontier.js';
import type { RuleOutcome } from '../route/rules/outcome.js';
import type { PolicyPreview, OfflineRouter } from '../assembly/offline-router.js';
import { EXIT } from './io.js';
import { deskRequest, parseModelNames, type DeskOptions } from './route.js';
import type { ServeContext } from './serve.js';
import { formatDollars, formatDuration, formatTable } from './table.js';

const FRONTIER_HELP = `Usage: suffice frontier [options]

Shows, for each value of "keep", the quality you could expect and what it would cost and save with
your models, so that you can choose one for your rules. Uses predictions only; calls no provider.

  -p, --policy NAME      the policy whose reference, objective, constraints, pin and preferences apply
                         (default: auto)
  -m, --models M1,M2,…   the models to choose among (default: all that the configuration serves)
      --from FILE        your own requests: lines {"prompt"} or {"messages"}, with any other members of a
                         chat completions body, as .jsonl or .jsonl.gz (default: typical prompts that
                         ship with Suffice)
  -c, --config FILE      the configuration (default: ./suffice.yaml if it exists, else the environment)
      --json             print the frontier as JSON
  -h, --help             show this help
`;

/** The values of `keep` that are shown in addition to the policy's own. */
const KEEPS = [1, 0.99, 0.98, 0.97, 0.95, 0.93, 0.9, 0.85, 0.8, 0.7, 0.5] as const;

const requestLine = z.looseObject({
  prompt: z.string().optional(),
  messages: z.array(z.unknown()).optional(),
  tools: z.array(z.unknown()).optional(),
});

/** `suffice frontier`. */
export async function frontierCommand(
  args: readonly string[],
  { io, clock }: Pick<ServeContext, 'io' | 'clock'>,
  openDesk: (request: DeskOptions) => Promise<OfflineRouter>,
): Promise<number> {
  const { values } = parse(args);
  if (values.help) {
    io.out(FRONTIER_HELP);
    return EXIT.ok;
  }
  const { policy, from } = values;
  const desk = await openDesk({
    config: values.config ?? null,
    models: parseModelNames(values.models),
  });
  const foreseen = desk.preview(policy);
  const { outcome } = foreseen;
  if (outcome.objective === 'quality') {
    throw new GatewayError(
      'invalid_request',
      `the policy "${policy}" always uses the best model regardless of cost, so there is no "keep" to choose`,
    );
  }
  const prospects =
    from === undefined ? foreseen.prospects : await prospectsIn(from, policy, desk, clock);
  const [first] = prospects;
  const expectations = expectationsOf(prospects, outcome);
  if (first === undefined || expectations === null || expectations.size === 0) {
    throw new DataError(
      from === undefined
        ? 'this predictor ships without typical prompts; give your own with --from'
        : `${from}: it contains no request that a model may answer`,
    );
  }
  const keeps = [...new Set([...KEEPS, outcome.keep.value])].sort((a, b) => b - a);
  const frontier: Frontier = {
    outcome,
    models: first.candidates.models,
    from: from ?? null,
    requests: expectations.size,
    points: informativePoints(
      frontierOf({ expectations, prospects, outcome }, keeps),
      outcome.keep.value,
    ),
  };
  io.out(values.json ? `${JSON.stringify(frontierJson(frontier), null, 2)}\n` : page(frontier));
  return EXIT.ok;
}

/** Once the price of quality is 0, a lower `keep` changes nothing, so only the policy's own is shown. */
function informativePoints(
  points: readonly FrontierPoint[],
  own: number,
): readonly FrontierPoint[] {
  const last = points.findIndex(({ price }) => price === 0);
  return points.filter(({ keep }, i) => last < 0 || i <= last || keep === own);
}

interface Frontier {
  readonly outcome: RuleOutcome;
  readonly models: readonly string[];
  readonly from: string | null;
  readonly requests: number;
  readonly points: readonly FrontierPoint[];
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      policy: { type: 'string', short: 'p', default: 'auto' },
      models: { type: 'string', short: 'm' },
      from: { type: 'string' },
      config: { type: 'string', short: 'c' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

/** @throws {DataError} a line is not a request */
async function prospectsIn(
  file: string,
  policy: string,
  desk: OfflineRouter,
  clock: Clock,
): Promise<PolicyPreview['prospects']> {
  const prospects: PolicyPreview['prospects'][number][] = [];
  for await (const line of readJsonl(file, requestLine)) {
    const { prompt, messages } = line;
    if (prompt === undefined && messages === undefined) {
      throw new DataError(`${file}: a line has neither "prompt" nor "messages"`);
    }
    const conversation = messages ?? [{ role: 'user', content: prompt }];
    const body = JSON.stringify({ ...line, model: policy, messages: conversation });
    const request = deskRequest(openai.readRequest(Buffer.from(body)), clock);
    prospects.push((await desk.decide(request, policy)).prospect);
  }
  return prospects;
}

function page({ outcome, models, from, requests, points }: Frontier): string {
  const isLatency = outcome.objective === 'latency';
  const reference = outcome.reference === 'best' ? 'the best model' : outcome.reference;
  const rows = points.map((point) => [
    point.keep === outcome.keep.value ? '>' : ' ',
    String(point.keep),
    point.kept.toFixed(3),
    isLatency ? formatDuration(point.outlay) : formatDollars(point.outlay && 1000 * point.outlay),
    point.saved === null ? 'n/a' : `${(100 * point.saved).toFixed(0)} %`,
    point.price === null
      ? '-'
      : isLatency
        ? formatDuration(point.price)
        : formatDollars(point.price),
    sharesOf(point, models),
  ]);
  return [
    `${requests} ${from === null ? 'typical prompts' : `requests from ${from}`}, ${models.length} models, ` +
      `policy ${outcome.policy} (keep ${outcome.keep.value} of ${reference})`,
    '',
    formatTable(
      [
        { title: '', align: 'left' },
        { title: 'KEEP', align: 'left' },
        { title: 'EXPECTED', align: 'right' },
        { title: isLatency ? 'TIME' : 'COST/1000', align: 'right' },
        { title: 'SAVED', align: 'right' },
        { title: 'WORTH', align: 'right' },
        { title: 'WHO ANSWERS', align: 'left' },
      ],
      rows,
    ),
    '',
    `EXPECTED: predicted share of the success of ${reference}. WORTH: what one more adequate answer may cost.`,
    '',
  ].join('\n');
}

const MAX_NAMED = 3;

/** The models with the largest shares, `openai/gpt-5 62 %`. */
function sharesOf({ shares }: FrontierPoint, models: readonly string[]): string {
  const used = shares
    .map((share, m) => ({ share, model: models[m] ?? '' }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  const named = used
    .slice(0, MAX_NAMED)
    .map(({ share, model }) => `${model} ${(100 * share).toFixed(0)} %`);
  const others = used.length - named.length;
  return [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ');
}

function frontierJson({ outcome, models, from, requests, points }: Frontier): object {
  const unit = outcome.objective === 'latency' ? 'latency_ms' : 'cost_usd';
  return {
    object: 'frontier',
    policy: outcome.policy,
    keep: outcome.keep.value,
    reference: outcome.reference,
    objective: outcome.objective,
    from,
    requests,
    points: points.map(({ keep, price, kept, outlay, saved, shares }) => ({
      keep,
      expected: kept,
      [unit]: outlay,
      saved,
      price,
      shares: Object.fromEntries(models.map((model, m) => [model, shares[m] ?? 0])),
    })),
  };
}
