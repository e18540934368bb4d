import { openSync, writeSync } from 'node:fs';
import { runInputs } from './campaign.js';
import { bundledRecordings, recordingsIn } from './recordings.js';
import { shrinkInput, serializeInput } from './shrink.js';

/** A worker's task. */
export interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** A folder of recordings to use instead of the repository's; `null` for those. */
  readonly folder: string | null;
  /** A file in which the current input is recorded: a process that hangs cannot send messages. */
  readonly progress: string;
}

/** A worker's messages. */
export type Report =
  | { readonly kind: 'fault'; readonly index: number; readonly fault: string }
  /** The first finding of its kind, serialised for a file. */
  | { readonly kind: 'example'; readonly fault: string; readonly file: string }
  /** Heap size after a full garbage collection. */
  | { readonly kind: 'memory'; readonly index: number; readonly heapBytes: number }
  /** All inputs were tried; lists active resources such as timers. */
  | { readonly kind: 'done'; readonly leftOver: readonly string[] };

const SAMPLE_EVERY = 5_000;
const INDEX_CHARS = 12;

function work({ seed, from, to, folder, progress }: Task): void {
  const send = (report: Report): void => {
    process.send?.(report);
  };
  const recordings = folder === null ? bundledRecordings() : recordingsIn(folder);
  const file = openSync(progress, 'w');
  const at = (index: number): void => {
    writeSync(file, String(index).padEnd(INDEX_CHARS), 0);
  };
  const known = new Set<string>();
  const before = process.getActiveResourcesInfo().length;
  let index = from;
  at(index);
  for (const finding of runInputs(recordings, seed, [from, to])) {
    if (finding !== null) {
      const { fault, input } = finding;
      send({ kind: 'fault', index, fault });
      if (!known.has(fault)) {
        known.add(fault);
        const alive = () => {
          at(finding.index);
        };
        send({
          kind: 'example',
          fault,
          file: serializeInput(shrinkInput(input, fault, alive), fault),
        });
      }
    }
    index += 1;
    at(index);
    if (index % SAMPLE_EVERY === 0) {
      globalThis.gc?.();
      send({ kind: 'memory', index, heapBytes: process.memoryUsage().heapUsed });
    }
  }
  send({ kind: 'done', leftOver: process.getActiveResourcesInfo().slice(before) });
}

process.once('message', (task) => {
  work(task as Task);
});
