import { createServer, type Server, type Socket } from 'node:net';

import { MARKER, TOKEN } from '../../../bench/overhead/answer-marker.js';
import { Client, readBuffer, type Outcome } from '../../../bench/overhead/client.js';

const REQUEST = Buffer.from('POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n');
const STREAM_HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

let server: Server | undefined;
let client: Client | undefined;

afterEach(async () => {
  client?.close();
  await new Promise((resolve) => server?.close(resolve));
});

function answer(body: string, status = '200 OK', headers = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Asks once for each behaviour of the server, on one client. */
async function outcomes(
  stream: boolean,
  behaviours: readonly ((socket: Socket) => void)[],
): Promise<readonly Outcome[]> {
  const queue = [...behaviours];
  const listening = createServer((socket) => {
    socket.on('data', () => queue.shift()?.(socket));
    socket.on('error', () => socket.destroy());
  });
  server = listening;
  const port = await new Promise<number>((resolve) => {
    listening.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

  const results: Outcome[] = [];
  await new Promise<void>((resolve) => {
    client = new Client(port, stream, readBuffer(), (self, outcome) => {
      results.push(outcome);
      if (results.length === behaviours.length) resolve();
      else self.send(REQUEST, performance.now());
    });
    client.send(REQUEST, performance.now());
  });
  return results;
}

function sends(...pieces: readonly string[]): (socket: Socket) => void {
  return (socket) => {
    void (async () => {
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, resolve));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
  };
}

describe('load-generator client', () => {
  test('accepts only a complete 200 with the marker as an answer', async () => {
    const found = await outcomes(false, [
      sends(answer(`{"content":"${MARKER}"}`)),
      sends(answer('{"content":"something else"}')),
      sends(answer(MARKER, '500 Internal Server Error')),
      sends('HTTP/1.1 200 OK\r\n\r\nunframed'),
      sends(answer(MARKER)),
    ]);

    expect(found.map(({ fault }) => fault)).toEqual([
      undefined,
      'no marker in: {"content":"something else"}',
      expect.stringMatching(/^not a 200/),
      expect.stringContaining('without content-length'),
      undefined,
    ]);
  });

  test('finds a marker that is split across two reads', async () => {
    const whole = answer(`{"content":"${MARKER}"}`);
    const cut = whole.indexOf(MARKER) + 5;

    const [found] = await outcomes(false, [sends(whole.slice(0, cut), whole.slice(cut))]);

    expect(found?.fault).toBeUndefined();
  });

  test('counts a closed connection as a lost request and continues on a new one', async () => {
    const found = await outcomes(false, [
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf'),
      sends(answer(MARKER, '200 OK', 'Connection: close\r\n')),
      sends(answer(MARKER)),
    ]);

    expect(found.map(({ fault }) => fault)).toEqual(['connection closed', undefined, undefined]);
  });

  test('measures the first token at the first text, not at a comment or a role', async () => {
    const [found] = await outcomes(true, [
      sends(
        STREAM_HEAD + chunk(': thinking\n\n') + chunk('data: {"role":"assistant"}\n\n'),
        chunk(`data: {"content":"${TOKEN}"}\n\n`),
        chunk(`data: ${MARKER}\n\n`) + chunk('data: [DONE]\n\n') + '0\r\n\r\n',
      ),
    ]);

    expect(found).toMatchObject({ events: 4, fault: undefined });
    expect((found?.firstTokenMs ?? 0) - (found?.dueMs ?? 0)).toBeGreaterThan(4);
    expect((found?.endMs ?? 0) - (found?.firstTokenMs ?? 0)).toBeGreaterThan(4);
  });

  test('rejects a stream without [DONE] as an answer', async () => {
    const [found] = await outcomes(true, [
      sends(`${STREAM_HEAD}${chunk(`data: ${MARKER}\n\n`)}0\r\n\r\n`),
    ]);

    expect(found?.fault).toBe('a stream without [DONE]');
  });
});
