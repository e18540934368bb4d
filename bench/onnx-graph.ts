// A minimal writer of ONNX's protobuf format (onnx.proto3, IR version 8, opset 13) for one graph.

const FLOAT = 1;
const INT32 = 6;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;

/**
 * A model that sums rows of a table and scales the sum to unit length.
 *
 * @param table - shape [rows, dims]
 * @returns the bytes of a model with input `ids` (int32, [n]) and output `embedding` (float32, [dims])
 */
export function embeddingGraph(table: Float32Array, rows: number, dims: number): Uint8Array {
  const graph = message(
    bytes(1, node('Gather', ['table', 'ids'], ['rows'])),
    bytes(1, node('ReduceSum', ['rows', 'axis'], ['sum'], attribute('keepdims', INT_ATTRIBUTE, 0))),
    bytes(1, node('ReduceL2', ['sum'], ['length'], attribute('axes', INTS_ATTRIBUTE, 0))),
    bytes(1, node('Div', ['sum', 'length'], ['embedding'])),
    bytes(2, text('static-embedding')),
    bytes(5, tensor('table', FLOAT, [rows, dims], Buffer.from(table.buffer))),
    bytes(5, tensor('axis', 7, [1], Buffer.alloc(8))),
    bytes(11, valueInfo('ids', INT32, 'n')),
    bytes(12, valueInfo('embedding', FLOAT, dims)),
  );
  return message(
    varint(1, 8),
    bytes(7, graph),
    bytes(8, message(bytes(1, text('')), varint(2, 13))),
  );
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: readonly Buffer[]
): Buffer {
  return message(
    ...inputs.map((name) => bytes(1, text(name))),
    ...outputs.map((name) => bytes(2, text(name))),
    bytes(4, text(operator)),
    ...attributes.map((encoded) => bytes(5, encoded)),
  );
}

function attribute(name: string, type: number, value: number): Buffer {
  const field = type === INT_ATTRIBUTE ? 3 : 8;
  return message(bytes(1, text(name)), varint(field, value), varint(20, type));
}

function tensor(name: string, type: number, shape: readonly number[], raw: Buffer): Buffer {
  return message(
    ...shape.map((size) => varint(1, size)),
    varint(2, type),
    bytes(8, text(name)),
    bytes(9, raw),
  );
}

function valueInfo(name: string, type: number, size: number | string): Buffer {
  const dimension = typeof size === 'string' ? bytes(2, text(size)) : varint(1, size);
  const shape = message(bytes(1, message(dimension)));
  const tensorType = message(varint(1, type), bytes(2, shape));
  return message(bytes(1, text(name)), bytes(2, message(bytes(1, tensorType))));
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function text(value: string): Buffer {
  return Buffer.from(value);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([leb(field * 8 + 2), leb(content.length), content]);
}

function varint(field: number, value: number): Buffer {
  return Buffer.concat([leb(field * 8), leb(value)]);
}

function leb(value: number): Buffer {
  const encoded: number[] = [];
  let rest = value;
  while (rest > 127) {
    encoded.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...encoded, rest]);
}
