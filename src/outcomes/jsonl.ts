import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type * as z from 'zod';
import { formatZodError } from '../yaml/issue-messages.js';

/** A data file that cannot be read; the message names the file and, if known, the line. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/**
 * Yields the validated lines of a JSONL file, decompressed if its name ends in `.gz`.
 *
 * @throws {DataError} missing file, corrupt gzip, or a line that is not JSON or does not match the schema
 */
export async function* readJsonl<T>(file: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  const source = createReadStream(file);
  const lines = createInterface({ input: decompressed(file, source), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      // This also removes a byte order mark.
      const text = line.trim();
      if (text !== '') yield parseLine(text, `${file}:${number}`, schema);
    }
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(file, cause);
  } finally {
    source.destroy();
  }
}

function decompressed(file: string, source: Readable): Readable {
  if (!file.endsWith('.gz')) return source;
  const gunzip = createGunzip();
  // `pipe` does not forward errors: without this the loop over the lines would wait forever.
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
    const faults = formatZodError(parsed.error, { schema, value: json, whole: 'the line' });
    throw new DataError(`${place}: ${faults}`);
  }
  return parsed.data;
}

function unreadable(file: string, cause: unknown): DataError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'the file is missing' : `broken: ${message}`;
  return new DataError(`${file}: ${why}`, { cause });
}
