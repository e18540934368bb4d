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

/** The status of requests with and without a key, and the served models. */
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

describe('reload of a gateway with API keys and providers', () => {
  test.each([
    ['an empty file', '', /contains no settings/u],
    ['a file of comments', '# keys:\n#  - ...\n', /contains no settings/u],
    ['an empty document', '---\n', /contains no settings/u],
    ['an empty map', '{}\n', /contains no settings/u],
    ['a file without its providers and keys', rest, /simulated models would answer/u],
    ['a file without its keys', '<providers>', /anyone who can reach 127\.0\.0\.1/u],
  ])('rejects %s, and reports it', async (_what, text, why) => {
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

  test('removes authentication when the file says "keys: []", with a warning', async () => {
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

  test('switches to simulated models when the file configures them', async () => {
    gateway = await startApp(providers() + rest + keys);
    await rewrite(`providers: { simulation: {} }\n${rest}${keys}`);

    const taken = await gateway.app.reload();

    expect(taken).toBe(true);
    expect(await seen()).toMatchObject({ withoutKey: 401 });
  });
});

describe('reload of a gateway that was started with an empty file', () => {
  test('accepts the empty file', async () => {
    gateway = await startApp('');

    expect(await gateway.app.reload()).toBe(true);
  });
});
