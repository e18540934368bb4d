import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ArtefactCache } from '../../src/assembly/artefact-cache.js';
import {
  TINY_EMBEDDING,
  writeEncoderArtefacts,
  writeTinyArtefacts,
} from '../route/tiny-artefacts.js';
import { ask, post, startApp, SHIPPED, type TestApp } from '../support/app.js';
import { FakeEncoder, madeUpVector } from '../support/fake-encoder.js';
import { hurriedClock } from '../support/fake-clock.js';

const ID = 'encoder-0123456789ab';
const OTHER_ID = 'encoder-ba9876543210';
const PROMPT = 'Why is the sky blue in the morning and red in the evening?';

const folders: string[] = [];
const made = (folder: string): string => {
  folders.push(folder);
  return folder;
};
/** Artefact folders: for the encoder, for another one, and with the shipped predictor. */
let trained: string;
let trainedForOther: string;
let shippedFolder: string;
/** Every encoder that was opened, with its source. */
let opened: { readonly source: string; readonly encoder: FakeEncoder }[];
/** The id of the encoder at each source, or the error of opening it. */
let available: Record<string, string | Error>;
let app: TestApp | null = null;

beforeAll(() => {
  trained = made(writeEncoderArtefacts(ID));
  trainedForOther = made(writeEncoderArtefacts(OTHER_ID, { name: './other', multilingual: true }));
  shippedFolder = made(writeTinyArtefacts());
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

beforeEach(() => {
  opened = [];
  available = { 'Xenova/tiny': ID, 'Xenova/other': OTHER_ID };
});

afterEach(async () => {
  await app?.close();
  app = null;
});

const configOf = (router: string, more = ''): string =>
  `providers: { simulation: {} }\nrouter: { ${router} }\n${more}`;
const fitting = (more = ''): string =>
  configOf(`artefacts: ${trained}, embedder: Xenova/tiny, embedder_ms: 30000`, more);

async function start(config: string): Promise<TestApp> {
  const cache = new ArtefactCache((source) => {
    const id = available[source];
    if (typeof id !== 'string') return Promise.reject(id ?? new Error('there is no such model'));
    const encoder = new FakeEncoder(id, (text) => madeUpVector(text, TINY_EMBEDDING));
    opened.push({ source, encoder });
    return Promise.resolve(encoder);
  });
  // The catalog is the shipped one, which need not be read for every test.
  cache.catalog = (folder) => SHIPPED.cache.catalog(folder);
  app = await startApp(config, {
    clock: hurriedClock,
    shipped: { cache, artefacts: shippedFolder },
  });
  return app;
}

const chat = (server: TestApp, model = 'auto') =>
  post(`${server.url}/v1/chat/completions`, ask(model, PROMPT));
const first = (): FakeEncoder => {
  const [one] = opened;
  if (one === undefined) throw new Error('no encoder was opened');
  return one.encoder;
};
/** Only this prompt: tests of rules use the encoder too. */
const timesAsked = (): number => first().texts.filter((text) => text === PROMPT).length;
const degraded = async (server: TestApp): Promise<unknown> => {
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as Record<string, unknown>;
  return ready['degraded'];
};
const decisionOf = async (server: TestApp, headers: Headers): Promise<Record<string, unknown>> => {
  const id = headers.get('x-suffice-decision') ?? '';
  const response = await fetch(`${server.url}/v1/decisions/${id}`);
  return (await response.json()) as Record<string, unknown>;
};

describe('gateway with a configured encoder', () => {
  test('decides by its vectors, embedding once per routed request and never for a named model', async () => {
    const server = await start(fitting());

    const { headers } = await chat(server);
    await chat(server, 'simulation/nano');
    const decision = await decisionOf(server, headers);

    expect(timesAsked()).toBe(1);
    expect(headers.get('x-suffice-degraded')).toBeNull();
    expect(decision['receipt']).toMatchObject({
      predictor: server.app.inForce.assembly.predictor.base.revision,
    });
    expect(await degraded(server)).toBeNull();
  });

  test('decides previews by its vectors too', async () => {
    const server = await start(fitting());

    const { json } = await post(`${server.url}/v1/route`, ask('auto', PROMPT));

    expect(timesAsked()).toBe(1);
    expect(json['degraded']).toBeNull();
  });

  test('falls back to the shipped predictor when the vector is late, and reports it', async () => {
    const server = await start(
      configOf(`artefacts: ${trained}, embedder: Xenova/tiny, embedder_ms: 1`),
    );
    first().isSilent = true;

    const { status, headers } = await chat(server);
    const decision = await decisionOf(server, headers);

    expect(status).toBe(200);
    expect(headers.get('x-suffice-degraded')).toBe('encoder_late');
    expect(headers.get('x-suffice-reason')).not.toBe('heuristic');
    expect(decision['receipt']).toMatchObject({
      predictor: (await SHIPPED.cache.predictor(shippedFolder)).revision,
    });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/suffice_degraded_decisions_total\{cause="encoder_late"\} 1/u);
    expect(server.logged()).toContainEqual(expect.objectContaining({ degraded: 'encoder_late' }));
  });

  test('rejects feedback on decisions of the fallback predictor', async () => {
    const server = await start(
      configOf(`artefacts: ${trained}, embedder: Xenova/tiny, embedder_ms: 1`),
    );
    first().isSilent = true;
    const { headers } = await chat(server);
    const id = headers.get('x-suffice-decision');

    const { status, json } = await post(`${server.url}/v1/feedback`, {
      decision_id: id,
      score: 1,
    });

    expect([status, json]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('or a heuristic decided') } },
    ]);
  });

  test('keeps answering while the encoder process is down, and recovers after its restart', async () => {
    const server = await start(fitting());
    first().isSilent = true;
    const dying = chat(server);
    while (first().waiting.length === 0) await new Promise(setImmediate);
    first().die('killed');

    const [lost, next] = [await dying, await chat(server)];
    const whileDead = await degraded(server);
    while (opened.length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    const { headers } = await chat(server);

    expect(lost.headers.get('x-suffice-degraded')).toBe('encoder_failed');
    expect(lost.status).toBe(200);
    expect([null, 'encoder_failed']).toContain(next.headers.get('x-suffice-degraded'));
    expect([null, 'encoder_failed']).toContain(whileDead);
    expect(headers.get('x-suffice-degraded')).toBeNull();
    expect(server.logged().map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('the encoder failed; it will be retried'),
        'the encoder is open again',
      ]),
    );
  });

  test('starts without an encoder that cannot be opened, and logs an error', async () => {
    available['Xenova/tiny'] = new Error('Xenova/tiny: no network');

    const server = await start(fitting());
    const { headers } = await chat(server);

    expect(headers.get('x-suffice-degraded')).toBe('encoder_failed');
    expect(await degraded(server)).toBe('encoder_failed');
    expect(server.logged()).toContainEqual(
      expect.objectContaining({ level: 'error', reason: 'Xenova/tiny: no network' }),
    );
  });

  test('closes the encoder with the gateway', async () => {
    const server = await start(fitting());

    await server.close();
    app = null;
    await new Promise(setImmediate);

    expect(first().isClosed).toBe(true);
  });
});

