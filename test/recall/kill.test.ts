import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AnswerLog } from '../../src/cache/answer-log.js';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { SemanticCache } from '../../src/cache/semantic/semantic-cache.js';
import { Random } from '../../src/core/random.js';
import { FakeClock } from '../support/fake-clock.js';
import { ROOT } from '../support/app.js';
import { wordJudge } from '../support/word-judge.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-killed-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/**
 * Runs a process that keeps and saves answers, and kills it after some milliseconds of that.
 *
 * @param mostKib - so long may its file become; it ends in the middle of the write that goes beyond
 * @returns how many it said were saved
 */
async function killedAfter(ms: number, mostKib?: number): Promise<number> {
  const script = path.join(ROOT, 'test/recall/keeps-answers.ts');
  const args = ['--import', 'tsx', script, folder];
  const limit = `ulimit -S -f ${mostKib ?? 'unlimited'}; exec "$0" "$@"`;
  const child: ChildProcess = spawn('bash', ['-c', limit, process.execPath, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let saved = 0;
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const begun = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      saved = Number(line);
      resolve();
    });
  });
  await Promise.race([begun, ended]);
  if (mostKib === undefined) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill('SIGKILL');
  }
  await ended;
  return saved;
}

/** Answers whose own question, looked for in an index that is made anew, finds another answer or none. */
function foundByAnother(store: AnswerStore): readonly string[] {
  const clock = new FakeClock(0);
  const alike = new SemanticCache({
    judge: wordJudge(),
    store,
    clock,
    openGraph: null,
    // At once, whatever is put off.
    defer: (work) => {
      work();
    },
  });
  const limits = { maxError: 0.01, budgetMs: Infinity, maxAgeS: Infinity };
  const strangers = [...store.values()].filter(
    ({ question, key }) => question === null || alike.find(question, limits)?.answer.key !== key,
  );
  alike.close();
  return strangers.map(({ key }) => key);
}

test('killed at any moment, it loses at most what was not saved, and mixes nothing up', async () => {
  const random = new Random(Date.now());
  // The first one has its file cut in the middle of a write, as by a disk that is full.
  for (const mostKib of [128, undefined, undefined]) {
    const saved = await killedAfter(random.below(20), mostKib);
    const store = new AnswerStore(50_000_000, new FakeClock(0));
    const log = await AnswerLog.open(
      { folder, saveEveryMs: 1_000_000, clock: new FakeClock(0), onProblem: () => undefined },
      store,
    );
    const answers = [...store.values()];
    const strangers = foundByAnother(store);
    const learnt = [...log.learnt].flatMap((one) => (one.kind === 'sightings' ? one : []));
    await log.close();

    // The child counts on from what it finds, so every number up to the last that was saved is there.
    const numbers = new Set(answers.map(({ key }) => Number(key)));
    const lost = Array.from({ length: saved }, (_, i) => i + 1).filter((i) => !numbers.has(i));
    expect(saved).toBeGreaterThan(0);
    expect(lost).toEqual([]);
    expect(strangers).toEqual([]);
    // What was learnt is there with the answers it is of, and of no others.
    for (const { key, source, seen } of learnt) {
      expect([source, store.peek(key)?.source]).toEqual([`dec_${key}`, `dec_${key}`]);
      expect(seen).toEqual([[0.5, key.endsWith('7')]]);
    }
    const seen = new Set(learnt.map(({ key }) => Number(key)));
    expect(Array.from({ length: saved }, (_, i) => i + 1).filter((i) => !seen.has(i))).toEqual([]);
    for (const { key, payload } of answers) {
      expect(payload.form === 'whole' && payload.body.toString()).toBe(`answer ${key} `.repeat(50));
    }
  }
});
