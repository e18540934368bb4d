// A minimal WebAssembly assembler for the kernels here: JavaScript has no SIMD.
// Opcodes: WebAssembly core specification 2.0, §5.4; those of fixed-width SIMD begin with 0xfd.

/** A sequence of encoded instructions, to be concatenated with others. Operands are on a stack. */
export type Code = readonly number[];

/** Types of parameters and local variables. */
export const I32 = 0x7f;
export const V128 = 0x7b;

/** Pops two integers and pushes one; a product of addresses and counts never overflows 32 bits. */
export const ADD = 0x6a;
export const SUBTRACT = 0x6b;
export const MULTIPLY = 0x6c;
/** Shifts an integer left by the number of bits on the stack. */
export const SHIFT_LEFT = 0x74;
/** Unsigned comparison: whether the first integer is smaller than the second. */
export const LESS = 0x49;

/** Operations on four 32-bit floats at once. */
export const F32X4 = {
  add: [0xfd, 0xe4, 0x01],
  multiply: [0xfd, 0xe6, 0x01],
  negate: [0xfd, 0xe1, 0x01],
  /** From four signed integers. */
  convert: [0xfd, 0xfa, 0x01],
  lane: (index: number): Code => [0xfd, 0x1f, index],
  subtract: [0xfd, 0xe5, 0x01],
  absolute: [0xfd, 0xe0, 0x01],
  /** `a < b ? b : a` (pseudo-maximum), a single instruction. */
  larger: [0xfd, 0xeb, 0x01],
} as const;
/** Operations on 128 bits, or on four integers of 32. */
export const BITS = {
  and: [0xfd, 0x4e],
  xor: [0xfd, 0x51],
  /** Shifts each of four integers left by the number of bits on the stack. */
  shiftLeft: [0xfd, 0xab, 0x01],
} as const;
/** Widens the lower or upper half of a vector of signed integers to twice their bits. */
export const WIDEN = {
  lowBytes: [0xfd, 0x87, 0x01],
  highBytes: [0xfd, 0x88, 0x01],
  lowShorts: [0xfd, 0xa7, 0x01],
  highShorts: [0xfd, 0xa8, 0x01],
} as const;
/** On single floats: addition, less-or-equal, and a store of the top of the stack to the address below it. */
export const F32_ADD = 0x92;
export const F32_LESS_OR_EQUAL = 0x5f;
export const F32_STORE = [0x38, 0, 0] as const;

/** Loads a 32-bit integer from the address on the stack. */
export const LOAD_WORD = [0x28, 0, 0] as const;
/** Stores a 32-bit integer to the address below it on the stack. */
export const STORE_WORD = [0x36, 0, 0] as const;
/** Loads a 32-bit number from the address on the stack into all four lanes. */
export const LOAD_SPLAT = [0xfd, 0x09, 0, 0] as const;
export const ZERO_VECTOR: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];

/** Pushes a local variable. */
export const get = (local: number): Code => [0x20, local];
/** Pops the top of the stack into a local variable. */
export const set = (local: number): Code => [0x21, local];
/** Pushes a constant. @param value - a non-negative integer */
export const constant = (value: number): Code => [0x41, ...signedLeb(value)];
/** Loads a 32-bit integer or float, `offset` bytes after the address on the stack. */
export const loadWord = (offset: number): Code => [0x28, 0, ...unsignedLeb(offset)];
export const loadFloat = (offset: number): Code => [0x2a, 0, ...unsignedLeb(offset)];
/** Loads 16 bytes, `offset` bytes after the address on the stack. */
export const load = (offset: number): Code => [0xfd, 0x00, 0, ...unsignedLeb(offset)];
/** Stores 16 bytes, `offset` bytes after the address below them on the stack. */
export const store = (offset: number): Code => [0xfd, 0x0b, 0, ...unsignedLeb(offset)];
/** Adds the value that `by` pushes to an integer variable. */
export const increment = (local: number, by: Code): Code => [
  ...get(local),
  ...by,
  ADD,
  ...set(local),
];

/** A do-while loop: repeats `body` as long as `again` pushes a value other than 0. */
export function repeat(body: Code, again: Code): Code {
  return [0x03, 0x40, ...body, ...again, 0x0d, 0, 0x0b];
}

/** A condition for `repeat`: decrements a counter and holds until it is 0. */
export function countDown(local: number): Code {
  return [...get(local), ...constant(1), SUBTRACT, 0x22, local];
}

/** An exported function. Its parameters are integers and the first local variables, in order. */
export interface KernelFunction {
  readonly name: string;
  readonly parameters: number;
  /** Further local variables: count and type, in order. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly body: Code;
}

/** The bytes of a module that imports `env.memory` and exports functions without results. */
export function assemble(functions: readonly KernelFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    ...[0x60, parameters, ...new Array<number>(parameters).fill(I32)],
    0,
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const content = [...vectorOf(locals), ...body, 0x0b];
    return [...unsignedLeb(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vectorOf(types)),
    ...section(2, vectorOf([[...nameOf('env'), ...nameOf('memory'), 0x02, 0x00, 1]])),
    ...section(3, vectorOf(functions.map((_, index) => [index]))),
    ...section(7, vectorOf(functions.map(({ name }, index) => [...nameOf(name), 0x00, index]))),
    ...section(10, vectorOf(bodies)),
  ]);
}

function nameOf(text: string): Code {
  return [text.length, ...Buffer.from(text)];
}

function section(id: number, content: Code): Code {
  return [id, ...unsignedLeb(content.length), ...content];
}

function vectorOf(entries: readonly Code[]): Code {
  return [...unsignedLeb(entries.length), ...entries.flat()];
}

function unsignedLeb(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)];
}

function signedLeb(value: number): Code {
  // Seven bits per byte; the highest of the last byte's seven is the sign.
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}
