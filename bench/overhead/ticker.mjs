/**
 * A thread that says when the next request of an open loop is due.
 *
 * Node's timers have a grain of a millisecond, ten times what is measured. A thread that sleeps in
 * Atomics.wait wakes within some 60 µs and leaves the core to the upstream meanwhile. Plain
 * JavaScript, because Node 20 loads a thread's first file without the hooks that strip types.
 */
import { parentPort, workerData } from 'node:worker_threads';

/** Milliseconds of the clock that all threads of a process share. */
function sharedNow() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

const { ratePerS, untilMs } = workerData;
const asleep = new Int32Array(new SharedArrayBuffer(4));
let dueMs = sharedNow();
while (dueMs < untilMs) {
  const leftMs = dueMs - sharedNow();
  if (leftMs > 0) Atomics.wait(asleep, 0, 0, leftMs);
  parentPort.postMessage(dueMs);
  // Exponential gaps: arrivals that know nothing of each other, as callers do not.
  dueMs += (-Math.log(1 - Math.random()) / ratePerS) * 1000;
}
