import * as z from 'zod';
import { stripBrackets, HOST_REQUIREMENT, isListenHost } from './network.js';
import { section } from './section.js';
import { MAX_TIMER_MS, durationMs } from './timer.js';

const MIB = 1024 * 1024;

/** `server`: where the gateway listens, and its limits for clients. */
export const server = section({
  host: z
    .string()
    .min(1)
    .overwrite(stripBrackets)
    .refine(isListenHost, `must be ${HOST_REQUIREMENT}`)
    .default('127.0.0.1')
    .describe(
      'The address to listen on. `0.0.0.0` listens on all network interfaces: set `keys` then, or anyone who can reach the port can spend your money.',
    ),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(4300)
    .describe('The TCP port to listen on; 0 picks a free one.'),
  max_body_bytes: z
    .int()
    .min(1024)
    .max(512 * MIB)
    .default(20 * MIB)
    .describe(
      'Larger request bodies are refused with 413. Each request in flight may use this much memory. Base64 images count at 4/3 of their size.',
    ),
  max_upload_bytes: z
    .int()
    .min(1024)
    .default(512 * MIB)
    .describe(
      'Larger uploads (audio, images, files) are refused with 413. Uploads are streamed to the provider and not held in memory.',
    ),
  max_header_bytes: z
    .int()
    .min(1024)
    .max(MIB)
    .default(16 * 1024)
    .describe('Larger request headers are refused with 431.'),
  cors_origins: z
    .array(
      z
        .string()
        .regex(
          /^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s/*]+)$/,
          'must be an origin as browsers send it, such as https://chat.example.com, or *',
        ),
    )
    .optional()
    .describe(
      'Origins of web pages that may call the gateway from a browser (`https://chat.example.com`, `app://obsidian.md`); `*` allows every page, `[]` none. Default: with `keys`, every page, since a page needs a key as well; without `keys`, only pages served from this machine (`http://localhost:3000`), so that other pages you visit cannot spend your money; requests from any other page are refused (403). Without `keys` and with a `host` that only this machine can reach, requests for a host name that anyone could register (`http://llm.example.com:4300`) are refused too, unless its origin is listed here: such a name can be made to point at your machine.',
    ),
  header_timeout_ms: durationMs
    .default(10_000)
    .describe(
      'Time limit for receiving the headers of a request, then 408. Stops clients that hold connections open by sending slowly.',
    ),
  body_timeout_ms: durationMs
    .default(60_000)
    .describe('Time limit for receiving a whole request, headers and body, then 408.'),
  keep_alive_timeout_ms: durationMs
    .default(130_000)
    .describe(
      'How long a client’s idle connection is kept open. A load balancer or reverse proxy must close its idle connections first, or now and then it sends a request on one that has just been closed, and answers 502: keep this above its own idle timeout (nginx and AWS 60 s, Traefik 90 s, Caddy 120 s; Google Cloud 600 s needs 620000).',
    ),
  write_stall_timeout_ms: durationMs
    .default(60_000)
    .describe(
      'A client that reads nothing of its answer for this long is disconnected. This also aborts the call to the provider, which costs money while it runs.',
    ),
  drain_delay_ms: z
    .int()
    .min(0)
    .max(MAX_TIMER_MS)
    .default(0)
    .describe(
      'Time after SIGTERM during which `/readyz` answers 503 and everything else is still served, so that load balancers notice before connections are refused. In Kubernetes use 5000 to 10000.',
    ),
  drain_timeout_ms: durationMs
    .default(30_000)
    .describe(
      'Time for requests in flight to finish after SIGTERM and `drain_delay_ms`. Keep the sum of both below the grace period of your process manager (Kubernetes: 30 s by default).',
    ),
});
