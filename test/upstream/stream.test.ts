import { gzipSync } from 'node:zlib';
import {
  DONE,
  sends,
  sse,
  streams,
  streamsAndBreaks,
  writesRaw,
} from '../support/fake-upstream.js';
import { Bench, bodyOf, readAll, settled } from './support.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('upstream stream', () => {
  test('delivers every byte once, in order', async () => {
    const events = Array.from({ length: 500 }, (_, i) => sse({ i }));
    bench.fake.next(streams(...events, DONE));

    const answer = await bench.askStream();
    const { text, failure } = await readAll(answer);

    expect(failure).toBeNull();
    expect(text).toBe(events.join('') + DONE);
  });

  test('buffers bytes that arrive before it is read', async () => {
    bench.fake.next(streams(sse({ first: true }), DONE));

    const answer = await bench.askStream();
    await bench.fake.until(() => bench.fake.requests.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    const { text } = await readAll(answer);

    expect(text).toBe(sse({ first: true }) + DONE);
  });

  test('is decompressed', async () => {
    const text = Array.from({ length: 100 }, (_, i) => sse({ i })).join('');
    bench.fake.next(
      sends(200, gzipSync(text), {
        'content-type': 'text/event-stream',
        'content-encoding': 'gzip',
      }),
    );

    const answer = await bench.askStream();

    await expect(readAll(answer)).resolves.toEqual({ text, failure: null });
  });

  test('ends at once for an empty response', async () => {
    bench.fake.next(streams());

    const answer = await bench.askStream();

    await expect(readAll(answer)).resolves.toEqual({ text: '', failure: null });
  });

  test.each([
    ['in the middle of a chunk', streamsAndBreaks(sse({ i: 1 }))],
    [
      'before its content-length',
      writesRaw(
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 99\r\n\r\ndata: 1\n\n',
        'end',
      ),
    ],
    [
      'without the last chunk',
      writesRaw(
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n',
        'end',
      ),
    ],
  ])('reports that it breaks off %s', async (_, behaviour) => {
    bench.fake.next(behaviour);

    const answer = await bench.askStream();
    const { text, failure } = await readAll(answer);

    expect(text).toContain('data: ');
    expect(failure).toEqual({
      code: 'upstream_cut',
      message: 'openai/model closed the connection before its answer was complete',
    });
  });

  test('applies back-pressure while the reader is slow', async () => {
    const total = 50 * 1024 * 1024;
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    bench.fake.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const pump = (): void => {
        while (written < total) {
          written += piece.length;
          if (!response.write(piece)) {
            response.once('drain', pump);
            return;
          }
        }
        response.end();
      };
      pump();
    });

    const answer = await bench.askStream();
    const body = bodyOf(answer);
    let read = 0;
    let furthestAhead = 0;
    await new Promise<void>((resolve) => {
      body.read({
        data: (chunk) => {
          read += chunk.length;
          furthestAhead = Math.max(furthestAhead, written - read);
          body.pause();
          setImmediate(() => {
            body.resume();
          });
        },
        end: resolve,
        fail: () => {
          throw new Error('the stream failed');
        },
      });
    });

    expect(read).toBe(total);
    // The kernel's socket buffers on both sides, and one read of ours.
    expect(furthestAhead).toBeLessThan(12 * 1024 * 1024);
  });

  test('applies back-pressure while there is no reader', async () => {
    let written = 0;
    bench.fake.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const piece = Buffer.alloc(64 * 1024, 'x');
      const pump = (): void => {
        do written += piece.length;
        while (written < 100 * 1024 * 1024 && response.write(piece));
      };
      response.on('drain', pump);
      pump();
    });

    const answer = await bench.askStream();
    await settled();

    expect(written).toBeLessThan(16 * 1024 * 1024);
    bodyOf(answer).abort();
    await bench.fake.requests[0]?.closed;
  });
});
