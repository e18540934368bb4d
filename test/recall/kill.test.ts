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
 * Runs a process that stores and saves answers, and kills it some milliseconds after its first save.
 *
 * @param mostKib - limit of its file size; the process ends within the write that exceeds it
 * @returns the number of answers that it reported as saved
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

/** Keys of answers that a new index does not find by their own question. */
function foundByAnother(store: AnswerStore): readonly string[] {
  const clock = new FakeClock(0);
  const cache = new SemanticCache({
    judge: wordJudge(),
    store,
    clock,
    openGraph: null,
    // Runs deferred work at once.
    defer: (work) => {
      work();
    },
  });
  const limits = { maxError: 0.01, budgetMs: Infinity, maxAgeS: Infinity };
  const notFound = [...store.values()].filter(
    ({ question, key }) => question === null || cache.find(question, limits)?.answer.key !== key,
  );
  cache.close();
  return notFound.map(({ key }) => key);
}

test('a process killed at any moment loses only unsaved answers, and corrupts none', async () => {
  const random = new Random(Date.now());
  // The first run ends within a write, as on a full disk.
  for (const mostKib of [128, undefined, undefined]) {
    const saved = await killedAfter(random.below(20), mostKib);
    const store = new AnswerStore(50_000_000, new FakeClock(0));
    const log = await AnswerLog.open(
      { folder, saveEveryMs: 1_000_000, clock: new FakeClock(0), onProblem: () => undefined },
      store,
    );
    const answers = [...store.values()];
    const notFound = foundByAnother(store);
    const learnt = [...log.learnt].flatMap((one) => (one.kind === 'sightings' ? one : []));
    await log.close();

    // The child continues from the numbers it finds, so every number up to the last saved one must be present.
    const numbers = new Set(answers.map(({ key }) => Number(key)));
    const lost = Array.from({ length: saved }, (_, i) => i + 1).filter((i) => !numbers.has(i));
    expect(saved).toBeGreaterThan(0);
    expect(lost).toEqual([]);
    expect(notFound).toEqual([]);
    // Learnt results exist exactly for the restored answers.
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
