import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report, Task } from './worker.js';

/** An input that takes longer than this, even on a busy machine, counts as a hang. */
const HANG_MS = 30_000;
const LOOK_MS = 1_000;
/** Heap limit of a campaign, which needs only a fraction of it. */
const MAX_HEAP_MB = 512;

/** Tries a campaign's inputs in a separate process, which is replaced if an input hangs or exhausts memory. */
export async function runSupervised(
  task: Omit<Task, 'progress'>,
  onReport: (report: Report) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'suffice-fuzz-'));
  const progress = join(folder, 'at');
  try {
    for (let { from } = task; from < task.to;) {
      const stop = await oneWorker({ ...task, from, progress }, onReport);
      if (stop === null) return;
      onReport({ kind: 'fault', index: stop.index, fault: stop.fault });
      from = stop.index + 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @returns the input at which it stopped, and why; `null` if it tried all inputs
 * @throws {Error} the process did not start
 */
function oneWorker(
  task: Task,
  onReport: (report: Report) => void,
): Promise<{ index: number; fault: string } | null> {
  writeFileSync(task.progress, '');
  const at = () => readFileSync(task.progress, 'utf8').trim();
  // `execArgv` of this process includes the TypeScript loader.
  const worker = fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: [...process.execArgv, '--expose-gc', `--max-old-space-size=${MAX_HEAP_MB}`],
  });
  worker.send(task);
  return new Promise((resolve, reject) => {
    let lastProgress = '';
    let sinceMs = 0;
    let isDone = false;
    const watch = setInterval(() => {
      const now = String(statSync(task.progress).mtimeMs);
      sinceMs = now === lastProgress ? sinceMs + LOOK_MS : 0;
      lastProgress = now;
      if (sinceMs > HANG_MS && at() !== '') worker.kill('SIGKILL');
    }, LOOK_MS);
    worker.on('message', (report: Report) => {
      onReport(report);
      if (report.kind !== 'done') return;
      isDone = true;
      worker.disconnect();
    });
    worker.once('exit', (code) => {
      clearInterval(watch);
      if (isDone) resolve(null);
      else if (at() === '') reject(new Error('the worker process did not start'));
      else
        resolve({
          index: Number(at()),
          fault: code === null ? 'hangs, or was killed' : 'takes all memory',
        });
    });
  });
}
