import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream } from '../support/fake-upstream.js';

const KEY = '0123456789abcdef';

let gateway: TestApp;
let upstream: FakeUpstream;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  upstream.always(answers());
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const providers = () => `providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }\n`;
const keys = `keys: [{ name: a, key: ${KEY} }]\n`;
const rest = 'router: { predictor: heuristic }\n';

const rewrite = (text: string) => writeFile(path.join(gateway.folder, 'suffice.yaml'), text);

/** What becomes of requests with and without a key, and which models there are. */
async function seen(): Promise<Readonly<Record<string, unknown>>> {
  const place = `${gateway.url}/v1/chat/completions`;
  const authorization = { authorization: `Bearer ${KEY}` };
  const listed = await fetch(`${gateway.url}/v1/models`, { headers: authorization });
  const { data } = (await listed.json()) as { data: readonly { id: string; policy?: true }[] };
  return {
    withKey: (await post(place, ask('acme/one', 'hi'), authorization)).status,
    withoutKey: (await post(place, ask('acme/one', 'hi'))).status,
    models: data.filter(({ policy }) => policy !== true).map(({ id }) => id),
  };
}

async function readiness(): Promise<unknown> {
  return (await fetch(`${gateway.url}/readyz`)).json();
}

const GUARDED = { withKey: 200, withoutKey: 401, models: ['acme/one'] };

describe('a running gateway that has keys and providers', () => {
  test.each([
    ['an empty file', '', /contains no settings/u],
    ['a file of comments', '# keys:\n#  - ...\n', /contains no settings/u],
    ['a document without anything in it', '---\n', /contains no settings/u],
    ['an empty map', '{}\n', /contains no settings/u],
    ['a file cut off before its providers and keys', rest, /simulated models would answer/u],
    ['a file cut off before its keys', '<providers>', /anyone who can reach 127\.0\.0\.1/u],
  ])('does not take over %s, and says so', async (_what, text, why) => {
    gateway = await startApp(providers() + rest + keys);
    await rewrite(text.replace('<providers>', providers() + rest));

    const taken = await gateway.app.reload();

    expect(taken).toBe(false);
    expect(await seen()).toEqual(GUARDED);
    expect(await readiness()).toMatchObject({
      stale: true,
      faults: expect.arrayContaining([expect.stringMatching(why)]),
    });
    expect(gateway.logged()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        faults: expect.arrayContaining([expect.stringMatching(/suffice\.yaml:1:\d: error: /u)]),
      }),
    );
  });

  test('is opened to everybody where the file says so, with a warning', async () => {
    gateway = await startApp(providers() + rest + keys);
    await rewrite(`${providers()}${rest}keys: []\n`);

    const taken = await gateway.app.reload();

    expect(taken).toBe(true);
    expect(await seen()).toEqual({ ...GUARDED, withoutKey: 200 });
    expect(gateway.logged()).toContainEqual(
      expect.objectContaining({
        msg: 'reloaded',
        warnings: [expect.stringMatching(/keys are no longer required/u)],
      }),
    );
  });

  test('has simulated models where the file says so', async () => {
    gateway = await startApp(providers() + rest + keys);
    await rewrite(`providers: { simulation: {} }\n${rest}${keys}`);

    const taken = await gateway.app.reload();

    expect(taken).toBe(true);
    expect(await seen()).toMatchObject({ withoutKey: 401 });
  });
});

describe('a gateway that was started with an empty file', () => {
  test('takes it over again as it is', async () => {
    gateway = await startApp('');

    expect(await gateway.app.reload()).toBe(true);
  });
});
