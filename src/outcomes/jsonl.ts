import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type * as z from 'zod';
import { inSentences } from '../yaml/sentences.js';

/** A file of data that cannot be read; the message names the file and, where there is one, the line. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/**
 * The lines of a JSONL file, gzipped if its name ends in `.gz`, one at a time, each checked.
 *
 * @throws {DataError} missing file, broken gzip, a line that is not JSON or not of the schema
 */
export async function* readJsonl<T>(file: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  const source = createReadStream(file);
  const lines = createInterface({ input: unpacked(file, source), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      // Trimmed, also of the mark that some editors put at the start of a file.
      const text = line.trim();
      if (text !== '') yield parseLine(text, `${file}:${number}`, schema);
    }
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(file, cause);
  } finally {
    source.destroy();
  }
}

function unpacked(file: string, source: Readable): Readable {
  if (!file.endsWith('.gz')) return source;
  const gunzip = createGunzip();
  // An error of the file must end the lines too, or the loop over them would wait for ever.
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

function parseLine<T>(line: string, place: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new DataError(`${place}: not JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const said = inSentences(parsed.error, { schema, value: json, whole: 'the line' });
    throw new DataError(`${place}: ${said}`);
  }
  return parsed.data;
}

function unreadable(file: string, cause: unknown): DataError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'the file is missing' : `broken: ${message}`;
  return new DataError(`${file}: ${why}`, { cause });
}
