import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTinyArtefacts } from '../route/tiny-artefacts.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { hurriedClock } from '../support/fake-clock.js';
import { writeGoodAnswers, writeOutcomes } from './outcome-files.js';
import { runTune, tunable } from './run-tune.js';

let artefacts: string;
let folder: string;
let app: TestApp | null = null;

beforeAll(() => {
  artefacts = writeTinyArtefacts();
});

afterAll(() => {
  rmSync(artefacts, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-tune-'));
  await writeFile(config(), tunable(artefacts, folder));
});

afterEach(async () => {
  await app?.close();
  app = null;
  await rm(folder, { recursive: true, force: true });
});

const config = (): string => path.join(folder, 'suffice.yaml');

const predictorOf = async (server: TestApp): Promise<string> => {
  const { json } = await post(`${server.url}/v1/route`, ask('auto', 'Explain the thorny river'));
  return (json['receipt'] as Record<string, string>)['predictor'] ?? '';
};

test('a gateway uses an installed head after a reload, names it in receipts, and drops it when it is switched off', async () => {
  app = await startApp(tunable(artefacts, folder), { clock: hurriedClock });
  const before = await predictorOf(app);

  await runTune(config(), ['--from', await writeOutcomes(folder, 60, 0.1, 1), '--folds', '2']);
  await app.app.reload();
  const tuned = await predictorOf(app);
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  await runTune(config(), ['off']);
  await app.app.reload();

  expect(before).toMatch(/^[0-9a-f]{12}$/);
  expect(tuned).toMatch(new RegExp(`^${before}\\+0001-[0-9a-f]{12}$`));
  expect(metrics).toContain('suffice_tuned_head 1');
  expect(await predictorOf(app)).toBe(before);
});

test('a gateway decides untuned with an unreadable head, and logs a warning', async () => {
  await runTune(config(), ['--from', await writeOutcomes(folder, 60, 0.1, 1), '--folds', '2']);
  await writeFile(path.join(folder, 'state', 'heads', 'current.json'), 'not a pointer');

  app = await startApp(tunable(artefacts, folder), { clock: hurriedClock });
  const { json } = await post(`${app.url}/v1/route`, ask('auto', 'Explain the thorny river'));

  expect(json['degraded']).toBe('tuning_unusable');
  expect(app.logged()).toContainEqual(
    expect.objectContaining({ msg: 'the tuned head cannot be used; decisions are untuned' }),
  );
});

test('suffice tune counts repeated feedback of one caller on one prompt once', async () => {
  app = await startApp(tunable(artefacts, folder), { clock: hurriedClock });
  for (const score of [0, 0, 1]) {
    const { headers } = await post(
      `${app.url}/v1/chat/completions`,
      ask('auto', 'Explain the thorny river', { max_tokens: 1 }),
    );
    const decision = headers.get('x-suffice-decision');
    await post(`${app.url}/v1/feedback`, { decision_id: decision, score });
  }

  const { out } = await runTune(config(), [
    '--from',
    await writeGoodAnswers(folder, 60),
    '--from',
    'feedback',
    '-n',
  ]);

  expect(out).toMatch(/^61 prompts, /mu);
});
