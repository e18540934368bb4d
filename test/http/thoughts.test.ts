import { post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, sends } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  g: { base_url: "${upstream.baseUrl}", api_key: k, dialect: gemini, models: [gemini-3-pro] }
`);
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

interface Completion {
  readonly choices: readonly [{ readonly message: { readonly tool_calls: readonly [Call] } }];
}
interface Call {
  readonly id: string;
}

const tools = [{ type: 'function', function: { name: 'f' } }];
const user = (content: string) => ({ role: 'user', content });

const complete = async (messages: readonly object[]): Promise<Completion> => {
  const body = { model: 'g/gemini-3-pro', tools, messages };
  const reply = await post(`${gateway.url}/v1/chat/completions`, body);
  return JSON.parse(reply.text) as Completion;
};

/** An answer without an id, with a tool call without an id and this thought signature. */
const callsAfter = (thoughtSignature: string) => {
  const parts = [{ functionCall: { name: 'f', args: {} }, thoughtSignature }];
  const candidates = [{ content: { role: 'model', parts }, finishReason: 'STOP' }];
  return sends(200, JSON.stringify({ candidates }));
};

test('a thought signature is restored in its own conversation, although answers have no ids', async () => {
  upstream.next(callsAfter('proof-one'), callsAfter('proof-two'), callsAfter('more'));
  const one = await complete([user('one')]);
  await complete([user('two')]);

  // Most clients do not send thoughts back.
  const [call] = one.choices[0].message.tool_calls;
  await complete([
    user('one'),
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: 'done' },
  ]);

  const last = upstream.requests.at(-1)?.body ?? '';
  expect(last).toContain('proof-one');
  expect(last).not.toContain('proof-two');
});
