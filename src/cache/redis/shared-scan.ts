import * as z from 'zod';
import type { CachedAnswer } from '../cached-answer.js';
import type { RedisConnection } from './connection.js';
import type { SharedAnswersKeys } from './shared-keys.js';
import { decodeHead } from './shared-record.js';

const page = z.tuple([z.instanceof(Buffer), z.array(z.instanceof(Buffer))]);
const bytes = z.instanceof(Buffer);

/** `COUNT` of `SCAN`: keys to look at per call, including those of others. */
const KEYS_PER_SCAN = 256;
const HEADS_PER_BATCH = 16;
/** Most heads are shorter; longer ones need a second read. */
const HEAD_BYTES = 2_048;

/**
 * Scans all answers in Redis, in batches, without their payloads.
 *
 * An answer that exists during the whole scan is returned at least once; damaged ones are left out.
 */
export async function* scanHeads(
  connection: RedisConnection,
  { answers }: Pick<SharedAnswersKeys, 'answers'>,
): AsyncGenerator<readonly CachedAnswer[]> {
  for (const server of await connection.servers()) {
    let cursor = '0';
    do {
      const command = ['SCAN', cursor, 'MATCH', `${answers}*`, 'COUNT', KEYS_PER_SCAN] as const;
      const [next, found] = page.parse(await server.send(command));
      cursor = next.toString();
      for (let from = 0; from < found.length; from += HEADS_PER_BATCH) {
        const batch = found.slice(from, from + HEADS_PER_BATCH);
        const heads = await Promise.all(batch.map((key) => readHead(server, key)));
        yield heads.flatMap((head, i) =>
          head !== null && `${answers}${head.key}` === batch[i]?.toString() ? head : [],
        );
      }
    } while (cursor !== '0');
  }
}

/** The answer of a Redis key, without its payload; `null` if there is none, it is damaged, or the key is not a string. */
export async function readHead(
  server: Pick<RedisConnection, 'send'>,
  name: string | Buffer,
): Promise<CachedAnswer | null> {
  let headBytes = HEAD_BYTES;
  for (;;) {
    const head = decodeHead(
      bytes.parse(await emptyIfWrongType(server.send(['GETRANGE', name, 0, headBytes - 1]))),
    );
    if (typeof head !== 'number') return head;
    // It is truncated, or was replaced meanwhile by one with a longer head.
    if (head <= headBytes) return null;
    headBytes = head;
  }
}

const EMPTY = Buffer.alloc(0);

/** The result of reading a string; empty if the key has another type, which does not mean that Redis is unavailable. */
export async function emptyIfWrongType(read: Promise<unknown>): Promise<unknown> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return EMPTY;
    throw error;
  }
}
