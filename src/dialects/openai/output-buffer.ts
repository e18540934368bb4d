const NOTHING = Buffer.alloc(0);

/** Collects the output of one push; adjacent frames of the same buffer are not copied. */
export class OutputBuffer {
  #parts: Buffer[] = [];
  #text = '';
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;

  /** Adds `bytes[start, end)` as it is. */
  addFrame(bytes: Buffer, start: number, end: number): void {
    if (this.#bytes === bytes && this.#end === start && this.#text === '') {
      this.#end = end;
      return;
    }
    this.#flush();
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Adds an event with this data, which must not contain line breaks. */
  addData(data: string): void {
    if (this.#end > this.#start) this.#flush();
    this.#text += `data: ${data}\n\n`;
  }

  /** @returns everything added since the last call */
  take(): Buffer {
    if (this.#parts.length === 0 && this.#text === '') {
      const only = this.#end > this.#start ? this.#bytes.subarray(this.#start, this.#end) : NOTHING;
      this.#clearRange();
      return only;
    }
    this.#flush();
    const parts = this.#parts;
    this.#parts = [];
    const [first = NOTHING] = parts;
    return parts.length > 1 ? Buffer.concat(parts) : first;
  }

  #flush(): void {
    if (this.#end > this.#start) this.#parts.push(this.#bytes.subarray(this.#start, this.#end));
    if (this.#text !== '') this.#parts.push(Buffer.from(this.#text));
    this.#text = '';
    this.#clearRange();
  }

  #clearRange(): void {
    this.#bytes = NOTHING;
    this.#start = 0;
    this.#end = 0;
  }
}
