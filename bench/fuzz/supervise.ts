import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report, Task } from './worker.js';

/** An input that takes longer than this, on the busiest machine, never ends. */
const HANG_MS = 30_000;
const LOOK_MS = 1_000;
/** All that a campaign may keep; it needs a fraction of it. */
const MAX_HEAP_MB = 512;

/** Tries a campaign's inputs in a process of their own, which is replaced where one hangs or takes all memory. */
export async function supervised(
  task: Omit<Task, 'progress'>,
  hear: (report: Report) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'suffice-fuzz-'));
  const progress = join(folder, 'at');
  try {
    for (let { from } = task; from < task.to;) {
      const stop = await oneWorker({ ...task, from, progress }, hear);
      if (stop === null) return;
      hear({ kind: 'fault', index: stop.index, fault: stop.fault });
      from = stop.index + 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @returns at which input it stopped, and why; `null` if it tried all there was
 * @throws {Error} if it did not even begin
 */
function oneWorker(
  task: Task,
  hear: (report: Report) => void,
): Promise<{ index: number; fault: string } | null> {
  writeFileSync(task.progress, '');
  const at = () => readFileSync(task.progress, 'utf8').trim();
  // How this process reads TypeScript is among its own arguments.
  const worker = fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: [...process.execArgv, '--expose-gc', `--max-old-space-size=${MAX_HEAP_MB}`],
  });
  worker.send(task);
  return new Promise((resolve, reject) => {
    let seen = '';
    let sinceMs = 0;
    let isDone = false;
    const watch = setInterval(() => {
      const now = String(statSync(task.progress).mtimeMs);
      sinceMs = now === seen ? sinceMs + LOOK_MS : 0;
      seen = now;
      if (sinceMs > HANG_MS && at() !== '') worker.kill('SIGKILL');
    }, LOOK_MS);
    worker.on('message', (report: Report) => {
      hear(report);
      if (report.kind !== 'done') return;
      isDone = true;
      worker.disconnect();
    });
    worker.once('exit', (code) => {
      clearInterval(watch);
      if (isDone) resolve(null);
      else if (at() === '') reject(new Error('the process that tries the inputs did not begin'));
      else
        resolve({
          index: Number(at()),
          fault: code === null ? 'hangs, or was killed' : 'takes all memory',
        });
    });
  });
}