describe('configuration with mismatched encoder and predictor', () => {
  test('is rejected when the predictor was trained for another encoder', async () => {
    await expect(
      start(configOf(`artefacts: ${trainedForOther}, embedder: Xenova/tiny`)),
    ).rejects.toThrow(
      `the predictor in ${trainedForOther} was trained for the encoder ./other (${OTHER_ID}), and Xenova/tiny is ${ID}; ` +
        'train one with "npm run train -- --data DATA --embedder Xenova/tiny --out FOLDER" and set "router.artefacts" to the folder.',
    );
    expect(first().isClosed).toBe(true);
  });

  test('is rejected when the predictor was trained for the static embedder', async () => {
    await expect(start(configOf('embedder: Xenova/tiny'))).rejects.toThrow(
      /was not trained for Xenova\/tiny, but for the embedding table that it ships with; train one with "npm run train/u,
    );
    expect(opened).toEqual([]);
  });

  test('is rejected when the encoder is not configured', async () => {
    await expect(start(configOf(`artefacts: ${trained}`))).rejects.toThrow(
      `suffice.yaml:2:1: error: the predictor in ${trained} was trained for the encoder Xenova/tiny (${ID}), which must be set here.`,
    );
  });

  test('closes the encoder when the configuration has another fault', async () => {
    await expect(start(fitting('rules: ./none.yaml\n'))).rejects.toThrow('none.yaml');
    await new Promise(setImmediate);

    expect(first().isClosed).toBe(true);
  });
});

describe('reload with an encoder', () => {
  const rewrite = (server: TestApp, text: string) =>
    writeFile(path.join(server.folder, 'suffice.yaml'), text);

  test('keeps an unchanged encoder', async () => {
    const server = await start(fitting());
    await rewrite(server, fitting('log: { requests: false }\n'));

    expect(await server.app.reload()).toBe(true);
    const { headers } = await chat(server);

    expect(opened).toHaveLength(1);
    expect(first().isClosed).toBe(false);
    expect(headers.get('x-suffice-degraded')).toBeNull();
  });

  test('opens a new encoder, and closes the old one when no request waits for it', async () => {
    const server = await start(fitting());
    first().isSilent = true;
    const early = chat(server);
    while (first().waiting.length === 0) await new Promise(setImmediate);
    await rewrite(
      server,
      configOf(`artefacts: ${trainedForOther}, embedder: Xenova/other, embedder_ms: 30000`),
    );

    await server.app.reload();
    const wasClosed = first().isClosed;
    const late = await chat(server);
    first().waiting[0]?.grant(madeUpVector(PROMPT, TINY_EMBEDDING));
    const { headers } = await early;
    await new Promise(setImmediate);

    expect(opened.map(({ source }) => source)).toEqual(['Xenova/tiny', 'Xenova/other']);
    expect(wasClosed).toBe(false);
    expect(headers.get('x-suffice-degraded')).toBeNull();
    expect(late.headers.get('x-suffice-degraded')).toBeNull();
    expect(first().isClosed).toBe(true);
  });

  test('keeps the old encoder when the new configuration is rejected', async () => {
    const server = await start(fitting());
    await rewrite(server, configOf(`artefacts: ${trained}, embedder: Xenova/other`));

    expect(await server.app.reload()).toBe(false);
    const { headers } = await chat(server);

    expect(opened.map(({ encoder }) => encoder.isClosed)).toEqual([false, true]);
    expect(headers.get('x-suffice-degraded')).toBeNull();
  });
});
