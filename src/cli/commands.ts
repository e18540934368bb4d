import { codeOf, FaultyFileError, GatewayError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { ArtefactError } from '../embed/artefact.js';
import { DataError } from '../outcomes/jsonl.js';
import { benchCommand } from './bench.js';
import { cacheCommand } from './cache.js';
import { checkCommand } from './check.js';
import { embedCommand } from './embed.js';
import { frontierCommand } from './frontier.js';
import { EXIT, UsageError } from './io.js';
import { modelsCommand } from './models.js';
import { openDesk } from './open-desk.js';
import { routeCommand } from './route.js';
import { rulesCommand } from './rules.js';
import { serveCommand, type ServeContext } from './serve.js';
import { tuneCommand } from './tune.js';

const HELP = `Usage: suffice COMMAND [options]

  serve          serve the gateway
  check          find what is wrong with the configuration
  route          decide which model would answer a prompt, and explain it
  frontier       show what each promise would keep, cost and save
  rules check    find what is wrong or useless in a rules file
  rules test     run the tests beside a rules file
  bench          measure how well the router chooses
  embed          print the vectors of texts
  tune           fit the router to graded prompts of your own
  cache          show what the cache does, purge it, or judge pairs of questions
  models         list the models that are served, or all that are known

suffice COMMAND --help says more. Documentation: docs/ beside this program.
`;

type Command = (args: readonly string[], context: ServeContext) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  check: checkCommand,
  route: (args, context) => routeCommand(args, context, (request) => openDesk(request, context)),
  frontier: (args, context) =>
    frontierCommand(args, context, (request) => openDesk(request, context)),
  rules: rulesCommand,
  bench: benchCommand,
  embed: embedCommand,
  tune: tuneCommand,
  cache: cacheCommand,
  models: modelsCommand,
};

/**
 * Runs one command.
 *
 * Never throws for what a person did wrong: that becomes sentences on standard error.
 *
 * @returns the exit code, one of `EXIT`
 */
export async function runCommand(args: readonly string[], context: ServeContext): Promise<number> {
  const [name, ...rest] = args;
  const { io, version } = context;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(HELP);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-v') {
    io.out(`${version}\n`);
    return EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const meant = nearest(name, Object.keys(COMMANDS));
    const hint = meant === null ? '' : `; did you mean "${meant}"?`;
    io.err(`suffice: there is no command "${name}"${hint}\n\n${HELP}`);
    return EXIT.usage;
  }
  try {
    return await command(rest, context);
  } catch (error) {
    return explainFailure(name, error, context);
  }
}

function explainFailure(command: string, error: unknown, { io }: ServeContext): number {
  if (error instanceof UsageError || isParseArgsError(error)) {
    io.err(`suffice ${command}: ${error.message}\nsuffice ${command} --help says more.\n`);
    return EXIT.usage;
  }
  if (error instanceof FaultyFileError) {
    io.err(`${error.message}\n`);
    return EXIT.failed;
  }
  if (error instanceof GatewayError || isExpected(error)) {
    io.err(`suffice ${command}: ${error.message}\n`);
    return EXIT.failed;
  }
  throw error;
}

// By code, not by class: these errors come from the platform, whose classes are not always ours
// to compare with.
function isParseArgsError(error: unknown): error is Error {
  return codeOf(error).startsWith('ERR_PARSE_ARGS_');
}

/** Files that are not there and ports that are taken: the system's own words say what is wrong. */
function isExpected(error: unknown): error is Error {
  return error instanceof ArtefactError || error instanceof DataError || isOfSystem(error);
}

/** Whether a call of the operating system failed: Node says which. */
function isOfSystem(error: unknown): boolean {
  return codeOf(error) !== '' && typeof (error as { syscall?: unknown }).syscall === 'string';
}
