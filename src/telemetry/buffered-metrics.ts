import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

// prom-client sorts, checks and joins labels at every call, which took as much of a request's time
// as its rules. These metrics count in plain numbers and hand them over when they are scraped.

/** A metric's name and help text, and the registry that exposes it. */
export interface MetricName {
  readonly name: string;
  readonly help: string;
  readonly registry: Registry;
}

/** A node in a trie of label values: the amount counted since the last scrape, and nodes for further labels. */
class LabelNode {
  readonly next = new Map<string | number, LabelNode>();
  amount = 0;
}

/** A counter. */
export class BufferedCounter<L extends string> {
  readonly #labelNames: readonly L[];
  /** A trie with a level per label: a map by joined label values would have to join them at every call. */
  readonly #root = new LabelNode();
  readonly #series: {
    readonly labels: Readonly<Record<L, string | number>>;
    readonly node: LabelNode;
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
    let node: LabelNode | undefined = this.#root;
    for (const name of this.#labelNames) node = node?.next.get(labels[name]);
    node ??= this.#insert(labels);
    node.amount += amount;
  }

  #insert(labels: Readonly<Record<L, string | number>>): LabelNode {
    let node = this.#root;
    for (const name of this.#labelNames) {
      const next = node.next.get(labels[name]) ?? new LabelNode();
      node.next.set(labels[name], next);
      node = next;
    }
    this.#series.push({ labels, node });
    return node;
  }

  #flush(counter: Counter<L>): void {
    for (const { labels, node } of this.#series) {
      counter.inc(labels, node.amount);
      node.amount = 0;
    }
  }
}

/** A gauge without labels. */
export class BufferedGauge {
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

/** Observations buffered before they are sorted into buckets, which takes tens of microseconds. */
const MAX_BUFFERED = 256;

/** A histogram without labels. */
export class BufferedHistogram {
  readonly #histogram: Histogram;
  readonly #waiting = new Float64Array(MAX_BUFFERED);
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
    if (this.#count === MAX_BUFFERED) this.#flush();
  }

  #flush(): void {
    for (const value of this.#waiting.subarray(0, this.#count)) this.#histogram.observe(value);
    this.#count = 0;
  }
}
