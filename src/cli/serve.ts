import { parseArgs } from 'node:util';
import { App } from '../app.js';
import { warningsOf } from '../assembly/active-config.js';
import type { Shipped } from '../assembly/shipped.js';
import { overrideFaults } from '../config/environment.js';
import { configSource } from '../config/source.js';
import type { Clock } from '../core/clock.js';
import { openLog, type LogDestination } from '../telemetry/log.js';
import { ollamaBaseUrl } from '../config/providers.js';
import { probeOllama } from '../upstream/probe-ollama.js';
import { banner } from './banner.js';
import { EXIT, UsageError, type Io } from './io.js';
import { createReloader } from './reload.js';

/** What `suffice serve --help` prints. */
export const SERVE_HELP = `Usage: suffice serve [options]

Runs the gateway. Without a configuration file it uses every provider whose key is in the
environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, …) and a local Ollama if one is
running. If there is none of these, it serves four simulated models.

  -c, --config FILE   the configuration (default: ./suffice.yaml if it exists)
      --host HOST     the address to listen on; overrides $HOST and server.host (default: 127.0.0.1)
      --port PORT     the port to listen on; overrides $PORT and server.port (default: 4300)
  -h, --help          show this help

Changed configuration and rules files are reloaded within seconds, without dropping a request.
SIGHUP reloads at once. SIGTERM and SIGINT stop accepting connections and let requests in flight
finish; a second signal aborts them.
`;

/** Signals within this time count as one: a Ctrl-C may arrive from the terminal and from npm. */
const SAME_STOP_MS = 1_000;

/** The process environment of commands. */
export interface ServeContext {
  readonly io: Io;
  readonly shipped: Shipped;
  readonly version: string;
  readonly clock: Clock;
  /** Opens the log's destination; called only by commands that log. */
  readonly openLogDestination: () => LogDestination;
  /** Calls `act` for every signal of that name until the process ends. */
  readonly onSignal: (signal: 'SIGHUP' | 'SIGTERM' | 'SIGINT', act: () => void) => void;
}

/** `suffice serve`: resolves when the server has drained. */
export async function serveCommand(
  args: readonly string[],
  { io, shipped, version, clock, openLogDestination, onSignal }: ServeContext,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', short: 'c' },
      host: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    io.out(SERVE_HELP);
    return EXIT.ok;
  }

  const overrides = { host: typed(values.host, '--host'), port: typed(values.port, '--port') };
  const [fault] = overrideFaults(overrides);
  if (fault !== undefined) throw new UsageError(`${fault.file} ${fault.message}`);
  const source = configSource({
    file: values.config ?? null,
    overrides,
    env: io.env,
    ollamaModels: () => probeOllama(ollamaBaseUrl(io.env)),
  });
  const destination = openLogDestination();
  const log = openLog('info', destination);
  const watch = createReloader(log, { clock });
  // Before anything is read: without a listener, this signal would end the process.
  onSignal('SIGHUP', () => void watch.reload());
  const options = { source, shipped, clock, log, version };
  const app = await App.start(options, (files) => watch.willRead(files)).catch((error: unknown) => {
    watch.close();
    throw error;
  });
  log.info({ ...app.summary, warnings: warningsOf(app.inForce) }, 'listening');
  io.err(banner(app, version));
  watch.setApp(app);

  await new Promise<void>((stop) => {
    let stoppedMs: number | null = null;
    const onStop = () => {
      stop();
      stoppedMs ??= clock.now();
      if (clock.now() - stoppedMs < SAME_STOP_MS) return;
      log.warn('second stop signal; requests in flight are aborted');
      app.cutOff();
    };
    onSignal('SIGTERM', onStop);
    onSignal('SIGINT', onStop);
  });
  log.info('draining');
  watch.close();
  await app.close();
  log.info('stopped');
  destination.flushSync?.();
  return EXIT.ok;
}

function typed(text: string | undefined, from: string) {
  return text === undefined ? undefined : { text, from };
}
