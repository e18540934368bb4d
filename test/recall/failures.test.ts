import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ask } from '../support/app.js';
import {
  answers,
  DONE,
  refuses,
  streamsAndBreaks,
  textEvents,
  type Exchange,
} from '../support/fake-upstream.js';
import { cacheConfig, cacheRig, leaver, said, skewedClock, underWay } from './support.js';

const rig = cacheRig();

/** Holds requests back until the test answers them. */
function holding(): Exchange[] {
  const held: Exchange[] = [];
  rig.upstream.always((exchange) => held.push(exchange));
  return held;
}

const streamed = ask('acme/large', 'hi', { stream: true });

test('a shared stream that breaks off breaks off for all, and returns an error to non-streaming clients', async () => {
  const held = holding();
  const streams = [0, 1].map(() => leaver(rig.gateway, streamed));
  await underWay(rig.gateway, 2);
  const whole = rig.chat(ask('acme/large', 'hi'));
  await underWay(rig.gateway, 3);
  for (const exchange of held) streamsAndBreaks(...textEvents('Hello from'))(exchange);

  const texts = await Promise.all(streams.map(({ got }) => got));

  expect(texts).toEqual(['gone', 'gone']);
  expect((await whole).status).toBe(502);
  expect((await whole).json).toMatchObject({ error: { code: 'upstream_cut' } });
  expect(rig.upstream.requests).toHaveLength(1);
  await underWay(rig.gateway, 0);
});

test('a request without a candidate fails for all clients, and leaves nothing in flight', async () => {
  const impossible = ask('auto', 'hi', { max_tokens: 1, tools: [{ type: 'function' }], n: 1 });
  await rig.restart(
    cacheConfig(rig.upstream, '').replaceAll(
      'capabilities: [tools, json_mode]',
      'capabilities: []',
    ),
  );

  const got = await Promise.all([rig.chat(impossible), rig.chat(impossible)]);

  expect(got.map(({ status }) => status)).toEqual([422, 422]);
  await underWay(rig.gateway, 0);
});

test('a request without a candidate is answered as soon as there is one', async () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const able = cacheConfig(rig.upstream, '');
  await rig.restart(able.replaceAll('capabilities: [tools, json_mode]', 'capabilities: []'));
  const before = await rig.chat(ask('auto', 'hi', { tools }));
  await writeFile(path.join(rig.gateway.folder, 'suffice.yaml'), able);
  await rig.gateway.app.reload();

  const after = await rig.chat(ask('auto', 'hi', { tools }));

  expect([before.status, after.status]).toEqual([422, 200]);
});

test('a client that leaves while it waits for a shared answer is logged with 499', async () => {
  const held = holding();
  const first = rig.chat(ask('acme/large', 'hi'));
  await rig.upstream.received();
  const second = leaver(rig.gateway, ask('acme/large', 'hi'));
  await underWay(rig.gateway, 2);
  second.leave();
  await underWay(rig.gateway, 1);
  for (const exchange of held) answers()(exchange);

  expect((await first).status).toBe(200);
  expect(rig.gateway.logged().filter(({ status }) => status === 499)).toHaveLength(1);
});

test('a non-streaming client makes its own request when the shared stream is too long to cache', async () => {
  await rig.restart(cacheConfig(rig.upstream, ', max_entry_bytes: 1024'));
  const held = holding();
  const stream = rig.chat(streamed);
  await rig.upstream.received();
  const whole = rig.chat(ask('acme/large', 'hi'));
  await underWay(rig.gateway, 2);
  const long = 'word '.repeat(500).trim();
  rig.upstream.always(answers(long));
  for (const exchange of held) answers(long)(exchange);

  expect(said((await stream).text)).toBe(long);
  expect((await whole).json).toMatchObject({ choices: [{ message: { content: long } }] });
  expect(rig.upstream.requests).toHaveLength(2);
  await underWay(rig.gateway, 0);
});

test('a request after a failure is sent again', async () => {
  rig.upstream.next(refuses(500, 'broken'));
  const failed = await rig.chat(streamed);

  const { headers } = await rig.chat(streamed);

  expect(failed.status).toBe(502);
  expect(failed.headers.get('x-suffice-cache')).toBe('miss');
  expect(headers.get('x-suffice-cache')).toBe('miss');
});

test('a stream replayed at its natural pace is logged with 499 when the client leaves early', async () => {
  const clock = skewedClock();
  await rig.restart(cacheConfig(rig.upstream, ', replay: natural'), clock);
  rig.upstream.next(({ request, response }) => {
    const events = [...textEvents('Hello there', request), DONE];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events.slice(0, 2).join(''));
    void underWay(rig.gateway, 1).then(() => {
      clock.forward(60_000);
      response.end(events.slice(2).join(''));
    });
  });
  const original = await rig.chat(streamed);
  const early = leaver(rig.gateway, streamed);
  await early.begun;

  early.leave();
  await underWay(rig.gateway, 0);

  expect(said(original.text)).toBe('Hello there');
  expect(rig.gateway.logged().at(-1)).toMatchObject({ status: 499, reason: 'cached' });
});

test('answers survive a restart of the gateway', async () => {
  const folder = `${rig.gateway.folder}-kept`;
  const config = cacheConfig(rig.upstream, `, folder: "${folder}"`);
  await rig.restart(config);
  const first = await rig.chat(streamed);
  await rig.restart(config);

  const again = await rig.chat(streamed);
  const whole = await rig.chat(ask('acme/large', 'hi'));

  expect(again.headers.get('x-suffice-cache')).toBe('hit');
  expect(again.headers.get('x-suffice-cache-source')).toBe(first.headers.get('x-suffice-decision'));
  expect(again.text).toBe(first.text);
  expect(whole.headers.get('x-suffice-cache')).toBe('hit');
  await rm(folder, { recursive: true });
});
