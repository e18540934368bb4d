import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DataError } from '../outcomes/jsonl.js';
import { judgeCommand } from './cache-judge.js';
import { EXIT, UsageError, type Io } from './io.js';
import type { ServeContext } from './serve.js';
import { formatTable } from './table.js';

const CACHE_HELP = `Usage: suffice cache stats [options]
       suffice cache purge [options] WHAT
       suffice cache judge --batch IN.jsonl     compare pairs of questions (see judge --help)

Shows the cache statistics of a running gateway, or purges answers: from memory at once, and from
the cache folder and Redis before the command returns.

WHAT to purge; if you give several, an answer must match all of them:
      --tag TAG             answers with this tag
      --namespace NAME      answers in this namespace
      --id DECISION         the answer of this decision (x-suffice-cache-source)
      --prefix TEXT         answers whose namespace, or one of whose tags, starts with TEXT
      --all                 every answer; cannot be combined with the others
  -n, --dry-run             only show what would be purged

      --url URL             the gateway; or SUFFICE_URL (default: http://127.0.0.1:4300)
      --key KEY             one of its API keys; or SUFFICE_API_KEY
  -h, --help                show this help

A key purges the answers given to that key, or the answers of every key if its cache.purges is "all".
`;

const OPTIONS = {
  tag: { type: 'string' },
  namespace: { type: 'string' },
  id: { type: 'string' },
  prefix: { type: 'string' },
  all: { type: 'boolean' },
  'dry-run': { type: 'boolean', short: 'n', default: false },
  url: { type: 'string' },
  key: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const purged = z.object({
  dry_run: z.boolean(),
  answers: z.number(),
  bytes: z.number(),
  some: z.array(
    z.object({
      id: z.string(),
      model: z.string(),
      namespace: z.string(),
      tags: z.array(z.string()),
      age_s: z.number(),
      bytes: z.number(),
    }),
  ),
});
const fault = z.object({ error: z.object({ message: z.string() }) });

/** `suffice cache`. */
export async function cacheCommand(
  args: readonly string[],
  context: ServeContext,
): Promise<number> {
  const { io } = context;
  const [verb, ...rest] = args;
  if (verb === 'judge') return judgeCommand(rest, context);
  const { values } = parseArgs({
    args: verb?.startsWith('-') ? [...args] : rest,
    options: OPTIONS,
  });
  if (values.help) {
    io.out(CACHE_HELP);
    return EXIT.ok;
  }
  const { url, key, tag, namespace, id, prefix, all } = values;
  const gateway = gatewayAt(url, key, io);
  if (verb === 'stats') {
    io.out(`${JSON.stringify(await gateway('/v1/cache/stats', null), null, 2)}\n`);
    return EXIT.ok;
  }
  if (verb !== 'purge') throw new UsageError('a subcommand is missing: stats, purge or judge');
  const what = { tag, namespace, id, prefix, all };
  if (Object.values(what).every((condition) => condition === undefined)) {
    throw new UsageError('name what to purge: --tag, --namespace, --id, --prefix, or --all');
  }
  const answer = await gateway('/v1/cache/purge', { ...what, dry_run: values['dry-run'] });
  io.out(purgeText(purged.parse(answer)));
  return EXIT.ok;
}

function purgeText({ dry_run: dryRun, answers, bytes, some }: z.output<typeof purged>): string {
  const kib = (bytes / 1024).toFixed(1);
  const verb = dryRun ? 'would be removed' : 'removed';
  const head = `${answers} ${answers === 1 ? 'answer' : 'answers'} ${verb}, ${kib} KiB\n`;
  if (some.length === 0) return head;
  const rows = some.map((one) => [
    one.id,
    one.model,
    one.namespace,
    one.tags.join(' '),
    `${one.age_s} s`,
    String(one.bytes),
  ]);
  const shown = formatTable(
    [
      { title: 'DECISION', align: 'left' },
      { title: 'MODEL', align: 'left' },
      { title: 'NAMESPACE', align: 'left' },
      { title: 'TAGS', align: 'left' },
      { title: 'AGE', align: 'right' },
      { title: 'BYTES', align: 'right' },
    ],
    rows,
  );
  const more = answers > some.length ? `\n… and ${answers - some.length} more\n` : '\n';
  return `${head}\n${shown}${more}`;
}

type Gateway = (path: string, body: unknown) => Promise<unknown>;

function gatewayAt(url: string | undefined, key: string | undefined, { env }: Io): Gateway {
  const base = (url ?? nonEmpty(env['SUFFICE_URL']) ?? 'http://127.0.0.1:4300').replace(/\/+$/, '');
  const secret = key ?? nonEmpty(env['SUFFICE_API_KEY']);
  if (!URL.canParse(base)) throw new UsageError(`"${base}" is not a URL`);
  return async (path, body) => {
    const response = await reach(`${base}${path}`, {
      ...(body !== null && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json',
        ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
      },
    });
    const answer = jsonOrNull(await response.text());
    if (response.ok && answer !== null) return answer;
    const parsed = fault.safeParse(answer);
    const why = parsed.success ? parsed.data.error.message : `${base} answered ${response.status}`;
    throw new DataError(why);
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new DataError(`no gateway answers at ${new URL(url).origin}`, { cause });
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not a gateway; the caller reports it.
    return null;
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
