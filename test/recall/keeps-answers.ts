/** Stores and saves answers as fast as it can, and prints how many are saved, until it is killed or cannot save. */
import { AnswerLog } from '../../src/cache/answer-log.js';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { systemClock } from '../../src/core/clock.js';

const [, , folder = ''] = process.argv;
const clock = { ...systemClock, wallMs: () => 0 };
const store = new AnswerStore(50_000_000, clock);
const log = await AnswerLog.open(
  { folder, saveEveryMs: 1_000_000, clock, onProblem: () => undefined },
  store,
);
// After an interrupted save, an answer may be in the file without its results.
const unsaved = [...store.values()].map(({ key }) => key);
const seenOf = (keys: readonly string[]) =>
  keys.map((key) => {
    const seen = [[0.5, key.endsWith('7')]] as const;
    return { kind: 'sightings', judge: 'j', key, source: `dec_${key}`, seen } as const;
  });
log.setLearnedSource({
  all: () => seenOf([...store.values()].map(({ key }) => key)),
  changes: () => seenOf(unsaved.splice(0)),
});
for (let i = Math.max(0, ...[...store.values()].map(({ key }) => Number(key))) + 1; ; i++) {
  store.put({
    key: String(i),
    source: `dec_${i}`,
    model: 'm',
    costUsd: null,
    tookMs: 1,
    simulated: false,
    tenant: null,
    namespace: 'n',
    question: { partition: 'p', text: `What is thing ${i}?` },
    tags: [],
    storedAtMs: 0,
    expiresAtMs: 1,
    payload: { form: 'whole', body: Buffer.from(`answer ${i} `.repeat(50)) },
  });
  unsaved.push(String(i));
  if (i % 3 !== 0) continue;
  await log.save().catch(() => process.exit(3));
  process.stdout.write(`${i}\n`);
}
