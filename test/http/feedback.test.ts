import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as passing } from 'node:timers/promises';
import { writeTinyArtefacts } from '../route/tiny-artefacts.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { hurriedClock } from '../support/fake-clock.js';
import {
  answers,
  FakeUpstream,
  refuses,
  streamsAndBreaks,
  streamsAndStalls,
  textEvents,
} from '../support/fake-upstream.js';
import { decide, linesIn, PROMPT, send } from './feedback-client.js';

let artefacts: string;
let app: TestApp | null = null;

beforeAll(() => {
  artefacts = writeTinyArtefacts();
});

afterAll(() => {
  rmSync(artefacts, { recursive: true, force: true });
});

afterEach(async () => {
  await app?.close();
  app = null;
});

async function start(more = '', files: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  app = await startApp(
    `providers: { simulation: {} }\nrouter: { artefacts: ${artefacts} }\n${more}`,
    { files, clock: hurriedClock },
  );
  return app;
}

test('POST /v1/feedback answers 503 when the file cannot be written, logs it, and works again afterwards', async () => {
  const server = await start('log: { requests: false }\n');
  const { id, served } = await decide(server);
  const file = path.join(server.folder, 'state', 'feedback.jsonl');
  mkdirSync(path.dirname(file), { recursive: true });
  symlinkSync('/dev/full', file);

  const refused = await send(server, { decision_id: id, score: 1 });
  rmSync(file);
  const taken = await send(server, { decision_id: id, score: 1 });

  expect([refused.status, refused.json]).toMatchObject([
    503,
    { error: { code: 'not_saved', message: expect.stringContaining('ENOSPC') } },
  ]);
  const lines = server.logged().filter(({ error }) => error === 'not_saved');
  expect(lines).toMatchObject([{ msg: 'not saved', err: { code: 'ENOSPC' } }]);
  expect(taken.json).toMatchObject({ scores: { [served]: 1 } });
  expect(await linesIn(server)).toHaveLength(1);
});

