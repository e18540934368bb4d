import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  simulation: {}
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme }
  dead: { base_url: "http://127.0.0.1:1/v1", api_key: sk-dead }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Requests a path unchanged, where `fetch` would resolve its dots. @returns the status */
function got(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const req = httpRequest({ hostname, port, path }, (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    req.on('error', reject).end();
  });
}

test.each([
  '%2e%2e',
  '..;x',
  '..%2f..%2Fadmin',
  '..%5cadmin',
  '..\\admin',
  '%252e%252e%252fadmin',
  '%25252e%25252e%25252fadmin',
  'a%0d%0a',
])('a path that escapes its API is not forwarded: %s', async (id) => {
  const status = await got(`/v1/files/${id}?provider=acme`);

  expect(status).toBe(404);
  expect(upstream.requests).toEqual([]);
});

test.each([
  ['is passed through to its provider', '/v1/moderations?provider=acme', ''],
  ['names its provider', '/v1/moderations', 'acme/'],
  ['is a chat', '/v1/chat/completions', ''],
])('an overlong model name is rejected when the request %s', async (_, path, before) => {
  const model = before + 'x'.repeat(100_000);
  const lines = gateway.logged().length;

  const reply = await post(gateway.url + path, {
    model,
    messages: [{ role: 'user', content: 'Hi' }],
  });

  const { error } = JSON.parse(reply.text) as { error: { code: string; message: string } };
  expect([reply.status, error.code]).toEqual([404, 'model_not_found']);
  expect(error.message).toMatch(
    /^A model name may have at most \d+ characters; this one has 10000\d/u,
  );
  expect(JSON.stringify(gateway.logged().slice(lines)).length).toBeLessThan(1000);
});

test('a request is not passed to the simulation', async () => {
  expect(await got('/v1/files?provider=simulation')).toBe(404);
});

test('the client’s key in the query is not forwarded', async () => {
  const before = upstream.requests.length;

  const status = await got('/v1/files?key=client-key-0123456789&provider=acme&after=a');

  expect(status).toBe(200);
  expect(upstream.requests.slice(before)).toMatchObject([{ path: '/v1/files?after=a' }]);
});

const MIB = 1024 * 1024;

/** Begins an upload, sends the rest of it once it is answered, and then another request on the same connection. */
function answersTo(path: string, model: string): Promise<string[]> {
  const { hostname, port } = new URL(gateway.url);
  const form = `--b\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n--b\r\n`;
  const head = (first: string, more: string) => `${first} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  const type = 'content-type: multipart/form-data; boundary=b\r\n';
  const length = `content-length: ${form.length + 2 * MIB}\r\n`;
  return new Promise((resolve, reject) => {
    const statuses: string[] = [];
    const socket = connect(Number(port), hostname);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      const [, status] = /^HTTP\/1\.1 (\d+)/u.exec(bytes.toString()) ?? [];
      if (status !== undefined) statuses.push(status);
      if (statuses.length < 2) {
        socket.write(Buffer.alloc(2 * MIB, 'x'));
        socket.write(head('GET /healthz', ''));
        return;
      }
      socket.destroy();
      resolve(statuses);
    });
    socket.write(head(`POST ${path}`, type + length) + form);
  });
}

test.each([
  ['names an unknown model', '/v1/audio/transcriptions', 'nobody/whisper', '404'],
  ['goes to a model of an unreachable provider', '/v1/audio/transcriptions', 'dead/whisper', '502'],
  ['names an unreachable provider', '/v1/files?provider=dead', 'whisper', '502'],
  ['names an unknown provider', '/v1/files?provider=nobody', 'whisper', '404'],
])(
  'the next request on the connection is answered after an upload that %s',
  async (_, path, model, status) => {
    expect(await answersTo(path, model)).toEqual([status, '200']);
  },
);
