import { pino, type DestinationStream, type Logger } from 'pino';
import type { Clock } from '../core/clock.js';
import { BackgroundOutput } from './background-output.js';
import { gathered } from './gathered.js';

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Where log lines go. */
export type LogDestination = DestinationStream & { flushSync?(): void };

/**
 * The gateway's log: one JSON object a line, with ids rather than prose.
 *
 * Callers pass ids, figures and codes only. As a second line of defence whatever is logged under
 * the names that carry secrets or texts in requests is removed, and so is what libraries attach to
 * their errors: a refused command with its arguments, a URL with its password.
 */
export function openLog(level: LogLevel, destination: LogDestination): Log {
  const timestamp = isoTime();
  const log = pino(
    {
      level,
      base: null,
      timestamp,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: {
        paths: ['key', 'apiKey', 'authorization', 'headers', 'body', 'messages', 'prompt'],
        remove: true,
      },
    },
    destination,
  );
  const infoValue = pino.levels.values['info'] ?? 0;
  return Object.assign(log, {
    line: (fields: Readonly<Record<string, Field>>, message: string) => {
      if (log.levelVal > infoValue) return;
      const json = JSON.stringify(fields);
      destination.write(`{"level":"info"${timestamp()},${json.slice(1, -1)},"msg":"${message}"}\n`);
    },
  });
}

/** What is logged of an error: its own words, and what the operating system says of a call that failed. */
const ERROR_FIELDS = [
  ...['type', 'message', 'stack', 'code'],
  ...['errno', 'syscall', 'path', 'dest', 'address', 'port'],
];

function errorFields(error: Error): unknown {
  const told = pino.stdSerializers.err(error);
  // What is no error is told as it stands.
  if ((told as unknown) === error) return error;
  const known = Object.entries(told).filter(([name]) => ERROR_FIELDS.includes(name));
  // Of a connection that was tried at several addresses: why it failed at each.
  const each = told['aggregateErrors'] as readonly Error[] | undefined;
  return Object.fromEntries([...known, ['each', each?.map(({ message }) => message)]]);
}

type Field = string | number | boolean | null | undefined;

/** pino's logger, and a quick way for the one line that every request writes. */
export type Log = Logger & {
  /**
   * Writes what `info` would write.
   *
   * At a third of the cost: pino looks at each member for serialisers and secrets, which a line of
   * known members has none of.
   *
   * @param fields - at least one, and none that a client or a provider could choose the text of
   *   beyond a name
   * @param message - needs no escaping
   */
  line(fields: Readonly<Record<string, Field>>, message: string): void;
};

/** The time as ISO 8601; all but the milliseconds is made once for all lines of a second. */
function isoTime(): () => string {
  let madeForS = -1;
  let start = '';
  return () => {
    const nowMs = Date.now();
    const second = Math.floor(nowMs / 1000);
    if (second !== madeForS) {
      madeForS = second;
      start = `,"time":"${new Date(nowMs).toISOString().slice(0, -4)}`;
    }
    const ms = nowMs - 1000 * second;
    return `${start}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z"`;
  };
}

const STANDARD_ERROR = 2;

/** Standard error, written in the background in chunks, so that logging never waits for a terminal. */
export function standardError(clock: Clock): LogDestination {
  const lines = gathered(new BackgroundOutput(STANDARD_ERROR, clock), clock);
  // What was said before a crash is what is wanted after it.
  process.once('exit', () => {
    lines.flushSync();
  });
  return lines;
}
