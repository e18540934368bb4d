import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { demands, FakeProxy, grants } from '../support/fake-proxy.js';
import { FakeUpstream } from '../support/fake-upstream.js';

const PASSWORD = 'secret-of-the-proxy';
const CHAT = '/v1/chat/completions';

let upstream: FakeUpstream;
let proxy: FakeProxy;
let other: FakeProxy;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  [proxy, other] = await Promise.all([FakeProxy.start(), FakeProxy.start()]);
  gateway = await startApp(configWith(proxy));
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([proxy.close(), other.close(), upstream.close()]);
});

beforeEach(() => {
  proxy.behaviour = grants;
});

function configWith(used: FakeProxy): string {
  const acme = `base_url: "${upstream.baseUrl}", models: [one], proxy: "${used.urlWith(`gate:${PASSWORD}`)}"`;
  return `
providers:
  acme: { ${acme} }
  direct: { base_url: "${upstream.baseUrl}", models: [two] }
router: { predictor: heuristic }
`;
}

test('a request fails over when the proxy rejects its credentials, and the password is never exposed', async () => {
  proxy.behaviour = demands('gate:changed');

  const failed = await post(gateway.url + CHAT, ask('acme/one', 'hi'));
  const fallen = await post(
    gateway.url + CHAT,
    ask('acme/one', 'hi', { models: ['acme/one', 'direct/two'] }),
  );

  expect(failed.status).toBe(502);
  expect(failed.text).toContain('rejects the user name or the password in its URL (407)');
  expect(fallen.status).toBe(200);
  expect(gateway.logged().at(-2)).toMatchObject({ cause: 'PROXY_407' });
  const read = async (at: string) => (await fetch(gateway.url + at)).text();
  const told = [failed.text, fallen.text, await read('/metrics'), await read('/readyz')];
  expect(`${told.join()} ${JSON.stringify(gateway.logged())}`).not.toContain(PASSWORD);
});

test('a reload that changes the proxy routes new requests through it', async () => {
  await post(gateway.url + CHAT, ask('acme/one', 'hi'));
  const before = proxy.targets.length;

  await writeFile(path.join(gateway.folder, 'suffice.yaml'), configWith(other));
  await gateway.app.reload();
  const { status } = await post(gateway.url + CHAT, ask('acme/one', 'hi'));

  expect(status).toBe(200);
  expect(before).toBeGreaterThan(0);
  expect(proxy.targets).toHaveLength(before);
  expect(other.targets).toEqual([`127.0.0.1:${upstream.port}`]);
});
