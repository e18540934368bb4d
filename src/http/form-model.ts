import { MAX_MODEL_NAME } from '../core/model.js';

/** The value of a form's `model`, and its offset in bytes. */
export interface FormModel {
  readonly value: string;
  readonly start: number;
}

const LINE_END = '\r\n';
/** The end of a part's headers: of the last header line, and of the blank line after it. */
const HEADERS_END = '\r\n\r\n';

/** A header that names its part `model`. */
const NAMES_MODEL = /^content-disposition:[^\r\n]*;[ \t]*name="?model"?[ \t]*(?:;|$)/im;

/** Longer values are not model names. */
const MAX_VALUE_BYTES = MAX_MODEL_NAME;

/** Marks a part named `model` whose value cannot be a model name. */
const NONE = Symbol('no value');

/**
 * Finds the value of a form's `model` while the form is still being received.
 *
 * Uploads are untrusted: every byte is read a few times at most, whatever the form contains and however small the
 * pieces in which it arrives.
 */
export class FormModelFinder {
  /** Begins a part; its headers start on the next line. */
  readonly #delimiter: string;
  /** The search continues here: nothing relevant comes before it. */
  #at = 0;
  /** Offset of the line end before the current part's headers; -1 outside of headers. */
  #headersAt = -1;
  /** Offset of the value of `model`; -1 before its headers are complete. */
  #valueAt = -1;

  /** @param boundary - as given in the content type */
  constructor(boundary: string) {
    this.#delimiter = `--${boundary}`;
  }

  /**
   * Continues the search.
   *
   * @param head - all bytes of the form received so far
   * @returns `null` if the value is not complete yet
   */
  find(head: Buffer): FormModel | null {
    for (;;) {
      if (this.#valueAt >= 0) {
        const read = this.#readValue(head);
        if (read !== NONE) return read;
        this.#valueAt = -1;
      } else if (!(this.#headersAt < 0 ? this.#findPart(head) : this.#readHeaders(head))) {
        return null;
      }
    }
  }

  /** @returns whether the next part has begun */
  #findPart(head: Buffer): boolean {
    const line = this.#delimiter + LINE_END;
    const at = head.indexOf(line, this.#at, 'latin1');
    if (at < 0) {
      this.#at = Math.max(this.#at, head.length - line.length + 1);
      return false;
    }
    this.#headersAt = at + this.#delimiter.length;
    this.#at = this.#headersAt;
    return true;
  }

  /** @returns whether they are complete */
  #readHeaders(head: Buffer): boolean {
    const end = head.indexOf(HEADERS_END, this.#at, 'latin1');
    if (end < 0) {
      this.#at = Math.max(this.#at, head.length - HEADERS_END.length + 1);
      return false;
    }
    const headers = head.toString('latin1', this.#headersAt, end);
    this.#headersAt = -1;
    this.#at = end + HEADERS_END.length;
    if (NAMES_MODEL.test(headers)) this.#valueAt = this.#at;
    return true;
  }

  /** @returns `null` if it is not complete yet */
  #readValue(head: Buffer): FormModel | typeof NONE | null {
    const start = this.#valueAt;
    const most = head.subarray(start, start + MAX_VALUE_BYTES + LINE_END.length);
    const bytes = most.indexOf(LINE_END, 0, 'latin1');
    if (bytes < 0) return most.length < MAX_VALUE_BYTES + LINE_END.length ? null : NONE;
    const at = start + bytes + LINE_END.length;
    const next = head.toString('latin1', at, at + this.#delimiter.length);
    if (bytes === 0 || !this.#delimiter.startsWith(next)) return NONE;
    if (next.length < this.#delimiter.length) return null;
    return { value: head.toString('utf8', start, start + bytes), start };
  }
}
