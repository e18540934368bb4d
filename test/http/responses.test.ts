import { post, startApp, type TestApp } from '../support/app.js';
import {
  answers,
  DONE,
  FakeUpstream,
  streams,
  streamsAndBreaks,
  textEvents,
} from '../support/fake-upstream.js';
import { eventsIn } from '../support/translated.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const KEYS = { me: 'key-of-mine-0123456789', other: 'key-of-theirs-0123456789' };

const config = (baseUrl: string, more = '') => `
router: { predictor: heuristic }
keys: [{ name: me, key: ${KEYS.me} }, { name: other, key: ${KEYS.other} }]
providers:
  acme: { base_url: "${baseUrl}", api_key: sk-acme, models: [small] }
${more}`;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  upstream.always(answers('Hello there.'));
  gateway = await startApp(config(upstream.baseUrl));
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const auth = (who: keyof typeof KEYS) => ({ authorization: `Bearer ${KEYS[who]}` });
const ask = (body: object, who: keyof typeof KEYS = 'me') =>
  post(`${gateway.url}/v1/responses`, { model: 'acme/small', ...body }, auth(who));
const fetched = async (method: string, path: string, who: keyof typeof KEYS = 'me') => {
  const reply = await fetch(`${gateway.url}/v1/responses/${path}`, { method, headers: auth(who) });
  return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
};
const messages = () => upstream.requests.at(-1)?.json['messages'];

describe('Responses API', () => {
  test('continues a response by its id, with the whole conversation', async () => {
    const first = await ask({ input: 'Hi', instructions: 'Be brief.' });

    const second = await ask({ input: 'And?', previous_response_id: first.json['id'] });
    const third = await ask({
      input: [{ role: 'user', content: 'Well?' }],
      previous_response_id: second.json['id'],
    });

    expect(second.json['previous_response_id']).toBe(first.json['id']);
    expect(third.status).toBe(200);
    expect(messages()).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'And?' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'Well?' },
    ]);
  });

  test('stores a streamed response before the client has received all of it', async () => {
    upstream.always(answers('Hello.'));
    const first = await ask({ input: 'Hi', stream: true });
    const last = eventsIn(first.text).at(-1)?.['response'] as { id: string };

    const second = await ask({ input: 'And?', stream: true, previous_response_id: last.id });

    expect(eventsIn(second.text).at(-1)).toMatchObject({
      type: 'response.completed',
      response: { previous_response_id: last.id },
    });
    expect(messages()).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'And?' },
    ]);
    expect((await fetched('GET', last.id)).json).toEqual(last);
  });

  test('stores a streamed response that was cut off at its token limit', async () => {
    const [opening = '', word = ''] = textEvents('Hello there.');
    const finish = textEvents('').at(-1)?.replace('"stop"', '"length"') ?? '';
    upstream.next(streams(opening, word, finish, DONE));
    const first = await ask({ input: 'Hi', stream: true });
    const last = eventsIn(first.text).at(-1);

    const { id } = last?.['response'] as { id: string };
    const stored = await fetched('GET', id);

    expect(last).toMatchObject({ type: 'response.incomplete' });
    expect(stored).toMatchObject({ status: 200, json: { id, status: 'incomplete' } });
  });

  test('does not store a streamed response that broke off', async () => {
    upstream.next(streamsAndBreaks(...textEvents('Hello there.').slice(0, 2)));
    const response = await fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...auth('me') },
      body: JSON.stringify({ model: 'acme/small', input: 'Hi', stream: true }),
    });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    };
    await read().catch(() => undefined);
    const { id } = eventsIn(text)[0]?.['response'] as { id: string };

    const stored = await fetched('GET', id);
    const continued = await ask({ input: 'And?', previous_response_id: id });

    expect(id).toMatch(/^resp_/u);
    expect([stored.status, continued.status]).toEqual([404, 400]);
  });

  test('resolves references to the items of a response', async () => {
    const first = await ask({ input: 'Hi' });
    const [item] = first.json['output'] as { id: string }[];

    await ask({
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'item_reference', id: item?.id },
        { role: 'user', content: 'And?' },
      ],
    });
    const unknown = await ask({ input: [{ id: 'msg_never' }] });
    const twice = await ask({ input: [{ id: item?.id }, { id: item?.id }] });

    expect(messages()).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'And?' },
    ]);
    expect(unknown).toMatchObject({ status: 400, json: { error: { param: 'input[0]' } } });
    expect(twice).toMatchObject({ status: 400, json: { error: { param: 'input[1]' } } });
  });

  test('lets only the creator of a response retrieve and delete it', async () => {
    const { json } = await ask({ input: 'Hi' });
    const id = String(json['id']);

    const theirs = await Promise.all([
      fetched('GET', id, 'other'),
      fetched('DELETE', id, 'other'),
      ask({ input: 'And?', previous_response_id: id }, 'other'),
    ]);
    const shown = await fetched('GET', id);
    const streamed = await fetched('GET', `${id}?stream=true`);
    const deleted = await fetched('DELETE', id);
    const gone = await fetched('GET', id);

    expect(theirs.map(({ status }) => status)).toEqual([404, 404, 400]);
    expect(shown.json).toEqual(json);
    expect(streamed.json).toMatchObject({ error: { param: 'stream' } });
    expect(deleted.json).toEqual({ id, object: 'response', deleted: true });
    expect(gone.status).toBe(404);
  });

  test('reports an unknown previous response in OpenAI’s words', async () => {
    const reply = await ask({ input: 'And?', previous_response_id: 'resp_never' });

    expect(reply.status).toBe(400);
    expect(reply.json['error']).toEqual({
      message: "Previous response with id 'resp_never' not found.",
      type: 'invalid_request_error',
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
    expect(upstream.requests).toHaveLength(0);
  });

  test('distinguishes a response whose predecessor was deleted from an unknown one', async () => {
    const first = await ask({ input: 'Hi' });
    const second = await ask({ input: 'And?', previous_response_id: first.json['id'] });
    const id = String(second.json['id']);
    await fetched('DELETE', String(first.json['id']));

    const reply = await ask({ input: 'So?', previous_response_id: id });

    expect((await fetched('GET', id)).status).toBe(200);
    expect(reply).toMatchObject({
      status: 400,
      json: {
        error: {
          message: `Previous response with id '${id}' continues one that is no longer stored.`,
          code: 'previous_response_not_found',
        },
      },
    });
  });

  test('does not store a response with store: false', async () => {
    const { json } = await ask({ input: 'Hi', store: false });

    expect(json['store']).toBe(false);
    expect((await fetched('GET', String(json['id']))).status).toBe(404);
  });

  test('rejects a faulty input', async () => {
    const reply = await ask({ input: 7 });

    expect(reply).toMatchObject({ status: 400, json: { error: { param: 'input' } } });
  });
});

