import { request as httpRequest, type ClientRequest } from 'node:http';
import { FakeUpstream, stalls } from '../../support/fake-upstream.js';
import { post, type TestApp } from '../../support/app.js';
import { SCENARIOS, type Round, type Scenario } from './scenarios.js';
import type { Seen } from './script.js';
import {
  addressOf,
  type Client,
  CLIENT_NAMES,
  CLIENTS,
  PAIRS,
  type Provider,
  PROVIDER_NAMES,
  PROVIDERS,
  startMatrix,
} from './speakers.js';

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

interface Cell {
  readonly client: Client;
  readonly provider: Provider;
  readonly stream: boolean;
  readonly scenario: Scenario;
}

/** Why a combination is impossible; `null` if it is possible. */
function lackIn(client: Client, provider: Provider, { name }: Scenario): string | null {
  const speakers: readonly object[] = [CLIENTS[client], PROVIDERS[provider]];
  for (const speaker of speakers) {
    const lacks = 'lacks' in speaker ? (speaker.lacks as Readonly<Record<string, string>>) : {};
    if (lacks[name] !== undefined) return lacks[name];
  }
  return null;
}

/** What the client should see, as far as the provider's dialect can express it. */
function expected(provider: Provider, { seen, understood }: Round) {
  const answerer = PROVIDERS[provider];
  const told = 'sees' in answerer && 'tokens' in seen ? answerer.sees : {};
  return { seen: { ...seen, ...told }, understood };
}

const CELLS: readonly (readonly [string, Cell])[] = CLIENT_NAMES.flatMap((client) =>
  PROVIDER_NAMES.flatMap((provider) =>
    SCENARIOS.filter((one) => lackIn(client, provider, one) === null).flatMap((scenario) =>
      [false, true]
        .filter((stream) => stream || scenario.streamOnly !== true)
        .map((stream) => {
          const how = stream ? 'streamed' : 'not streamed';
          const title = `${scenario.name}, ${how}, from ${provider} to a client of ${client}`;
          return [title, { client, provider, stream, scenario }] as const;
        }),
    ),
  ),
);

const ABSENT = CLIENT_NAMES.flatMap((client) =>
  PROVIDER_NAMES.flatMap((provider) =>
    SCENARIOS.flatMap((scenario) => {
      const reason = lackIn(client, provider, scenario);
      return reason === null ? [] : [{ client, provider, scenario, name: scenario.name, reason }];
    }),
  ),
);

describe('dialect matrix', () => {
  test.each(ABSENT)(
    'cannot translate $name from $provider to a client of $client: $reason',
    ({ client, provider, scenario: { first } }) => {
      const { request } = CLIENTS[client];
      const { wish, script } = first;

      const { text, maxTokens } = wish;
      const plain = { text, ...(maxTokens !== undefined && { maxTokens }) };
      const isWordless =
        JSON.stringify(request(wish, 'm', true)) === JSON.stringify(request(plain, 'm', true));

      // Either the client's dialect cannot express the request, or the provider's cannot express the answer.
      expect(isWordless).toBe(true);
      expect(
        client === 'completions' || (provider === 'ollama' && script.refusal !== undefined),
      ).toBe(true);
    },
  );

  test('covers every combination or lists why it is impossible', () => {
    const tried = new Set(
      CELLS.map(([, { client, provider, scenario }]) => [client, provider, scenario.name].join()),
    );

    const all = CLIENT_NAMES.length * PROVIDER_NAMES.length * SCENARIOS.length;
    expect(tried.size + ABSENT.length).toBe(all);
  });

  interface Played {
    readonly seen: Seen;
    readonly understood: unknown;
  }

  async function play(
    { client, provider, stream }: Cell,
    { wish, script }: Round,
  ): Promise<Played> {
    const { path, request, seen } = CLIENTS[client];
    const { model, speaks, understood } = PROVIDERS[provider];
    upstream.always(speaks(script));

    const reply = await post(
      `${gateway.url}${addressOf(path, model, stream)}`,
      request(wish, model, stream),
    );

    const got = seen(reply.status, reply.text);
    // An error is more informative than a differing number.
    if (got.error !== null && script.failure === undefined) throw new Error(got.error.message);
    return { seen: got, understood: understood(upstream.requests.at(-1)?.json) };
  }

  test.each(CELLS)('translates %s', async (_title, cell) => {
    const { first, second } = cell.scenario;

    const one = await play(cell, first);
    const next = second?.(one.seen) ?? null;
    const two = next === null ? null : await play(cell, next);

    expect(one).toMatchObject(expected(cell.provider, first));
    expect(new Set(one.seen.calls.map(({ id }) => id)).size).toBe(one.seen.calls.length);
    expect({ ...two }).toMatchObject(next === null ? {} : expected(cell.provider, next));
  });

  test.each([
    ['anthropic', false],
    ['anthropic', true],
    ['gemini', false],
    ['gemini', true],
    ['bedrock', false],
    ['bedrock', true],
    ['responses', false],
    ['responses', true],
  ] as const)(
    'restores for %s reasoning that the client did not send back (stream: %s)',
    async (provider, stream) => {
      const scenario = SCENARIOS.find(({ name }) => name.startsWith('thinking with tools'));
      const cell = { client: 'openai', provider, stream, scenario } as Cell;
      const { seen } = await play(cell, cell.scenario.first);
      const turn = { ...seen.turn };
      delete turn['reasoning_details'];

      const next = cell.scenario.second?.({ ...seen, turn });

      expect(next && (await play(cell, next)).understood).toMatchObject({
        thinks: true,
        signatures: [cell.scenario.first.script.thought?.signature],
      });
    },
  );

  test.each(PAIRS)(
    'closes the upstream connection when a client of %s disconnects before a non-streamed answer from %s',
    async (client, provider) => {
      const { path, request } = CLIENTS[client];
      const { model } = PROVIDERS[provider];
      const before = upstream.requests.length;
      upstream.always(stalls);
      const asked = open(addressOf(path, model, false), request({ text: 'Hello?' }, model, false));

      await upstream.received(before + 1);
      asked.destroy();

      await expect(upstream.requests.at(-1)?.closed).resolves.toBeUndefined();
    },
  );

  test.each(PAIRS)(
    'closes the upstream connection when a client of %s disconnects during a stream from %s',
    async (client, provider) => {
      const { path, request } = CLIENTS[client];
      const { model, speaks } = PROVIDERS[provider];
      upstream.always(speaks({ text: 'Hello, and then no', finish: 'stop', failure: 'silence' }));

      await disconnectAfterFirstChunk(
        addressOf(path, model, true),
        request({ text: 'Hello?' }, model, true),
      );

      await expect(upstream.requests.at(-1)?.closed).resolves.toBeUndefined();
    },
  );
});

function disconnectAfterFirstChunk(path: string, body: unknown): Promise<void> {
  return new Promise((resolve) => {
    const request = open(path, body);
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.once('data', () => {
        request.destroy();
        resolve();
      });
    });
  });
}

function open(path: string, body: unknown): ClientRequest {
  const request = httpRequest(`${gateway.url}${path}`, { method: 'POST' });
  request.on('error', () => undefined);
  request.end(JSON.stringify(body));
  return request;
}
