import * as z from 'zod';
import type { Clock } from '../core/clock.js';
import type { Speed, Upstream } from '../core/model.js';
import type { UpstreamAnswer, UpstreamRequest } from './answer.js';
import { Playback } from './simulation/playback.js';
import { replyTo, type SimulatedReply } from './simulation/reply.js';
import { simulatedRequest } from './simulation/request.js';
import { type Identity, streamChunks, wholeBody } from './simulation/wire.js';
import { UpstreamError } from './upstream-error.js';

/** The speed of a simulated model; `null`: it answers at once. */
export type SpeedOf = (upstream: Upstream) => Speed | null;

/** Answers requests inside this process, in OpenAI's wire format; every answer is marked as simulated. */
export interface Simulation {
  /** Keeps the model's speed: a whole answer comes after the time it takes, a stream at the model's rate. */
  call(request: UpstreamRequest): Promise<UpstreamAnswer>;
}

/** Opens no socket; its only state is a counter for ids. */
export function openSimulation(options: {
  readonly clock: Clock;
  readonly speedOf?: SpeedOf | undefined;
}): Simulation {
  const { clock, speedOf = () => null } = options;
  let answers = 0;

  function answer(request: UpstreamRequest, speed: Speed | null): PendingAnswer {
    const read = simulatedRequest.safeParse(parse(request.body));
    if (!read.success) {
      const bytes = refusal(z.prettifyError(read.error));
      return { delayMs: 0, open: () => whole(400, bytes) };
    }
    const reply = replyTo(read.data);
    const identity: Identity = {
      id: `chatcmpl-sim${(++answers).toString(36)}${Math.floor(clock.wallMs()).toString(36)}`,
      model: read.data.model,
      createdS: Math.floor(clock.wallMs() / 1_000),
    };
    if (read.data.stream !== true) {
      return {
        delayMs: wholeDelayMs(reply, speed),
        open: () => whole(200, wholeBody(reply, identity)),
      };
    }
    const includeUsage = read.data.stream_options?.include_usage === true;
    const playback = new Playback(streamChunks(reply, identity, includeUsage), clock, speed);
    return { delayMs: speed?.firstTokenMs ?? 0, open: () => streamed(playback, request) };
  }

  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        if (request.signal.aborted) {
          reject(clientGone(request));
          return;
        }
        const { delayMs, open } = answer(request, speedOf(request.upstream));
        if (delayMs === 0) {
          resolve(open());
          return;
        }
        const onAbort = (): void => {
          forget();
          reject(clientGone(request));
        };
        const forget = clock.after(delayMs, () => {
          request.signal.removeEventListener('abort', onAbort);
          resolve(open());
        });
        request.signal.addEventListener('abort', onAbort, { once: true });
      }),
  };
}

interface PendingAnswer {
  readonly delayMs: number;
  readonly open: () => UpstreamAnswer;
}

function wholeDelayMs(reply: SimulatedReply, speed: Speed | null): number {
  if (speed === null) return 0;
  return speed.firstTokenMs + (reply.completionTokens * 1_000) / speed.tokensPerS;
}

function whole(status: number, bytes: Buffer): UpstreamAnswer {
  return { kind: 'whole', status, header: headerOf('application/json'), bytes };
}

function streamed(playback: Playback, request: UpstreamRequest): UpstreamAnswer {
  request.signal.addEventListener(
    'abort',
    () => {
      playback.fail(clientGone(request));
    },
    { once: true },
  );
  return { kind: 'stream', status: 200, header: headerOf('text/event-stream'), body: playback };
}

function headerOf(contentType: string): (name: string) => string | undefined {
  return (name) => (name === 'content-type' ? contentType : undefined);
}

function refusal(message: string): Buffer {
  return Buffer.from(
    JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }),
  );
}

function clientGone(request: UpstreamRequest): UpstreamError {
  return new UpstreamError('client_closed', `${request.upstream.id}: the client disconnected`, {
    sent: true,
  });
}

/** The body as JSON; `undefined`, which fails validation, if it is not JSON. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
