import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

// prom-client sorts, checks and joins labels at every call, which took as much of a request's time
// as its rules. What is counted here is plain numbers until somebody looks.

/** What a metric is called, and where it is looked at. */
export interface MetricName {
  readonly name: string;
  readonly help: string;
  readonly registry: Registry;
}

/** What has been counted since the last look for the labels that lead here, and where further labels lead. */
class Branch {
  readonly next = new Map<string | number, Branch>();
  amount = 0;
}

/** A counter. */
export class Tally<L extends string> {
  readonly #labelNames: readonly L[];
  /** A level for each label: joined to a key, their values would have to be joined at every call. */
  readonly #root = new Branch();
  readonly #series: {
    readonly labels: Readonly<Record<L, string | number>>;
    readonly branch: Branch;
  }[] = [];

  constructor({ registry, ...config }: MetricName, labelNames: readonly L[]) {
    this.#labelNames = labelNames;
    const counter = new Counter<L>({
      ...config,
      labelNames,
      registers: [registry],
      collect: () => {
        this.#flush(counter);
      },
    });
  }

  /** @param amount - not negative */
  inc(labels: Readonly<Record<L, string | number>>, amount = 1): void {
    let branch: Branch | undefined = this.#root;
    for (const name of this.#labelNames) branch = branch?.next.get(labels[name]);
    branch ??= this.#grow(labels);
    branch.amount += amount;
  }

  #grow(labels: Readonly<Record<L, string | number>>): Branch {
    let branch = this.#root;
    for (const name of this.#labelNames) {
      const next = branch.next.get(labels[name]) ?? new Branch();
      branch.next.set(labels[name], next);
      branch = next;
    }
    this.#series.push({ labels, branch });
    return branch;
  }

  #flush(counter: Counter<L>): void {
    for (const { labels, branch } of this.#series) {
      counter.inc(labels, branch.amount);
      branch.amount = 0;
    }
  }
}

/** A gauge without labels. */
export class Level {
  #value = 0;

  constructor({ registry, ...config }: MetricName) {
    const gauge: Gauge = new Gauge({
      ...config,
      registers: [registry],
      collect: () => {
        gauge.set(this.#value);
      },
    });
  }

  inc(): void {
    this.#value += 1;
  }

  dec(): void {
    this.#value -= 1;
  }

  set(value: number): void {
    this.#value = value;
  }
}

/** Observations that wait to be sorted into buckets: handing them on takes tens of microseconds. */
const MOST_WAITING = 256;

/** A histogram without labels. */
export class Spread {
  readonly #histogram: Histogram;
  readonly #waiting = new Float64Array(MOST_WAITING);
  #count = 0;

  constructor({ registry, ...config }: MetricName, buckets: readonly number[]) {
    this.#histogram = new Histogram({
      ...config,
      buckets: [...buckets],
      registers: [registry],
      collect: () => {
        this.#flush();
      },
    });
  }

  /** @param value - finite */
  observe(value: number): void {
    this.#waiting[this.#count] = value;
    this.#count += 1;
    if (this.#count === MOST_WAITING) this.#flush();
  }

  #flush(): void {
    for (const value of this.#waiting.subarray(0, this.#count)) this.#histogram.observe(value);
    this.#count = 0;
  }
}
