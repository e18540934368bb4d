/**
 * The minimal gateway on node:http and undici: it passes the bytes of a request to the upstream and the
 * bytes of the answer back. What Suffice costs more is the cost of its features.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { Pool, type Dispatcher } from 'undici';

/** Forwards one answer as it arrives. */
class PassThrough implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  // Without this method, undici treats the object as a handler of its old interface.
  onRequestStart(): void {
    this.#response.strictContentLength = false;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const length = headers['content-length'];
    const type = String(headers['content-type']);
    this.#response.writeHead(
      status,
      length === undefined
        ? { 'content-type': type }
        : { 'content-type': type, 'content-length': String(length) },
    );
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#response.write(chunk);
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#response.destroy(error);
  }
}

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, upstream: { type: 'string', default: '' } },
});
const pool = new Pool(values.upstream, { pipelining: 1 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };

function forward(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => {
    pieces.push(piece);
  });
  request.on('end', () => {
    const body = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    pool.dispatch(
      { path: '/v1/chat/completions', method: 'POST', headers, body },
      new PassThrough(response),
    );
  });
}

createServer(forward).listen(Number(values.port), '127.0.0.1');
