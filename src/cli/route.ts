import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Clock } from '../core/clock.js';
import type { ChatRequest } from '../dialects/dialect.js';
import { openai } from '../dialects/openai/openai.js';
import { decisionJson } from '../http/decision-view.js';
import { flips } from '../route/explain.js';
import { EXIT, UsageError, type Io } from './io.js';
import { routeBatch } from './route-batch.js';
import type { DeskRequest, RouteDesk } from '../assembly/route-desk.js';
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
      --json             print the decision as JSON
      --batch FILE       decide for each line of FILE: {"id","prompt"} or {"id","messages"}, with any
                         other members of a chat completions body but "model"; "-" is standard
                         input. Requires --models
  -h, --help             show this help
`;

/** Where decisions are to be made: by whose configuration, and among which models. */
export interface DeskOptions {
  /** `null`: the file in this folder, or the environment. */
  readonly config: string | null;
  /** `null`: all that the configuration serves. */
  readonly models: readonly string[] | null;
}

/** `suffice route`: decides without calling anything. */
export async function routeCommand(
  args: readonly string[],
  { io, clock }: Pick<ServeContext, 'io' | 'clock'>,
  openDesk: (request: DeskOptions) => Promise<RouteDesk>,
): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    io.out(ROUTE_HELP);
    return EXIT.ok;
  }
  const models = namesIn(values.models);
  const request: DeskOptions = { config: values.config ?? null, models };
  if (values.batch !== undefined) {
    if (models === null) throw new UsageError('--batch needs --models M1,M2,…');
    const desk = await openDesk(request);
    const { policy = 'auto' } = values;
    const decide = (read: ChatRequest) => desk.decide(deskRequest(read, clock), policy);
    return routeBatch(values.batch, policy, decide, io);
  }

  const body = await requestOf(values.request, positionals, io);
  const desk = await openDesk(request);
  const asked = deskRequest(body, clock);
  const routing = await (values.policy === undefined
    ? desk.decide({ ...asked, requested: body.model }, policyIn(body, desk))
    : desk.decide(asked, values.policy));
  const found = flips(routing.input, routing.choice);
  io.out(
    values.json
      ? `${JSON.stringify(decisionJson(routing.decision, routing, found), null, 2)}\n`
      : routeTable(routing, found),
  );
  return EXIT.ok;
}

/** @throws {UsageError} where the request names no policy */
function policyIn({ model }: ChatRequest, desk: RouteDesk): string {
  const policy = desk.policyOf(model);
  if (policy !== null) return policy;
  throw new UsageError(
    `the request names "${model}", which is no policy, so there is nothing to decide; --policy auto shows what that would choose`,
  );
}

/** What a desk is told of a request. */
export function deskRequest(request: ChatRequest, clock: Clock): DeskRequest {
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
      json: { type: 'boolean', default: false },
      batch: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

/** Names with commas between them, each once; `null` for none. @throws {UsageError} for an empty name */
export function namesIn(list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError('--models wants names with commas between them');
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
  if (prompt.trim() === '') throw new UsageError('a prompt is missing, or --request or --batch');
  const body = { model: 'auto', messages: [{ role: 'user', content: prompt }] };
  return openai.readRequest(Buffer.from(JSON.stringify(body)));
}
