import { errorCodeOf, FaultyFileError, GatewayError } from '../core/errors.js';
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

  serve          run the gateway
  check          validate the configuration, the rules and their tests
  route          show which model would answer a prompt, and why
  frontier       show what each value of "keep" would cost and save with your models
  rules check    find errors in a rules file, and rules that have no effect
  rules test     run the tests next to a rules file
  models         list the models this configuration serves, or the whole catalog
  cache          show cache statistics, purge answers, or compare pairs of questions
  tune           fit the router to your own graded prompts
  bench          measure how well the router chooses
  embed          print the embedding vectors of texts

Run "suffice COMMAND --help" for the options of a command. Documentation: docs/ in this package.
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

/** The subcommands that have a `--help` of their own. */
const SUBCOMMANDS_WITH_HELP: Readonly<Record<string, readonly string[]>> = {
  bench: ['quality', 'fetch', 'live'],
  cache: ['judge'],
  models: ['add'],
};

/**
 * Runs one command.
 *
 * User errors are not thrown but reported on standard error.
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
    const suggestion = nearest(name, Object.keys(COMMANDS));
    const hint = suggestion === null ? '' : `; did you mean "${suggestion}"?`;
    io.err(`suffice: unknown command "${name}"${hint}\n\n${HELP}`);
    return EXIT.usage;
  }
  try {
    return await command(rest, context);
  } catch (error) {
    return explainFailure(commandWithHelp(name, rest), error, context);
  }
}

/** The command, with its subcommand if that has a `--help` of its own. */
function commandWithHelp(name: string, [verb = '']: readonly string[]): string {
  return SUBCOMMANDS_WITH_HELP[name]?.includes(verb) === true ? `${name} ${verb}` : name;
}

function explainFailure(command: string, error: unknown, { io }: ServeContext): number {
  if (error instanceof UsageError || isParseArgsError(error)) {
    io.err(
      `suffice ${command}: ${error.message}\nRun "suffice ${command} --help" for its options.\n`,
    );
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

// Matched by code: errors of the platform can come from another realm, where `instanceof` fails.
function isParseArgsError(error: unknown): error is Error {
  return errorCodeOf(error).startsWith('ERR_PARSE_ARGS_');
}

/** Errors whose message suffices for the user, such as a missing file or a port in use. */
function isExpected(error: unknown): error is Error {
  return error instanceof ArtefactError || error instanceof DataError || isSystemError(error);
}

/** Whether a system call failed. */
function isSystemError(error: unknown): boolean {
  return errorCodeOf(error) !== '' && typeof (error as { syscall?: unknown }).syscall === 'string';
}
