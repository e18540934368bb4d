import { post, type TestApp } from '../../support/app.js';
import { type Behaviour, FakeUpstream } from '../../support/fake-upstream.js';
import { TOKENS } from './script.js';
import { addressOf, CLIENT_NAMES, CLIENTS, PAIRS, PROVIDERS, startMatrix } from './speakers.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startMatrix(upstream.baseUrl);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Gemini's streams end only with the connection. */
const PAIRS_WITH_END = PAIRS.filter(([, provider]) => provider !== 'gemini');

describe('end of a stream', () => {
  test.each(PAIRS_WITH_END)(
    'reaches a client of %s with the end of the answer from %s although the connection stays open',
    async (client, provider) => {
      const { path, request, seen } = CLIENTS[client];
      const { model, speaks } = PROVIDERS[provider];
      upstream.always(neverEnds(speaks({ text: 'Hello.', finish: 'stop' })));

      const reply = await post(
        `${gateway.url}${addressOf(path, model, true)}`,
        request({ text: 'Hello?' }, model, true),
      );

      expect(seen(reply.status, reply.text)).toMatchObject({
        error: null,
        text: 'Hello.',
        tokens: { input: TOKENS.input, output: TOKENS.output },
      });
    },
  );

  test.each(CLIENT_NAMES)(
    'reaches a client of %s if the connection to gemini breaks after the finish reason',
    async (client) => {
      const { path, request, seen } = CLIENTS[client];
      const { model, speaks } = PROVIDERS.gemini;
      upstream.always((exchange) => {
        neverEnds(speaks({ text: 'Hello.', finish: 'stop' }))(exchange);
        setTimeout(() => exchange.socket.destroy(), 20);
      });

      const reply = await post(
        `${gateway.url}${addressOf(path, model, true)}`,
        request({ text: 'Hello?' }, model, true),
      );

      expect(seen(reply.status, reply.text)).toMatchObject({ error: null, text: 'Hello.' });
    },
  );
});

/** Sends the whole answer, but does not close the connection. */
function neverEnds(behaviour: Behaviour): Behaviour {
  return ({ response, ...exchange }) => {
    Object.assign(response, { end: (last?: string) => last !== undefined && response.write(last) });
    behaviour({ response, ...exchange });
  };
}