describe('provider with native Responses support', () => {
  const own = {
    id: 'resp_theirs',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model: 'gpt',
    error: null,
    output: [
      {
        type: 'message',
        id: 'msg_theirs',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello.', annotations: [] }],
      },
    ],
    usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    x_future: true,
  };

  beforeEach(async () => {
    upstream.always(({ request, response }) => {
      const isOurs = request.path === '/v1/responses';
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(isOurs ? JSON.stringify(own, null, 1) : '{"error":{"message":"wrong place"}}');
    });
    await gateway.close();
    const place = `base_url: "${upstream.baseUrl}", api_key: sk, responses: true`;
    gateway = await startApp(`
router: { predictor: heuristic }
keys: [{ name: me, key: ${KEYS.me} }]
providers: { both: { ${place}, models: [gpt-5, gpt-5-codex] } }`);
  });

  test('exchanges bytes unchanged with a client of the Responses API', async () => {
    const body = `{ "model":"both/gpt-5","input":"caf\\u00e9", "tools":[{"type":"web_search"}],"x":1 }`;

    const reply = await post(`${gateway.url}/v1/responses`, body, auth('me'));

    expect(upstream.requests[0]?.body).toBe(body.replace('both/gpt-5', 'gpt-5'));
    expect(reply.text).toBe(JSON.stringify(own, null, 1));
    expect(reply.headers.get('x-suffice-dropped')).toBeNull();
  });

  test('receives the whole conversation instead of a response id', async () => {
    await ask({ model: 'both/gpt-5', input: 'Hi' });

    await ask({ model: 'both/gpt-5', input: 'And?', previous_response_id: own.id });

    expect(upstream.requests.at(-1)?.json).toEqual({
      model: 'gpt-5',
      input: [{ role: 'user', content: 'Hi' }, own.output[0], { role: 'user', content: 'And?' }],
    });
  });

  test('is chosen by a policy for an image given by its file id', async () => {
    const content = [{ type: 'input_image', file_id: 'file-1' }];

    const reply = await ask({ model: 'auto', input: [{ role: 'user', content }] });

    expect(reply.status).toBe(200);
    expect(upstream.requests[0]?.json['input']).toEqual([{ role: 'user', content }]);
  });

  test('is called with the Responses API for a model that supports only that', async () => {
    const body = { model: 'both/gpt-5-codex', messages: [{ role: 'user', content: 'Hi' }] };

    const { json } = await post(`${gateway.url}/v1/chat/completions`, body, auth('me'));

    expect(json['choices']).toMatchObject([{ message: { content: 'Hello.' } }]);
  });
});

test('answers report store: false when the retention is 0', async () => {
  await gateway.close();
  gateway = await startApp(config(upstream.baseUrl, 'responses: { keep_ms: 0 }'));

  const { json } = await ask({ input: 'Hi', store: true });

  expect(json['store']).toBe(false);
  expect((await ask({ input: 'Hi', previous_response_id: json['id'] })).status).toBe(400);
});

test('unsupported methods are answered with 405', async () => {
  const wrong = await fetched('PUT', 'resp_1');
  const bare = await fetch(`${gateway.url}/v1/responses`, { headers: auth('me') });

  expect([wrong.status, bare.status]).toEqual([405, 405]);
});
