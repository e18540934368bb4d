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
/** Reloads that have been asked for and have ended. */
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

/** Watches an app that runs already. */
async function watching(app: Parameters<Reloader['setApp']>[0]): Promise<void> {
  watch = createReloader(log, { clock, intervalMs: INTERVAL_MS });
  await watch.willRead(app.files);
  watch.setApp(app);
  await looked();
}

afterEach(async () => {
  watch.close();
  await gateway.close();
  await upstream.close();
});

/** Lets the look under way end, which is when the next one is set. */
async function looked(): Promise<void> {
  while (clock.waiting === 0) await nextTurn();
}

const write = (name: string, text: string) => writeFile(path.join(gateway.folder, name), text);

/** Looks often enough for a change to be seen, and waits for the reload that it leads to. */
async function reloaded(): Promise<void> {
  const before = reloads;
  for (let i = 0; i < 3; i++) {
    clock.advance(INTERVAL_MS);
    await looked();
  }
  while (reloads === before) await nextTurn();
  // What follows the reload: nothing of it waits for a file that is watched already.
  await nextTurn();
}

async function chosen(): Promise<string | null> {
  const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
  return headers.get('x-suffice-model');
}

test('new rules that were not there yet are taken over when they come', async () => {
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  const meanwhile = await chosen();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect([meanwhile, await chosen()]).toEqual(['acme/one', 'acme/two']);
});

test('new rules that were faulty are taken over when they are mended', async () => {
  await write('new.yaml', 'version: one\n');
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('new rules whose test failed are taken over when the test is mended', async () => {
  await write('new.yaml', pinned('two'));
  await write('new.test.yaml', failing);
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('new.test.yaml', failing.replace('acme/one', 'acme/two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('what was in force while new rules were refused is watched on', async () => {
  await write('suffice.yaml', config('new.yaml'));
  await reloaded();
  await write('suffice.yaml', config('old.yaml'));
  await reloaded();
  await write('old.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules that a reload by hand has put in force are watched', async () => {
  await write('new.yaml', pinned('one'));
  await write('suffice.yaml', config('new.yaml'));
  await watch.reload();
  await reloaded();
  await write('new.yaml', pinned('two'));
  await reloaded();

  expect(await chosen()).toBe('acme/two');
});

test('rules that change as soon as they have been read are read again', async () => {
  await write('new.yaml', pinned('one'));
  await write('suffice.yaml', config('new.yaml'));
  const { app } = gateway;
  watch.close();
  // As soon as it can be: before anybody could begin to watch what is in force now.
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

test('rules that change after they have been read, before the gateway listens, are read again', async () => {
  const { app } = gateway;
  watch.close();
  watch = createReloader(log, { clock, intervalMs: INTERVAL_MS });
  await watch.willRead(app.files);
  await write('old.yaml', pinned('two'));
  for (let i = 0; i < 3; i++) {
    clock.advance(INTERVAL_MS);
    await looked();
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

test('however often a reload is asked for while one is under way, one comes after it', async () => {
  const first = watch.reload();
  await nextTurn();
  const others = Array.from({ length: 20 }, () => watch.reload());

  await Promise.all([first, ...others]);

  expect(reloads).toBe(2);
});
