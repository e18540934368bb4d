// Tests of how long work takes compare two measurements of it: one alone says more of the machine than of the work.

/** Work that may be done again and again; what it returns is waited for and dropped. */
type Work = () => unknown;

/** Work is repeated until it has had this much of the processor, as less is not measured well. */
const LEAST_US = 2_000;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 30;
const SUSPICIOUS = 30;
/** A round that makes nothing cheaper than this part of what it was finds what the work takes undisturbed. */
const SETTLED = 0.95;

/** Processor time of this process, as what other processes do must not count. */
async function costOf(work: Work): Promise<number> {
  const before = process.cpuUsage();
  for (let times = 1; ; times++) {
    await work();
    const { user, system } = process.cpuUsage(before);
    if (user + system >= LEAST_US) return (user + system) / times;
  }
}

/** How many times the processor time of `than` the work takes: of each the cheapest of several turns. */
export async function timesTheCost(work: Work, than: Work): Promise<number> {
  let cost = Infinity;
  let unit = Infinity;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const [newUnit, newCost] = [await costOf(than), await costOf(work)];
    const hasSettled = newUnit > unit * SETTLED && newCost > cost * SETTLED;
    unit = Math.min(unit, newUnit);
    cost = Math.min(cost, newCost);
    // A high result may be a disturbance of the longer work: that is measured on.
    if (hasSettled && round >= LEAST_ROUNDS && cost < SUSPICIOUS * unit) break;
  }
  return cost / unit;
}

/**
 * How many times as much processor time `work` takes for a large input as for a small one, each made once by `make`.
 *
 * Of sizes that are twenty times apart it is about 20 where time is proportional to the input, up to 60 on a busy machine under coverage,
 * and about 400 where it is proportional to its square: a limit of 120 tells the two apart.
 */
export async function growthOf<T>(
  make: (size: number) => T,
  work: (input: T) => unknown,
  { small, large }: { small: number; large: number },
): Promise<number> {
  const [little, much] = [make(small), make(large)];
  return timesTheCost(
    () => work(much),
    () => work(little),
  );
}
