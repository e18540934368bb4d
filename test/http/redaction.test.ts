import { ask, post, startApp, type TestApp } from '../support/app.js';
import {
  errorEvent,
  FakeUpstream,
  refuses,
  sends,
  textEvents,
  type Behaviour,
} from '../support/fake-upstream.js';

const KEY = 'raw-upstream-key-1';
const HEADER = 'proxy-secret-2';
const PASSWORD = 'pass word 3';
const QUERY = 'signed-query-4';
const SECRETS = [KEY, HEADER, PASSWORD, QUERY];
const QUOTE = `bad request: ${SECRETS.join(', ')}; api-version 2026-11-20`;

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const base = upstream.baseUrl.replace('http://', 'http://user:pass%20word%203@');
  const provider = (dialect: string, models: string) =>
    `{ base_url: "${base}?api-version=2026-11-20&key=${QUERY}", dialect: ${dialect}, api_key: ${KEY}, headers: { x-proxy-token: ${HEADER} }, models: [${models}] }`;
  gateway = await startApp(`
providers:
  acme: ${provider('openai', 'one')}
  claude: ${provider('anthropic', 'two')}
  goo: ${provider('gemini', 'three')}
router: { predictor: heuristic }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const error = { message: QUOTE, type: KEY, param: KEY, code: KEY };

/** The stream begins, and ends with an error event. */
const failsLater: Behaviour = ({ response }) => {
  const [role = '', word = ''] = textEvents('Half an answer');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(role + word, () => setTimeout(() => response.end(errorEvent(QUOTE)), 20));
};

const CHAT = '/v1/chat/completions';
const stream = true;

test.each([
  ['a refusal', CHAT, ask('acme/one', 'hi'), refuses(400, QUOTE)],
  ['every member of a refusal', CHAT, ask('acme/one', 'hi'), sends(422, JSON.stringify({ error }))],
  ['a failure', CHAT, ask('acme/one', 'hi'), refuses(500, QUOTE)],
  ['a refused key', CHAT, ask('acme/one', 'hi'), refuses(401, QUOTE)],
  ['an error in a 200', CHAT, ask('acme/one', 'hi'), sends(200, JSON.stringify({ error }))],
  ['an error page', CHAT, ask('acme/one', 'hi'), sends(502, QUOTE)],
  ['a stream that never begins', CHAT, ask('acme/one', 'hi', { stream }), failsAtOnce],
  ['a stream', CHAT, ask('acme/one', 'hi', { stream }), failsLater],
  ['a refusal in Anthropic’s dialect', CHAT, ask('claude/two', 'hi'), refuses(400, QUOTE)],
  ['a refusal in Gemini’s dialect', CHAT, ask('goo/three', 'hi'), refuses(400, QUOTE)],
  [
    'a refusal of an embeddings request',
    '/v1/embeddings',
    { model: 'acme/one', input: 'hi' },
    refuses(400, QUOTE),
  ],
  [
    'a refusal of a pass-through request',
    '/v1/moderations?provider=acme',
    { input: 'hi' },
    refuses(400, QUOTE),
  ],
  [
    'a refusal of a token count',
    '/v1/messages/count_tokens',
    ask('claude/two', 'hi', { max_tokens: 5 }),
    refuses(400, QUOTE),
  ],
])('%s is forwarded with the gateway’s secrets redacted', async (_, path, body, behaviour) => {
  const lines = gateway.logged().length;
  upstream.always(behaviour);

  const { text } = await post(gateway.url + path, body);

  const logged = JSON.stringify(gateway.logged().slice(lines));
  expect(text).toContain('[redacted]');
  for (const secret of SECRETS) expect(text + logged).not.toContain(secret);
});

test('text that is not secret is not redacted', async () => {
  upstream.always(refuses(400, QUOTE));

  const { text } = await post(gateway.url + CHAT, ask('acme/one', 'hi'));

  expect(text).toContain('api-version 2026-11-20');
});

function failsAtOnce({ response }: Parameters<Behaviour>[0]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(errorEvent(QUOTE));
}
