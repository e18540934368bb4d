import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createReloader, type Reloader } from '../../src/cli/reload.js';
import type { Log } from '../../src/telemetry/log.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { FakeClock } from '../support/fake-clock.js';
import { answers, FakeUpstream } from '../support/fake-upstream.js';

const INTERVAL_MS = 500;
const log = { info: () => undefined } as unknown as Log;

let gateway: TestApp;
let upstream: FakeUpstream;
let clock: FakeClock;
let watch: Reloader;
/** Number of completed reloads. */
let reloads: number;

const config = (rules: string) => `
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one, two] } }
router: { predictor: heuristic }
rules: ${rules}
`;
const pinned = (model: string) => `
version: 1
policies: { auto: {} }
rules: [{ name: pin-it, pin: acme/${model} }]
`;
const failing = `
version: 1
tests: [{ name: not so, policy: auto, input: hi, expect: { model: acme/one } }]
`;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  upstream.always(answers());
  gateway = await startApp(config('old.yaml'), { files: { 'old.yaml': pinned('one') } });
  clock = new FakeClock();
  reloads = 0;
  const { app } = gateway;
  const counted = {
    get files() {
      return app.files;
    },
    reload: async (willRead: Parameters<typeof app.reload>[0]) => {
      const taken = await app.reload(willRead);
      reloads += 1;
      return taken;
    },
  };
  await watching(counted);
});

/** Watches an app that is running. */
async function watching(app: Parameters<Reloader['setApp']>[0]): Promise<void> {
  watch = createReloader(log, { clock, intervalMs: INTERVAL_MS });
  await watch.willRead(app.files);
  watch.setApp(app);
  await polled();
}

afterEach(async () => {
  watch.close();
  await gateway.close();
  await upstream.close();
});

/** Waits for the end of a poll, when the next one is scheduled. */
async function polled(): Promise<void> {
  while (clock.waiting === 0) await nextTurn();
}

const write = (name: string, text: string) => writeFile(path.join(gateway.folder, name), text);

/** Polls until a change is detected, and waits for the reload that it causes. */
async function reloaded(): Promise<void> {
  const before = reloads;
  for (let i = 0; i < 3; i++) {
    clock.advance(INTERVAL_MS);
    await polled();
  }
  while (reloads === before) await nextTurn();
  // Lets the work after the reload finish, which waits for no file.
  await nextTurn();
}

async function chosen(): Promise<string | null> {
  const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
  return headers.get('x-suffice-model');
}

test('a missing rules file is loaded once it is created', async () => {
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  const meanwhile = await chosen();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect([meanwhile, await chosen()]).toEqual(['acme/one', 'acme/two']);
});

test('a faulty rules file is loaded once it is corrected', async () => {
  await write('new.yaml', 'version: one\n');
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules whose test fails are loaded once the test is corrected', async () => {
  await write('new.yaml', pinned('two'));
  await write('new.test.yaml', failing);
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('new.test.yaml', failing.replace('acme/one', 'acme/two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('the configuration in force is still watched after a rejected change', async () => {
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('suffice.yaml', config('old.yaml'));
  await reloaded();
  await write('old.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules that a manual reload has put in force are watched', async () => {
  await write('new.yaml', pinned('one'));
  await write('suffice.yaml', config('new.yaml'));
  await watch.reload();
  await reloaded();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules that change right after they were read are read again', async () => {
  await write('new.yaml', pinned('one'));
  await write('suffice.yaml', config('new.yaml'));
  const { app } = gateway;
  watch.close();
  // As early as possible: before the new files are watched.
  const slow = {
    get files() {
      return app.files;
    },
    reload: async (willRead: Parameters<typeof app.reload>[0]) => {
      const taken = await app.reload(willRead);
      if (reloads === 0) await write('new.yaml', pinned('two'));
      reloads += 1;
      return taken;
    },
  };
  await watching(slow);
  await watch.reload();
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules that change after they were read, before the gateway listens, are read again', async () => {
  const { app } = gateway;
  watch.close();
  watch = createReloader(log, { clock, intervalMs: INTERVAL_MS });
  await watch.willRead(app.files);
  await write('old.yaml', pinned('two'));
  for (let i = 0; i < 3; i++) {
    clock.advance(INTERVAL_MS);
    await polled();
  }

  watch.setApp({
    files: app.files,
    reload: async (willRead) => {
      const taken = await app.reload(willRead);
      reloads += 1;
      return taken;
    },
  });
  while (reloads === 0) await nextTurn();

  expect(await chosen()).toBe('acme/two');
});

test('any number of reload requests during a reload cause one more reload', async () => {
  const first = watch.reload();
  await nextTurn();
  const others = Array.from({ length: 20 }, () => watch.reload());

  await Promise.all([first, ...others]);

  expect(reloads).toBe(2);
});
