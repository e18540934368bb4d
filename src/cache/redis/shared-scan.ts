import * as z from 'zod';
import type { KeptAnswer } from '../kept-answer.js';
import type { RedisConnection } from './connection.js';
import type { SharedAnswersKeys } from './shared-keys.js';
import { decodeHead } from './shared-record.js';

const page = z.tuple([z.instanceof(Buffer), z.array(z.instanceof(Buffer))]);
const bytes = z.instanceof(Buffer);

/** Keys looked through at once, others' keys among them. */
const KEYS_AT_ONCE = 256;
const HEADS_AT_ONCE = 16;
/** Most heads are shorter; of longer ones the rest is asked for. */
const HEAD_BYTES = 2_048;

/**
 * All answers that are kept in Redis, without their words, some at a time.
 *
 * One that is kept from beginning to end is among them at least once; what is damaged is left out.
 */
export async function* scanHeads(
  connection: RedisConnection,
  { answers }: Pick<SharedAnswersKeys, 'answers'>,
): AsyncGenerator<readonly KeptAnswer[]> {
  for (const server of await connection.servers()) {
    let cursor = '0';
    do {
      const command = ['SCAN', cursor, 'MATCH', `${answers}*`, 'COUNT', KEYS_AT_ONCE] as const;
      const [next, found] = page.parse(await server.send(command));
      cursor = next.toString();
      for (let from = 0; from < found.length; from += HEADS_AT_ONCE) {
        const some = found.slice(from, from + HEADS_AT_ONCE);
        const heads = await Promise.all(some.map((key) => headOf(server, key)));
        yield heads.flatMap((head, i) =>
          head !== null && `${answers}${head.key}` === some[i]?.toString() ? head : [],
        );
      }
    } while (cursor !== '0');
  }
}

/** The answer under a name, without its words; `null` where none is, or a damaged one, or what is no text at all. */
export async function headOf(
  server: Pick<RedisConnection, 'send'>,
  name: string | Buffer,
): Promise<KeptAnswer | null> {
  let wanted = HEAD_BYTES;
  for (;;) {
    const head = decodeHead(
      bytes.parse(await textOf(server.send(['GETRANGE', name, 0, wanted - 1]))),
    );
    if (typeof head !== 'number') return head;
    // It was cut, or has been replaced meanwhile by one with a longer head.
    if (head <= wanted) return null;
    wanted = head;
  }
}

const EMPTY = Buffer.alloc(0);

/** What was read under a name; nothing where somebody keeps a list there, or the like: that is no reason to take Redis for away. */
export async function textOf(read: Promise<unknown>): Promise<unknown> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return EMPTY;
    throw error;
  }
}
