/**
 * The only source of time in the gateway.
 *
 * Whatever waits or measures takes a `Clock`, so that a test moves time by hand
 * and a thirty-second timeout costs nothing to test.
 */
export interface Clock {
  /** Milliseconds on a monotonic clock. Only differences mean anything. */
  now(): number;

  /** Wall-clock time as milliseconds since 1970-01-01T00:00Z. Never use it to measure. */
  wallMs(): number;

  /**
   * Calls `task` once, after `ms` milliseconds.
   *
   * @returns a function that cancels the task; harmless once the task has run
   */
  after(ms: number, task: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
