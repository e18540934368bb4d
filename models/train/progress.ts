/** Reports the progress of a long training run. */
export interface Progress {
  /** One line, with the seconds since the run began. */
  say(line: string): void;
  /** The same, but at most once in two seconds: for inner loops. */
  tick(line: () => string): void;
  /** Seconds since the run began. */
  elapsedS(): number;
}

const TICK_MS = 2000;

/** @param write - where lines go, each with its line break; standard error when absent */
export function startProgress(
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Progress {
  const startMs = performance.now();
  let lastMs = startMs;
  const elapsedS = (): number => (performance.now() - startMs) / 1000;
  const print = (line: string): void => {
    lastMs = performance.now();
    write(`[${elapsedS().toFixed(1).padStart(7)} s] ${line}\n`);
  };
  return {
    say: print,
    elapsedS,
    tick: (line) => {
      if (performance.now() - lastMs >= TICK_MS) print(line());
    },
  };
}
