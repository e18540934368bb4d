import { openai } from '../../../src/dialects/openai/openai.js';
import { bodyOf, readAll } from '../support.js';
import { RULES, SimulationBench } from './support.js';

let bench: SimulationBench;

beforeEach(() => {
  bench = new SimulationBench();
});

describe('simulated stream', () => {
  test('has the same content as the non-streamed answer', async () => {
    const { choices } = await bench.complete({});
    const { text } = await readAll(await bench.ask({ stream: true }));

    const words = [...text.matchAll(/"content":(?<word>"(?:[^"\\]|\\.)*")/gu)];
    const said = words.map((word) => JSON.parse(word.groups?.['word'] ?? '""') as string).join('');
    expect(said).toBe(choices[0]?.message.content);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(text).not.toContain('"usage"');
  });

  test('is valid in OpenAI’s dialect, usage included', async () => {
    const answer = await bench.ask({ stream: true, n: 2, stream_options: { include_usage: true } });
    const { text } = await readAll(answer);
    const stream = openai.openStream(RULES);

    stream.push(Buffer.from(text));
    stream.end();

    expect(stream.failure).toBeNull();
    expect(stream.summary.usage?.outputTokens).toBeGreaterThan(50);
  });

  test('arrives at the speed of the model', async () => {
    bench.speed = { firstTokenMs: 500, tokensPerS: 10 };
    const pending = bench.ask({ stream: true, max_tokens: 20 });
    let opened = false;
    void pending.then(() => {
      opened = true;
    });

    bench.clock.advance(499);
    await Promise.resolve();
    expect(opened).toBe(false);
    bench.clock.advance(1);
    const answer = await pending;
    let chunks = 0;
    let ended = false;
    bodyOf(answer).read({
      data: () => {
        chunks += 1;
      },
      end: () => {
        ended = true;
      },
      fail: () => undefined,
    });
    const atOnce = chunks;
    bench.clock.advance(1_000);
    const afterOneSecond = chunks;
    bench.clock.advance(5_000);

    expect(atOnce).toBeLessThan(4);
    expect(afterOneSecond).toBeGreaterThan(atOnce);
    expect(ended).toBe(true);
    expect(chunks).toBeGreaterThan(afterOneSecond);
  });

  test('takes as long when not streamed', async () => {
    bench.speed = { firstTokenMs: 500, tokensPerS: 10 };
    const pending = bench.ask({ max_tokens: 20 });
    let done = false;
    void pending.then(() => {
      done = true;
    });

    bench.clock.advance(2_499);
    await Promise.resolve();
    expect(done).toBe(false);
    bench.clock.advance(1);

    await expect(pending).resolves.toMatchObject({ kind: 'whole', status: 200 });
  });

  test('stops while paused and loses nothing', async () => {
    const reference = await readAll(await bench.ask({ stream: true }));
    bench.speed = { firstTokenMs: 0, tokensPerS: 1_000 };
    const body = bodyOf(await bench.ask({ stream: true }));
    let text = '';
    let ended = false;

    body.read({
      data: (chunk) => {
        text += chunk.toString();
        body.pause();
      },
      end: () => {
        ended = true;
      },
      fail: () => undefined,
    });
    const afterFirst = text;
    bench.clock.advance(10_000);
    expect(text).toBe(afterFirst);
    for (let i = 0; i < 500; i++) {
      body.resume();
      bench.clock.advance(100);
    }

    expect(ended).toBe(true);
    expect(withoutIds(text)).toBe(withoutIds(reference.text));
  });

  test('ends when the client disconnects at any point', async () => {
    bench.speed = { firstTokenMs: 500, tokensPerS: 10 };
    const gone = { code: 'client_closed' };
    const clients = Array.from({ length: 3 }, () => new AbortController());
    const [before, waiting, reading] = clients.map((client) => client.signal);
    clients[0]?.abort();

    await expect(bench.ask({}, before)).rejects.toMatchObject(gone);
    const whole = bench.ask({}, waiting);
    clients[1]?.abort();
    await expect(whole).rejects.toMatchObject(gone);
    const pending = bench.ask({ stream: true }, reading);
    bench.clock.advance(500);
    const read = readAll(await pending);
    clients[2]?.abort();

    await expect(read).resolves.toMatchObject({ failure: gone });
    expect(bench.clock.waiting).toBe(0);
  });

  test('calls no callback after the reader aborts', async () => {
    bench.speed = { firstTokenMs: 0, tokensPerS: 10 };
    const client = new AbortController();
    const body = bodyOf(await bench.ask({ stream: true }, client.signal));
    let told = false;
    const tell = (): void => {
      told = true;
    };
    body.read({ data: () => undefined, end: tell, fail: tell });

    body.abort();
    body.resume();
    client.abort();
    bench.clock.advance(60_000);

    expect(told).toBe(false);
    expect(bench.clock.waiting).toBe(0);
  });

  test('reports the disconnect to a late reader', async () => {
    const client = new AbortController();
    const answer = await bench.ask({ stream: true }, client.signal);

    client.abort();

    await expect(readAll(answer)).resolves.toMatchObject({ failure: { code: 'client_closed' } });
  });
});

function withoutIds(text: string): string {
  return text.replace(/"id":"[^"]*"/gu, '"id":""');
}
