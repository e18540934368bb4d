import { MAX_MODEL_NAME } from '../core/model.js';

/** Where the value of a form's `model` stands, in bytes. */
export interface FormModel {
  readonly value: string;
  readonly start: number;
}

const LINE_END = '\r\n';
/** The last line of a part's headers ends, and so does the blank one behind it. */
const HEADERS_END = '\r\n\r\n';

/** A header that says that its part is called `model`. */
const NAMES_MODEL = /^content-disposition:[^\r\n]*;[ \t]*name="?model"?[ \t]*(?:;|$)/im;

/** Longer ones are no names of models. */
const MAX_VALUE_BYTES = MAX_MODEL_NAME;

/** What stands where the value should is none. */
const NONE = Symbol('no value');

/**
 * Finds the value of a form's `model` while the form is still coming.
 *
 * Whoever may upload may write anything here: every byte is looked at a few times at most, however the form is
 * written and in however small pieces it comes.
 */
export class FormModelFinder {
  /** Begins a part; its headers are the next line. */
  readonly #delimiter: string;
  /** What was looked at before this has nothing that is still to be found. */
  #at = 0;
  /** Where the headers of the part under way begin, less the line end before them; -1 outside of headers. */
  #headersAt = -1;
  /** Where the value of `model` begins; -1 before its headers have come. */
  #valueAt = -1;

  /** @param boundary - as the content type says it */
  constructor(boundary: string) {
    this.#delimiter = `--${boundary}`;
  }

  /**
   * Goes on from where it was.
   *
   * @param head - all of the form that has come so far, one character a byte
   * @returns `null` where it has not come yet
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

  /** @returns whether they were all there */
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

  /** @returns `null` where its end has not come yet */
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
