import { post } from '../support/app.js';
import { DONE, sends, sse, streams } from '../support/fake-upstream.js';
import { cacheRig } from './support.js';

const rig = cacheRig();

interface Client {
  readonly path: (stream: boolean) => string;
  readonly body: (stream: boolean) => object;
}

const messages = [{ role: 'user', content: 'hi' }];
const model = 'acme/large';

const CLIENTS: Readonly<Record<string, Client>> = {
  'Chat Completions': {
    path: () => '/v1/chat/completions',
    body: (stream) => ({ model, messages, stream }),
  },
  Messages: {
    path: () => '/v1/messages',
    body: (stream) => ({ model, max_tokens: 9, messages, stream }),
  },
  Responses: {
    path: () => '/v1/responses',
    body: (stream) => ({ model, input: 'hi', stream }),
  },
  Gemini: {
    path: (stream) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
  },
  Completions: {
    path: () => '/v1/completions',
    body: (stream) => ({ model, prompt: 'hi', echo: true, stream }),
  },
};

interface Choice {
  readonly message: object;
  readonly finish: string;
}

const call = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };

const INCOMPLETE: Readonly<Record<string, Choice>> = {
  'tool calls': { message: { content: 'Let me see.', tool_calls: [call] }, finish: 'tool_calls' },
  'a refusal': { message: { content: null, refusal: 'I cannot.' }, finish: 'stop' },
  'a filtered answer': { message: { content: 'How to' }, finish: 'content_filter' },
  'a truncated answer': { message: { content: 'Half of' }, finish: 'length' },
  'an empty answer': { message: { content: '' }, finish: 'stop' },
};

/** An upstream that gives this answer, streamed or whole. */
function gives({ message, finish }: Choice, stream: boolean) {
  const delta = { role: 'assistant', ...message };
  const head = { id: 'x', object: 'chat.completion', created: 1, model: 'm' };
  if (!stream) {
    const choices = [{ index: 0, message: delta, finish_reason: finish }];
    return sends(200, JSON.stringify({ ...head, choices }));
  }
  const chunk = { ...head, object: 'chat.completion.chunk' };
  return streams(
    sse({ ...chunk, choices: [{ index: 0, delta, finish_reason: null }] }),
    sse({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    DONE,
  );
}

/** A client of Completions cannot get tool calls. */
const CASES = Object.entries(CLIENTS).flatMap(([name, client]) =>
  Object.entries(INCOMPLETE)
    .filter(([what]) => name !== 'Completions' || what !== 'tool calls')
    .flatMap(([what, choice]) =>
      [false, true].map((stream) => ({ name, client, what, choice, stream })),
    ),
);

test.each(CASES)(
  'a client of $name does not get $what again (stream: $stream)',
  async ({ client, choice, stream }) => {
    const send = (isStream: boolean) =>
      post(`${rig.gateway.url}${client.path(isStream)}`, client.body(isStream));
    rig.upstream.next(gives(choice, stream));

    const first = await send(stream);
    const second = await send(!stream);

    expect(first.status).toBe(200);
    expect(second.headers.get('x-suffice-cache')).toBe('miss');
    expect(second.text).toContain('Hello');
  },
);
