import { pino, type DestinationStream, type Logger } from 'pino';
import type { Clock } from '../core/clock.js';
import { BackgroundOutput } from './background-output.js';
import { bufferedLines } from './buffered-lines.js';

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Where log lines go. */
export type LogDestination = DestinationStream & { flushSync?(): void };

/**
 * The gateway's log: one JSON object a line, with ids rather than prose.
 *
 * Callers pass ids, numbers and codes only. As a second line of defence, members under the names that
 * carry secrets or texts in requests are removed, and so is what libraries attach to their errors:
 * a refused command with its arguments, a URL with its password.
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

/** Members of an error that are logged: its own, and those of a failed system call. */
const ERROR_FIELDS = [
  ...['type', 'message', 'stack', 'code'],
  ...['errno', 'syscall', 'path', 'dest', 'address', 'port'],
];

function errorFields(error: Error): unknown {
  const serialized = pino.stdSerializers.err(error);
  // Values that are not errors are logged as they are.
  if ((serialized as unknown) === error) return error;
  const known = Object.entries(serialized).filter(([name]) => ERROR_FIELDS.includes(name));
  // Why a connection failed at each of several addresses.
  const each = serialized['aggregateErrors'] as readonly Error[] | undefined;
  return Object.fromEntries([...known, ['each', each?.map(({ message }) => message)]]);
}

type Field = string | number | boolean | null | undefined;

/** pino's logger, with a fast path for the one line that every request writes. */
export type Log = Logger & {
  /**
   * Writes what `info` would write, at a third of the cost: pino checks each member for serialisers and
   * secrets, which known members do not need.
   *
   * @param fields - at least one; none with text that a client or a provider could choose, except names
   * @param message - must need no escaping
   */
  line(fields: Readonly<Record<string, Field>>, message: string): void;
};

/** The time as ISO 8601; everything but the milliseconds is formatted once per second. */
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
  const lines = bufferedLines(new BackgroundOutput(STANDARD_ERROR, clock), clock);
  // The lines before a crash are the ones that matter.
  process.once('exit', () => {
    lines.flushSync();
  });
  return lines;
}
