/**
 * The load generator: receives jobs from its parent process and answers each with a result.
 *
 * It is one long-lived process, so that its code is compiled in every window.
 */
import { Worker } from 'node:worker_threads';
import { Client, readBuffer, type Outcome } from './client.js';
import { Histogram } from './histogram.js';
import { readClocks, rssMb, type ClockSnapshot } from './proc.js';
import type { LoadJob, LoadResult } from './protocol.js';
import { Requests } from './requests.js';

const MAX_CONNECTIONS = 1024;
const DRAIN_MS = 5000;
const KEPT_FAULTS = 3;
const MAX_WARM_MS = 40_000;

class Run {
  readonly #job: LoadJob;
  readonly #requests: Requests;
  readonly #buffer: Buffer;
  readonly #latency = new Histogram();
  readonly #firstToken = new Histogram();
  readonly #late = new Histogram();
  readonly #idle: Client[] = [];
  readonly #waiting: number[] = [];
  readonly #clients: Client[] = [];
  readonly #faults: string[] = [];
  #phase: 'warm' | 'window' | 'over' = 'warm';
  #answers = 0;
  #count = 0;
  #errors = 0;
  #events = 0;

  constructor(job: LoadJob, buffer: Buffer) {
    this.#job = job;
    this.#buffer = buffer;
    this.#requests = new Requests(job.path, job.headers, job.bodies, job.port);
  }

  async measure(): Promise<LoadResult> {
    const { warmMs, windowMs, pids, shape } = this.#job;
    if (shape.kind === 'closed') this.#startClosed(shape.connections, shape.staggerMs);
    else this.#startOpen(shape.ratePerS);
    await this.#warm(warmMs);
    const start = readClocks(pids);
    this.#phase = 'window';
    await sleep(windowMs);
    const end = readClocks(pids);
    this.#phase = 'over';
    await this.#drain();
    return this.#result(start, end);
  }

  /** Waits for a minimum time and number of requests: the JIT compiler needs thousands, however long they take. */
  async #warm(warmMs: number): Promise<void> {
    const startMs = performance.now();
    await sleep(warmMs);
    while (
      this.#answers < this.#job.warmRequests &&
      this.#phase === 'warm' &&
      performance.now() - startMs < MAX_WARM_MS
    ) {
      await sleep(20);
    }
  }

  #startClosed(connections: number, staggerMs: number): void {
    for (let index = 0; index < connections; index++) {
      const client = this.#open();
      const start = (): void => {
        client.send(this.#requests.next(), performance.now());
      };
      if (staggerMs > 0) setTimeout(start, (staggerMs * index) / connections);
      else start();
    }
  }

  #startOpen(ratePerS: number): void {
    const offsetMs = sharedNow() - performance.now();
    const untilMs = sharedNow() + this.#job.warmMs + this.#job.windowMs;
    const ticker = new Worker(new URL('./ticker.mjs', import.meta.url), {
      workerData: { ratePerS, untilMs },
    });
    ticker.on('message', (dueMs: number) => {
      if (this.#phase === 'over') return;
      this.#arrive(dueMs - offsetMs);
    });
    ticker.on('error', (error) => {
      throw error;
    });
  }

  /** Sends at once, or as soon as a connection is free; latency counts from `dueMs` in both cases. */
  #arrive(dueMs: number): void {
    if (this.#phase === 'window') this.#late.record((performance.now() - dueMs) * 1000);
    const client =
      this.#idle.pop() ?? (this.#clients.length < MAX_CONNECTIONS ? this.#open() : undefined);
    if (client === undefined) this.#waiting.push(dueMs);
    else client.send(this.#requests.next(), dueMs);
  }

  #open(): Client {
    const client = new Client(this.#job.port, this.#job.stream, this.#buffer, this.#answered);
    this.#clients.push(client);
    return client;
  }

  readonly #answered = (client: Client, outcome: Outcome): void => {
    this.#answers++;
    if (outcome.fault !== undefined) this.#fail(outcome.fault);
    else if (this.#phase === 'window') this.#record(outcome);
    if (this.#phase === 'over') return;
    if (this.#job.shape.kind === 'closed') {
      client.send(this.#requests.next(), performance.now());
      return;
    }
    const dueMs = this.#waiting.shift();
    if (dueMs === undefined) this.#idle.push(client);
    else client.send(this.#requests.next(), dueMs);
  };

  #record({ dueMs, firstTokenMs, endMs, events }: Outcome): void {
    this.#count++;
    this.#events += events;
    this.#latency.record((endMs - dueMs) * 1000);
    if (firstTokenMs > 0) this.#firstToken.record((firstTokenMs - dueMs) * 1000);
  }

  #fail(fault: string): void {
    this.#errors++;
    if (this.#faults.length < KEPT_FAULTS) this.#faults.push(fault);
    // Otherwise a gateway that refuses everything would be flooded.
    if (this.#errors > MAX_CONNECTIONS) this.#phase = 'over';
  }

  async #drain(): Promise<void> {
    const untilMs = performance.now() + DRAIN_MS;
    while (this.#clients.some((client) => client.busy) && performance.now() < untilMs) {
      await sleep(20);
    }
    const stuck = this.#clients.filter((client) => client.busy).length;
    if (stuck > 0) {
      this.#errors += stuck;
      this.#faults.push(`${stuck} requests without an answer ${DRAIN_MS} ms after the end`);
    }
    for (const client of this.#clients) client.close();
  }

  #result(start: ClockSnapshot, end: ClockSnapshot): LoadResult {
    const elapsedMs = end.atMs - start.atMs;
    const foreignMs = end.machineMs - start.machineMs - (end.benchMs - start.benchMs);
    const gatewayPid = this.#job.pids[0];
    return {
      requests: this.#count,
      seconds: elapsedMs / 1000,
      latency: this.#latency.summary(),
      firstToken: this.#firstToken.summary(),
      late: this.#late.summary(),
      events: this.#events,
      errors: this.#errors,
      faults: this.#faults,
      gatewayCpuMs: end.gatewayMs - start.gatewayMs,
      gatewayRssMb: gatewayPid === undefined ? 0 : rssMb(gatewayPid),
      foreignCores: Math.max(0, foreignMs / elapsedMs),
    };
  }
}

/** Milliseconds of a clock that is shared with the ticker's thread. */
function sharedNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const buffer = readBuffer();
// Jobs come from the bench's own parent process and have this type.
process.on('message', (job: LoadJob) => {
  void new Run(job, buffer).measure().then((result) => process.send?.(result));
});
process.on('disconnect', () => {
  process.exit(0);
});
