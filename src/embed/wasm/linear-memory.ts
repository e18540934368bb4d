// The parts of the WebAssembly API used here; the type library for Node 20 does not have them.
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** A kernel's function. Parameters are addresses, counts and lengths, all 32-bit integers. */
export type KernelCall = (...integers: readonly number[]) => void;

const PAGE_BYTES = 65_536;
/** Bytes that a vector instruction reads; every array starts at a multiple of this. */
const ALIGNMENT = 16;
/** The first array starts here, so that none has address 0. */
const FIRST_ADDRESS = 1024;

/** The memory of a kernel. Its arrays are zero at first and are never freed individually. */
export class LinearMemory {
  readonly #buffer: ArrayBuffer;
  readonly #exports: Readonly<Record<string, unknown>>;
  #used = FIRST_ADDRESS;

  /**
   * @param kernel - from `assemble`
   * @param lengths - of all arrays that will be allocated, in bytes
   */
  constructor(kernel: Uint8Array<ArrayBuffer>, lengths: readonly number[]) {
    const bytes = lengths.reduce((sum, length) => sum + align(length), FIRST_ADDRESS);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    const module = new WebAssembly.Module(kernel);
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
    this.#buffer = memory.buffer;
  }

  /** The kernel's function of that name. */
  call(name: string): KernelCall {
    return this.#exports[name] as KernelCall;
  }

  /** Allocates an array, as do the two methods below. @throws {RangeError} the memory requested in the constructor is used up */
  floats(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.#take(length * 4), length);
  }

  words(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, this.#take(length * 4), length);
  }

  bytes(length: number): Int8Array<ArrayBuffer> {
    return new Int8Array(this.#buffer, this.#take(length), length);
  }

  #take(bytes: number): number {
    const address = this.#used;
    this.#used += align(bytes);
    return address;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
