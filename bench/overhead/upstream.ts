/**
 * A fake OpenAI upstream that costs as little as Node allows, so that it is never the bottleneck.
 *
 * It uses raw sockets and precomputed answers. Its only checks are those that keep the measurement honest: it
 * counts requests, and inspects one in sixty-four.
 */
import { createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { MARKER, TOKEN } from './answer-marker.js';
import { MessageReader } from './message-reader.js';
import type { StreamShape, UpstreamReport } from './protocol.js';

const SAMPLE_EVERY = 64;
const WANTS_STREAM = /"stream": ?true/;
const WANTS_USAGE = /"include_usage": ?true/;
const USAGE = '"usage":{"prompt_tokens":60,"completion_tokens":20,"total_tokens":80}';

const settings = z.strictObject({
  firstTokenMs: z.number().min(0),
  chunks: z.int().min(1),
  intervalMs: z.number().min(0),
});
const samplable = z.object({ model: z.string(), messages: z.array(z.unknown()).min(1) });

const JSON_ANSWER = jsonAnswer();
const REFUSAL = Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n' +
  'x-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n';
const FIRST_CHUNK = framed(event('{"role":"assistant","content":""}', 'null'));
const TEXT_CHUNK = framed(event(`{"content":" ${TOKEN}"}`, 'null'));
// The chunk with the role has no text; OpenAI sends it together with the first token, not before.
const OPENING = Buffer.from(STREAM_HEAD + FIRST_CHUNK + TEXT_CHUNK);
const CHUNK = Buffer.from(TEXT_CHUNK);
const LAST_TEXT = framed(event(`{"content":" ${MARKER}"}`, 'null'));
const STOP = framed(event('{}', '"stop"'));
const USAGE_CHUNK = framed(
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[],${USAGE}}\n\n`,
);
const DONE = `${framed('data: [DONE]\n\n')}0\r\n\r\n`;
const CLOSING = Buffer.from(LAST_TEXT + STOP + DONE);
const CLOSING_WITH_USAGE = Buffer.from(LAST_TEXT + STOP + USAGE_CHUNK + DONE);

class Upstream {
  shape: StreamShape;
  #requests = 0;
  #refused = 0;
  #unauthorized = 0;
  #models = new Map<string, number>();

  constructor(shape: StreamShape) {
    this.shape = shape;
  }

  /** Counts a request, and checks one in `SAMPLE_EVERY` for what OpenAI would accept. */
  note(head: string, body: string): void {
    if (this.#requests++ % SAMPLE_EVERY !== 0) return;
    if (!/\r\nauthorization: *bearer \S/i.test(head)) this.#unauthorized++;
    const { model } = samplable.parse(JSON.parse(body));
    this.#models.set(model, (this.#models.get(model) ?? 0) + 1);
  }

  noteRefusal(): void {
    this.#refused++;
  }

  /** The counts since the last report. */
  report(): UpstreamReport {
    const report = {
      requests: this.#requests,
      refused: this.#refused,
      unauthorized: this.#unauthorized,
      models: Object.fromEntries(this.#models),
    };
    this.#requests = 0;
    this.#refused = 0;
    this.#unauthorized = 0;
    this.#models = new Map();
    return report;
  }
}

/** One connection of a gateway: one request at a time, HTTP/1.1 without pipelining. */
class Connection {
  readonly #upstream: Upstream;
  readonly #socket: Socket;
  #head = '';
  #body = '';
  #timer: NodeJS.Timeout | undefined;
  #shape: StreamShape;
  #sent = 0;
  #wantsUsage = false;

  constructor(upstream: Upstream, socket: Socket) {
    this.#upstream = upstream;
    this.#socket = socket;
    this.#shape = upstream.shape;
    const reader = new MessageReader(this);
    socket.on('data', (bytes) => {
      reader.push(bytes);
    });
    socket.on('error', () => {
      // A gateway that is stopped resets its connections; that is not a fault.
      socket.destroy();
    });
    socket.on('close', () => {
      clearTimeout(this.#timer);
    });
  }

  head(head: string): void {
    this.#head = head;
    this.#body = '';
  }

  body(bytes: Buffer): void {
    const piece = bytes.toString('latin1');
    this.#body = this.#body === '' ? piece : this.#body + piece;
  }

  end(): void {
    if (!this.#head.startsWith('POST /v1/chat/completions ')) {
      this.#upstream.noteRefusal();
      this.#socket.write(REFUSAL);
      return;
    }
    this.#upstream.note(this.#head, this.#body);
    if (WANTS_STREAM.test(this.#body)) this.#startStream();
    else this.#socket.write(JSON_ANSWER);
  }

  #startStream(): void {
    this.#shape = this.#upstream.shape;
    this.#sent = 0;
    this.#wantsUsage = WANTS_USAGE.test(this.#body);
    if (this.#shape.firstTokenMs === 0) this.#open();
    else this.#timer = setTimeout(this.#open, this.#shape.firstTokenMs);
  }

  readonly #open = (): void => {
    this.#socket.write(OPENING);
    if (this.#shape.intervalMs > 0) {
      this.#timer = setTimeout(this.#next, this.#shape.intervalMs);
      return;
    }
    for (let sent = 1; sent < this.#shape.chunks; sent++) this.#socket.write(CHUNK);
    this.#close();
  };

  readonly #next = (): void => {
    this.#sent++;
    if (this.#sent >= this.#shape.chunks) {
      this.#close();
      return;
    }
    this.#socket.write(CHUNK);
    this.#timer?.refresh();
  };

  #close(): void {
    this.#socket.write(this.#wantsUsage ? CLOSING_WITH_USAGE : CLOSING);
  }
}

function jsonAnswer(): Buffer {
  const body =
    '{"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"bench","choices":' +
    `[{"index":0,"message":{"role":"assistant","content":"Here is a short answer. ${MARKER}","refusal":null},` +
    `"logprobs":null,"finish_reason":"stop"}],${USAGE},"service_tier":"default","system_fingerprint":"fp_bench"}`;
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: req_bench\r\nopenai-processing-ms: 1\r\n\r\n${body}`,
  );
}

function event(delta: string, finishReason: string): string {
  return (
    'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench",' +
    `"choices":[{"index":0,"delta":${delta},"finish_reason":${finishReason}}]}\n\n`
  );
}

function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'first-token-ms': { type: 'string', default: '0' },
    chunks: { type: 'string', default: '20' },
    'interval-ms': { type: 'string', default: '10' },
  },
});
const upstream = new Upstream(
  settings.parse({
    firstTokenMs: Number(values['first-token-ms']),
    chunks: Number(values.chunks),
    intervalMs: Number(values['interval-ms']),
  }),
);
const server = createServer({ noDelay: true }, (socket) => new Connection(upstream, socket));
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  if (process.send === undefined) console.log(`fake upstream on 127.0.0.1:${address.port}`);
  process.send?.({ port: address.port });
});
process.on('message', (message) => {
  if (message !== 'report') upstream.shape = settings.parse(message);
  process.send?.(upstream.report());
});
process.on('disconnect', () => {
  process.exit(0);
});
