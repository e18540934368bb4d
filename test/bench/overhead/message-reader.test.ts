import { fc } from '../../support/fast-check.js';

import { MessageReader, type MessageSink } from '../../../bench/overhead/message-reader.js';

interface Message {
  head: string;
  body: string;
  whole: boolean;
}

class Collector implements MessageSink {
  readonly messages: Message[] = [];

  head(head: string): void {
    this.messages.push({ head, body: '', whole: false });
  }

  body(bytes: Buffer): void {
    const message = this.messages.at(-1);
    if (message !== undefined) message.body += bytes.toString('latin1');
  }

  end(): void {
    const message = this.messages.at(-1);
    if (message !== undefined) message.whole = true;
  }
}

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world';
const CHUNKED =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\nTrailer: 1\r\n\r\n';
const EMPTY = 'HTTP/1.1 204 No Content\r\n\r\n';
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function readAll(pieces: readonly Buffer[]): { messages: readonly Message[]; idle: boolean } {
  const sink = new Collector();
  const reader = new MessageReader(sink);
  for (const piece of pieces) {
    // As in the load generator, the bytes of a read are gone after it.
    const read = Buffer.from(piece);
    reader.push(read);
    read.fill(0);
  }
  return { messages: sink.messages, idle: reader.idle };
}

describe('MessageReader', () => {
  test.each([
    { kind: 'a sized body', bytes: SIZED, body: 'hello world' },
    { kind: 'a chunked body with extension and trailer', bytes: CHUNKED, body: 'hello world' },
    { kind: 'a status without a body', bytes: EMPTY, body: '' },
    { kind: 'a request without a body', bytes: REQUEST, body: '' },
  ])('reads $kind', ({ bytes, body }) => {
    const { messages, idle } = readAll([Buffer.from(bytes)]);

    expect(messages).toEqual([{ head: bytes.split('\r\n\r\n', 1)[0], body, whole: true }]);
    expect(idle).toBe(true);
  });

  test('finds the same messages wherever the reads are split', () => {
    const bytes = Buffer.from(SIZED + CHUNKED + EMPTY + CHUNKED + SIZED);
    const expected = readAll([bytes]).messages;

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const points = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = points.slice(1).map((end, index) => bytes.subarray(points[index], end));

        expect(readAll(pieces).messages).toEqual(expected);
      }),
    );
    expect(expected.map(({ body }) => body)).toEqual([
      'hello world',
      'hello world',
      '',
      'hello world',
      'hello world',
    ]);
  });

  test('is not idle in the middle of a message', () => {
    expect(readAll([Buffer.from(SIZED.slice(0, -1))]).idle).toBe(false);
    expect(readAll([Buffer.from(CHUNKED.slice(0, -2))]).idle).toBe(false);
    expect(readAll([Buffer.from('HTTP/1.1 2')]).idle).toBe(false);
  });

  test.each([
    {
      kind: 'a response without a length, delimited by the end of the connection',
      bytes: 'HTTP/1.1 200 OK\r\n\r\nhello',
      why: 'without content-length',
    },
    {
      kind: 'an invalid chunk size',
      bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      why: 'not a chunk size: zz',
    },
    {
      kind: 'a head of more than 65536 bytes',
      bytes: 'HTTP/1.1 200 OK'.padEnd(70_000),
      why: 'of more than 65536 bytes',
    },
  ])('rejects $kind', ({ bytes, why }) => {
    expect(() => readAll([Buffer.from(bytes)])).toThrow(why);
  });
});