describe('POST /v1/feedback', () => {
  test('stores a score, a label or a preference, without the prompt', async () => {
    const server = await start();
    const [scored, labelled, preferring] = await Promise.all([
      decide(server),
      decide(server),
      decide(server),
    ]);

    const score = await send(server, { decision_id: scored.id, score: 0.25 });
    const label = await send(server, { decision_id: labelled.id, label: 'good' });
    const other = preferring.served === 'simulation/large' ? 'simulation/nano' : 'simulation/large';
    const preferred = await send(server, { decision_id: preferring.id, preferred: other });

    expect(score).toMatchObject({
      status: 200,
      json: {
        object: 'feedback',
        decision_id: scored.id,
        scores: { [scored.served]: 0.25 },
        kept_text: false,
      },
    });
    expect(label.json['scores']).toEqual({ [labelled.served]: 1 });
    expect(preferred.json['scores']).toEqual({ [other]: 1, [preferring.served]: 0 });
    const lines = await linesIn(server);
    expect(lines.map((line) => line['decision'])).toEqual([scored.id, labelled.id, preferring.id]);
    expect(JSON.stringify(lines)).not.toContain('sky');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain(`suffice_feedback_total{model="${scored.served}"}`);
  });

  test('stores the prompt with keep_text', async () => {
    const server = await start('adaptation: { keep_text: true }\n');
    const { id } = await decide(server);

    const { json } = await send(server, { decision_id: id, label: 'bad' });

    expect(json['kept_text']).toBe(true);
    expect((await linesIn(server))[0]).toMatchObject({ text: PROMPT });
  });

  test('shifts the next decision on the same prompt slightly, and changes its receipt', async () => {
    const server = await start();
    const { id, served } = await decide(server);
    const look = async () => {
      const { json } = await post(`${server.url}/v1/route`, ask('auto', PROMPT));
      const candidates = json['candidates'] as { model: string; success: number }[];
      const receipt = json['receipt'] as Record<string, string>;
      return {
        success: candidates.find(({ model }) => model === served)?.success ?? 0,
        revision: receipt['predictor'] ?? '',
      };
    };
    const lookAfter = async (revision: string) => {
      let seen = await look();
      while (seen.revision === revision) seen = await look();
      return seen;
    };
    const before = await look();

    await send(server, { decision_id: id, score: 0 });
    const after = await lookAfter(before.revision);

    expect(after.success).toBeLessThan(before.success);
    expect(after.success).toBeGreaterThan(before.success - 0.2);
    expect(after.revision).toMatch(new RegExp(`^${before.revision}~\\d+$`));

    await send(server, { decision_id: (await decide(server)).id, score: 0 });
    const again = await lookAfter(after.revision);

    expect(again.revision).toMatch(new RegExp(`^${before.revision}~\\d+$`));
  });

  test('accepts feedback only from the caller of the decision', async () => {
    const server = await start(
      'keys:\n  - { name: one, key: key-number-one }\n  - { name: two, key: key-number-two }\n',
    );
    const { id } = await decide(server, 'key-number-one');

    const stranger = await send(server, { decision_id: id, score: 1 }, 'key-number-two');
    const nobody = await send(server, { decision_id: id, score: 1 });
    const owner = await send(server, { decision_id: id, score: 1 }, 'key-number-one');

    expect(stranger.status).toBe(404);
    expect(stranger.json['error']).toMatchObject({ code: 'not_found', param: 'decision_id' });
    expect(nobody.status).toBe(401);
    expect(owner.status).toBe(200);
  });

  test.each([
    { fault: 'no verdict', body: {}, param: 'score' },
    { fault: 'two verdicts', body: { score: 1, label: 'good' }, param: 'label' },
    { fault: 'a score out of range', body: { score: 2 }, param: 'score' },
    { fault: 'an unknown label', body: { label: 'fine' }, param: 'label' },
    { fault: 'a misspelt field', body: { skore: 1 }, param: 'skore' },
    { fault: 'a model that was no candidate', body: { preferred: 'acme/x' }, param: 'preferred' },
  ])('rejects $fault, naming the field', async ({ body, param }) => {
    const server = await start();
    const { id } = await decide(server);

    const { status, json } = await send(server, { decision_id: id, ...body });

    expect(status).toBe(400);
    expect(json['error']).toMatchObject({ code: 'invalid_request', param });
  });

  test.each([
    { body: '[]', says: 'The body must be a JSON object, not an array.' },
    { body: 'null', says: 'The body must be a JSON object, not null.' },
    { body: '{}', says: '"decision_id" is missing; it must be text.' },
    {
      body: '{"decision_id":"x","score":2}',
      says: '"score" must be at most 1, not 2.',
    },
    {
      body: '{"decision_id":"x","skore":1}',
      says: 'unknown option "skore"; did you mean "score"?',
    },
  ])('explains what is wrong with $body', async ({ body, says }) => {
    const server = await start();

    const { status, json } = await send(server, body);

    expect(status).toBe(400);
    expect(json['error']).toMatchObject({ code: 'invalid_request', message: says });
  });

  test('rejects invalid JSON, an unknown decision, and a decision that teaches nothing', async () => {
    const server = await start();
    const named = await decide(server, undefined, 'simulation/nano');

    const notJson = await send(server, '{"decision_id"');
    const unknown = await send(server, { decision_id: 'dec_none', score: 1 });
    const teachesNothing = await send(server, { decision_id: named.id, score: 1 });

    expect(notJson.json['error']).toMatchObject({ code: 'invalid_json' });
    expect(unknown.status).toBe(404);
    expect(teachesNothing.status).toBe(400);
    expect(teachesNothing.json['error']).toMatchObject({ param: 'decision_id' });
  });

  test('is not found when feedback is disabled', async () => {
    const server = await start('adaptation: { feedback: false }\n');
    const { id } = await decide(server);

    expect((await send(server, { decision_id: id, score: 1 })).status).toBe(404);
  });
});

