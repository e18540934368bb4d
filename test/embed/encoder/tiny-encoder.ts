import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'cat', 'dog', 'sat', 'ran'];
export const TINY_DIMS = 4;

/** The vector of each word; a sentence's is their mean, scaled to unit length. */
export function tinyVector(word: string): readonly number[] {
  const row = WORDS.includes(word) ? WORDS.indexOf(word) : WORDS.indexOf('[UNK]');
  return Array.from({ length: TINY_DIMS }, (_, i) => Math.fround(Math.sin(row * 5 + i * 3)));
}

/** Writes the folder of a one-layer model that looks up word vectors, for `Encoder.open`. */
export async function writeTinyEncoder(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'onnx'), { recursive: true });
  const special = WORDS.slice(0, 4).map((content, id) => ({
    ...{ id, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  }));
  const edge = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const tokenizer = {
    version: '1.0',
    added_tokens: special,
    normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [edge('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, edge('[SEP]')],
      pair: [],
    },
    decoder: { type: 'WordPiece', prefix: '##' },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
    },
  };
  const files = {
    'config.json': { model_type: 'bert', architectures: ['BertModel'], hidden_size: TINY_DIMS },
    'tokenizer_config.json': {
      ...{ tokenizer_class: 'BertTokenizer', model_max_length: 16 },
      ...{ pad_token: '[PAD]', unk_token: '[UNK]', cls_token: '[CLS]', sep_token: '[SEP]' },
    },
    'tokenizer.json': tokenizer,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), JSON.stringify(content));
  }
  await writeFile(path.join(folder, 'onnx/model.onnx'), tinyModel());
}

// A minimal protobuf writer: a field is its number and wire type, then its bytes.

const VARINT = 0;
const BYTES = 2;

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function number(field: number, value: number): number[] {
  return [...varint(field * 8 + VARINT), ...varint(value)];
}

function bytes(field: number, content: readonly number[]): number[] {
  return [...varint(field * 8 + BYTES), ...varint(content.length), ...content];
}

function text(field: number, content: string): number[] {
  return bytes(field, [...Buffer.from(content)]);
}

/** ONNX: `last_hidden_state = Gather(words, input_ids)`. */
function tinyModel(): Buffer {
  const [FLOAT, INT64] = [1, 7];
  const tensor = (name: string, type: number, shape: readonly (string | number)[]): number[] => {
    const dims = shape.flatMap((size) =>
      bytes(1, typeof size === 'number' ? number(1, size) : text(2, size)),
    );
    const kind = bytes(1, [...number(1, type), ...bytes(2, dims)]);
    return [...text(1, name), ...bytes(2, kind)];
  };
  const table = Float32Array.from(WORDS.flatMap(tinyVector));
  const words = [
    ...[...number(1, WORDS.length), ...number(1, TINY_DIMS), ...number(2, FLOAT)],
    ...[...text(8, 'words'), ...bytes(9, [...new Uint8Array(table.buffer)])],
  ];
  const gather = [
    ...[...text(1, 'words'), ...text(1, 'input_ids')],
    ...[...text(2, 'last_hidden_state'), ...text(3, 'lookup'), ...text(4, 'Gather')],
  ];
  const graph = [
    ...[...bytes(1, gather), ...text(2, 'tiny'), ...bytes(5, words)],
    ...bytes(11, tensor('input_ids', INT64, ['batch', 'tokens'])),
    ...bytes(11, tensor('attention_mask', INT64, ['batch', 'tokens'])),
    ...bytes(12, tensor('last_hidden_state', FLOAT, ['batch', 'tokens', TINY_DIMS])),
  ];
  const opset = [...text(1, ''), ...number(2, 13)];
  return Buffer.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, opset)]);
}
