import type { StreamFraming } from '../dialect.js';
import { SseReader } from '../sse.js';

/** Sends a stream as one JSON array, element by element, as Google does without `alt=sse`. */
export const listForm: StreamFraming = {
  contentType: 'application/json; charset=utf-8',
  open: () => {
    let out: Buffer[] = [];
    let isEmpty = true;
    const reader = new SseReader(({ bytes, start, end }) => {
      out.push(Buffer.from(isEmpty ? '[' : ',\r\n'), Buffer.from(bytes.subarray(start, end)));
      isEmpty = false;
    });
    const flush = (): Buffer => {
      const bytes = Buffer.concat(out);
      out = [];
      return bytes;
    };
    return {
      push: (bytes) => {
        reader.push(bytes);
        return flush();
      },
      end: () => {
        reader.end();
        out.push(Buffer.from(isEmpty ? '[]' : ']'));
        return flush();
      },
    };
  },
};