describe('feedback on a failed or incomplete answer', () => {
  let upstream: FakeUpstream;
  let server: TestApp;

  beforeAll(async () => {
    upstream = await FakeUpstream.start();
  });

  afterAll(() => upstream.close());

  beforeEach(async () => {
    app = await startApp(`
router: { artefacts: ${artefacts} }
providers:
  acme: { base_url: "${upstream.baseUrl}", models: [small, large] }
`);
    server = app;
  });

  test('counts for the model that answered as a fallback', async () => {
    upstream.next(refuses(503, 'later'), answers());
    const { id, served } = await decide(server);

    const { json } = await send(server, { decision_id: id, label: 'good' });

    const decided = await fetch(`${server.url}/v1/decisions/${id}`);
    expect(await decided.json()).not.toMatchObject({ model: served });
    expect(json['scores']).toEqual({ [served]: 1 });
  });

  test('is rejected when no model answered', async () => {
    upstream.next(refuses(500, 'oops'), refuses(500, 'oops'));
    const { id } = await decide(server);

    const { status, text } = await send(server, { decision_id: id, label: 'bad' });

    expect([status, text]).toEqual([400, expect.stringContaining('no model answered')]);
  });

  test('is rejected when the answer broke off', async () => {
    upstream.next(streamsAndBreaks(...textEvents('Half an').slice(0, 3)));
    const answer = await postStream();
    await answer.text().catch(() => null);

    const { status, text } = await send(server, { decision_id: idOf(answer), label: 'bad' });

    expect([status, text]).toEqual([400, expect.stringContaining('broke off')]);
  });

  test('counts when the client disconnected from a stream', async () => {
    upstream.next(streamsAndStalls(...textEvents('Half an').slice(0, 3)));
    const answer = await postStream();
    const served = answer.headers.get('x-suffice-model') ?? '';
    await answer.body?.cancel();
    while (!server.logged().some(({ status }) => status === 499)) await passing();

    const { json } = await send(server, { decision_id: idOf(answer), label: 'bad' });

    expect(json['scores']).toEqual({ [served]: 0 });
  });

  test('is rejected while the answer is not complete', async () => {
    upstream.next(streamsAndStalls(...textEvents('Half an').slice(0, 3)));
    const answer = await postStream();

    const { status, text } = await send(server, { decision_id: idOf(answer), label: 'bad' });
    await answer.body?.cancel();

    expect([status, text]).toEqual([400, expect.stringContaining('not complete yet')]);
  });

  const idOf = ({ headers }: Response): string => headers.get('x-suffice-decision') ?? '';

  const postStream = (): Promise<Response> =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ask('auto', PROMPT, { stream: true })),
    });
});

describe('stored feedback', () => {
  test('is learnt from after a restart, despite damaged lines', async () => {
    const first = await start();
    const { id } = await decide(first);
    await send(first, { decision_id: id, score: 0 });
    const file = path.join(first.folder, 'state', 'feedback.jsonl');
    const text = await readFile(file, 'utf8');
    await first.close();
    // Vector lengths that disagree with the numbers of the line or with the predictor.
    const edited = [3, 10_000].map((length) =>
      JSON.stringify({ ...(JSON.parse(text) as object), decision: 'dec_x', vector_length: length }),
    );

    const again = await start('adaptation: { folder: . }\n', {
      'feedback.jsonl': `${text}{"at":"broken\n${edited.join('\n')}\n`,
    });
    const { json } = await post(`${again.url}/v1/route`, ask('auto', PROMPT));

    expect((json['receipt'] as Record<string, string>)['predictor']).toContain('~');
    expect(again.logged()).toContainEqual(expect.objectContaining({ lines: 3, level: 'warn' }));
  });
});
