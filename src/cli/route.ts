import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Clock } from '../core/clock.js';
import type { ChatRequest } from '../dialects/dialect.js';
import { openai } from '../dialects/openai/openai.js';
import { decisionJson } from '../http/decision-view.js';
import { flips } from '../route/explain.js';
import { EXIT, UsageError, type Io } from './io.js';
import { routeBatch } from './route-batch.js';
import type { OfflineRequest, OfflineRouter } from '../assembly/offline-router.js';
import { routeTable } from './route-table.js';
import type { ServeContext } from './serve.js';

/** What `suffice route --help` prints. */
export const ROUTE_HELP = `Usage: suffice route [options] "PROMPT"
       suffice route --batch IN.jsonl --models M1,M2,… [--policy P] > OUT.jsonl

Shows which model would answer, and why. Calls no provider.

  -p, --policy NAME      the policy (default: what the request of --request names, else auto)
  -m, --models M1,M2,…   choose among these: catalog names, or any vendor/model. A model named here
                         is assumed to be able to serve the prompt. Default: all models that the
                         configuration serves
  -c, --config FILE      the configuration (default: ./suffice.yaml if it exists, else the environment)
      --request FILE     read a chat completions body instead of a prompt; "-" is standard input
      --key NAME         decide as for this key of the configuration, with its labels. Default: no key
      --at TIME          decide as at this time, such as 2026-11-20T03:00:00+01:00. Default: now
      --spent USD        decide as if so much of the daily budget were spent. Default: nothing
      --json             print the decision as JSON
      --batch FILE       decide for each line of FILE: {"id","prompt"} or {"id","messages"}, with any
                         other members of a chat completions body but "model"; "-" is standard
                         input. Requires --models
  -h, --help             show this help
`;

/** The configuration and models to decide with. */
export interface DeskOptions {
  /** `null`: `suffice.yaml` in the current folder, or the environment. */
  readonly config: string | null;
  /** `null`: all models that the configuration serves. */
  readonly models: readonly string[] | null;
}

/** `suffice route`. */
export async function routeCommand(
  args: readonly string[],
  { io, clock }: Pick<ServeContext, 'io' | 'clock'>,
  openDesk: (request: DeskOptions) => Promise<OfflineRouter>,
): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    io.out(ROUTE_HELP);
    return EXIT.ok;
  }
  const models = parseModelNames(values.models);
  const request: DeskOptions = { config: values.config ?? null, models };
  if (values.batch !== undefined) {
    if (models === null) throw new UsageError('--batch requires --models M1,M2,…');
    const desk = await openDesk(request);
    const { policy = 'auto' } = values;
    const circumstances = circumstancesOf(values, desk);
    const decide = (read: ChatRequest) =>
      desk.decide({ ...deskRequest(read, clock), ...circumstances }, policy);
    return routeBatch(values.batch, policy, decide, io);
  }

  const body = await requestOf(values.request, positionals, io);
  const desk = await openDesk(request);
  const routeRequest = { ...deskRequest(body, clock), ...circumstancesOf(values, desk) };
  const requested = values.policy ?? body.model;
  // An unknown policy is refused by the desk, with a suggestion.
  const policy =
    values.policy === undefined
      ? policyIn(body, desk)
      : (desk.policyOf(values.policy) ?? values.policy);
  const routing = await desk.decide({ ...routeRequest, requested }, policy);
  if (values.key === undefined && desk.keysMatter) {
    const names = desk.keys.map(({ name }) => name).join(', ');
    io.err(
      `note: decided for a request without a key, but rules use the key: --key NAME (${names})\n`,
    );
  }
  const found = flips(routing.input, routing.choice);
  io.out(
    values.json
      ? `${JSON.stringify(decisionJson(routing.decision, routing, found), null, 2)}\n`
      : routeTable(routing, found),
  );
  return EXIT.ok;
}

/** @throws {UsageError} the request does not name a policy */
function policyIn({ model }: ChatRequest, desk: OfflineRouter): string {
  const policy = desk.policyOf(model);
  if (policy !== null) return policy;
  throw new UsageError(
    `the request names "${model}", which is not a policy, so there is nothing to decide; --policy auto shows what "auto" would choose`,
  );
}

interface Circumstances {
  readonly key?: string | undefined;
  readonly at?: string | undefined;
  readonly spent?: string | undefined;
}

/**
 * The key, time and spending to decide with, as given on the command line.
 *
 * @throws {UsageError} an unknown key, an invalid time, or spending without a configured budget
 */
function circumstancesOf(
  { key, at, spent }: Circumstances,
  desk: OfflineRouter,
): Partial<OfflineRequest> {
  return {
    ...(key === undefined ? {} : { key: keyNamed(key, desk) }),
    ...(at === undefined ? {} : { atMs: momentIn(at) }),
    ...(spent === undefined && desk.dailyBudgetUsd === null
      ? {}
      : { budget: budgetSpent(spent ?? '0', desk) }),
  };
}

function keyNamed(name: string, { keys }: OfflineRouter): NonNullable<OfflineRequest['key']> {
  const found = keys.find((key) => key.name === name);
  if (found !== undefined) return { name: found.name, metadata: found.metadata };
  const names = keys.map((key) => key.name);
  const known = names.length === 0 ? 'it has no keys' : `its keys are ${names.join(', ')}`;
  throw new UsageError(`the configuration has no key named "${name}"; ${known}`);
}

function momentIn(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isFinite(atMs)) return atMs;
  throw new UsageError(`--at requires a time such as 2026-11-20T03:00:00+01:00, not "${text}"`);
}

function budgetSpent(text: string, desk: OfflineRouter): NonNullable<OfflineRequest['budget']> {
  const spentUsd = Number(text);
  if (text.trim() === '' || !(spentUsd >= 0)) {
    throw new UsageError(`--spent requires US dollars such as 42.50, not "${text}"`);
  }
  if (desk.dailyBudgetUsd === null) {
    throw new UsageError('--spent requires a budget: set budget.daily_usd in the configuration');
  }
  return { limitUsd: desk.dailyBudgetUsd, spentUsd };
}

/** A chat request as `OfflineRouter` expects it, with the current time. */
export function deskRequest(request: ChatRequest, clock: Clock): OfflineRequest {
  const { stream, metadata } = request;
  return { stream, metadata, conversation: request.conversation(), atMs: clock.wallMs() };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      policy: { type: 'string', short: 'p' },
      models: { type: 'string', short: 'm' },
      config: { type: 'string', short: 'c' },
      request: { type: 'string' },
      key: { type: 'string' },
      at: { type: 'string' },
      spent: { type: 'string' },
      json: { type: 'boolean', default: false },
      batch: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

/** Splits a comma-separated list and removes duplicates; `null` for no list. @throws {UsageError} an empty name */
export function parseModelNames(list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError('--models requires names separated by commas');
  return [...new Set(names)];
}

async function requestOf(
  file: string | undefined,
  positionals: readonly string[],
  io: Io,
): Promise<ChatRequest> {
  if (file !== undefined) {
    const text = file === '-' ? await io.readStdin() : await readFile(file, 'utf8');
    return openai.readRequest(Buffer.from(text));
  }
  const prompt = positionals.join(' ');
  if (prompt.trim() === '') throw new UsageError('give a prompt, --request FILE or --batch FILE');
  const body = { model: 'auto', messages: [{ role: 'user', content: prompt }] };
  return openai.readRequest(Buffer.from(JSON.stringify(body)));
}
