import * as z from 'zod';
import { secret, section } from './section.js';

const DEFAULT_PORT = 6_379;
const DEFAULT_SENTINEL_PORT = 26_379;

/** `host`, `host:port`, `[v6]:port`. */
function address(port: number) {
  return z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/, {
      error: 'must be HOST or HOST:PORT',
      abort: true,
    })
    .refine((text) => isPort(addressIn(text, port).port), { error: NO_PORT })
    .transform((text) => addressIn(text, port));
}

function addressIn(text: string, defaultPort: number): { host: string; port: number } {
  const at = text.search(/:\d+$/);
  const host = at < 0 ? text : text.slice(0, at);
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: at < 0 ? defaultPort : Number(text.slice(at + 1)),
  };
}

const NO_PORT = 'must have a port from 1 to 65535';

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

/** Generated passwords often contain characters with a meaning in URLs. */
const PASSWORD_HINT = '; a password with special characters is better given as "password"';

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}

const options = section({
  url: z
    .url({
      protocol: /^rediss?$/,
      error: `must be a URL such as redis://127.0.0.1:6379/0, or rediss://… for TLS${PASSWORD_HINT}`,
      // The following checks parse it as a URL.
      abort: true,
    })
    .refine((url) => new URL(url).host !== '', { error: 'must name a host' })
    .refine((url) => new URL(url).port !== '0', { error: NO_PORT })
    .refine((url) => /^\/?\d*$/.test(new URL(url).pathname), {
      error: `must have a database number, or nothing, as its path${PASSWORD_HINT}`,
    })
    .refine((url) => !/[?#]/u.test(url), {
      error: `must not contain a "?" or "#", because options in the URL are not supported${PASSWORD_HINT}`,
    })
    .refine((url) => isDecodable(new URL(url)), {
      error: `must not contain a "%" without two hexadecimal digits after it${PASSWORD_HINT}`,
    })
    // A URL may carry a password.
    .meta(secret)
    .optional()
    .describe(
      'A single Redis server: `redis://USER:PASSWORD@HOST:PORT/DATABASE`, or `rediss://…` for TLS.',
    ),
  sentinels: z
    .array(address(DEFAULT_SENTINEL_PORT))
    .min(1)
    .optional()
    .describe('Instead of `url`: Sentinels, as `HOST:PORT`.'),
  master: z
    .string()
    .min(1)
    .default('mymaster')
    .describe('The name of the master that the Sentinels monitor.'),
  cluster: z
    .array(address(DEFAULT_PORT))
    .min(1)
    .optional()
    .describe('Instead of `url`: some nodes of a Redis Cluster, as `HOST:PORT`.'),
  username: z.string().min(1).optional().describe('The user name, if it is not in `url`.'),
  password: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe('The password, if it is not in `url`.'),
  sentinel_password: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe('The password of the Sentinels.'),
  tls: z.boolean().default(false).describe('Whether to use TLS; a `rediss://` URL implies it.'),
  ca: z
    .string()
    .regex(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/u, {
      error: 'must contain certificates in PEM, not the name of a file',
    })
    .optional()
    .describe(
      'CA certificates to trust, as PEM; needs `tls` or a `rediss://` URL. Default: the usual ones.',
    ),
  prefix: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, or one of ._:-')
    .default('suffice')
    .describe('The prefix of all keys in Redis; gateways with the same prefix share a cache.'),
  timeout_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(1_000)
    .describe(
      'Time limit for Redis; after that it counts as unavailable. A request waits for at most `cache.semantic.budget_ms`.',
    ),
  log_entries: z
    .int()
    .min(100)
    .max(10_000_000)
    .default(100_000)
    .describe(
      'How many recent entries a reconnecting gateway can catch up with; one that missed more scans all answers.',
    ),
});

type Options = z.output<typeof options>;

/** `cache.redis`, validated and converted to connection settings. */
export const redis = options
  .refine(({ url, sentinels, cluster }) => [url, sentinels, cluster].filter(Boolean).length === 1, {
    error: 'needs exactly one of "url", "sentinels" and "cluster"',
  })
  .refine(({ ca, tls, url }) => ca === undefined || tls || /^rediss:/iu.test(url ?? ''), {
    path: ['ca'],
    error: 'is given, but TLS is off: set "tls: true", or write the URL as rediss://…',
  })
  .refine(
    ({ sentinels, sentinelPassword }) => sentinels !== undefined || sentinelPassword === undefined,
    {
      path: ['sentinel_password'],
      error: 'is given, but "sentinels" is not',
    },
  )
  .transform((settings) => {
    const { prefix, timeoutMs, logEntries } = settings;
    const { url, user, password, isSecure } = urlIn(settings);
    return {
      place: placeIn(settings, url),
      username: user,
      password,
      tls: isSecure ? { ca: settings.ca ?? null } : null,
      ...{ prefix, timeoutMs, logEntries },
    };
  });

function urlIn({ url: rawUrl, username, password, tls }: Options) {
  const url = rawUrl === undefined ? null : new URL(rawUrl);
  const decoded = (part: string | undefined) => (part ? decodeURIComponent(part) : null);
  return {
    url,
    user: decoded(url?.username) ?? username ?? null,
    password: decoded(url?.password) ?? password ?? null,
    isSecure: tls || url?.protocol === 'rediss:',
  };
}

function placeIn({ sentinels, cluster, master, sentinelPassword }: Options, url: URL | null) {
  if (sentinels !== undefined) {
    const password = sentinelPassword ?? null;
    return { kind: 'sentinel', sentinels, master, sentinelPassword: password } as const;
  }
  if (cluster !== undefined) return { kind: 'cluster', nodes: cluster } as const;
  const { host, port } = addressIn(url?.host ?? '', DEFAULT_PORT);
  const database = Number(url?.pathname.slice(1) ?? 0);
  return { kind: 'single', address: { host, port }, database } as const;
}
