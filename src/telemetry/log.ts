import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** How much is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * The gateway's log: one JSON object a line, with ids rather than prose.
 *
 * Callers pass ids, figures and codes only. As a second line of defence whatever is logged under
 * the names that carry secrets or texts in requests is removed.
 */
export function openLog(level: LogLevel, destination: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['key', 'apiKey', 'authorization', 'headers', 'body', 'messages', 'prompt'],
        remove: true,
      },
    },
    destination,
  );
}

/** The time as ISO 8601, made once for all lines of a millisecond. */
function isoTime(): () => string {
  let madeAtMs = -1;
  let member = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== madeAtMs) {
      madeAtMs = nowMs;
      member = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return member;
  };
}

/** Where log lines go. */
export type LogDestination = DestinationStream & { flushSync(): void };

/** Standard error, written in the background in chunks, so that logging never waits for a terminal. */
export function standardError(): LogDestination {
  // Chunks save system calls under load; the flush keeps a quiet server's log current.
  return pino.destination({ fd: 2, sync: false, minLength: 4096, periodicFlush: 200 });
}
