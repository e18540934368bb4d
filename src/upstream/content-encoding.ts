import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib';

export type Decoder = Gunzip | Inflate | BrotliDecompress;

/**
 * Opens what undoes a content encoding.
 *
 * We ask for none, but some servers and the proxies before them compress regardless.
 *
 * @param encoding - the header as sent
 * @returns `null` for an encoding that cannot be undone
 */
export function openDecoder(encoding: string): Decoder | null {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
