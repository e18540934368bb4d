import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../../outcomes/jsonl.js';
import { rootCauseMessage } from '../root-cause.js';
import type { FetchedFile } from './loaders.js';

/** A fetched file, with the size and hash of its bytes. */
export interface DownloadedFile extends FetchedFile {
  /** SHA-256 of the bytes as received, before decompression, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

const TIMEOUT_MS = 120_000;
const MAX_BYTES = 512 * 1024 * 1024;

/** Whether an address is fetched over HTTP; anything else is a local file. */
export function isUrl(address: string): boolean {
  return /^https?:\/\//u.test(address);
}

/**
 * Reads a remote or local file, decompressed if its name ends in `.gz`.
 *
 * @throws {DataError} missing, refused, slower than the time limit, or over 512 MiB
 */
export async function download(address: string): Promise<DownloadedFile> {
  const bytes = isUrl(address) ? await fromNetwork(address) : await fromDisk(address);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const name = path.posix.basename(isUrl(address) ? new URL(address).pathname : address);
  const isGzipped = name.endsWith('.gz');
  return {
    name: isGzipped ? name.slice(0, -'.gz'.length) : name,
    text: (isGzipped ? gunzip(bytes, address) : bytes).toString('utf8'),
    sha256,
    bytes: bytes.length,
  };
}

async function fromNetwork(url: string): Promise<Buffer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || response.body === null) {
      throw new DataError(`${url}: the server answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new DataError(`${url}: over ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${url}: cannot be fetched: ${rootCauseMessage(cause)}`, { cause });
  }
}

async function fromDisk(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new DataError(`${file}: cannot be read: ${rootCauseMessage(cause)}`, { cause });
  }
}

function gunzip(bytes: Buffer, address: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw new DataError(`${address}: not gzip, or too large: ${rootCauseMessage(cause)}`, {
      cause,
    });
  }
}
