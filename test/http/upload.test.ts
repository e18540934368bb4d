import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { readUpload } from '../../src/http/upload.js';
import { growthOf } from '../support/growth.js';

const MIB = 1024 * 1024;

/** Reads a form that arrives in these pieces. */
function read(pieces: readonly (string | Buffer)[], boundary = 'b') {
  const body = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return readUpload(Object.assign(body, { headers }) as unknown as IncomingMessage, 2 * MIB, true);
}

const part = (headers: string, value: string) => `--b\r\n${headers}\r\n\r\n${value}\r\n`;
const named = (name: string) => `Content-Disposition: form-data; name=${name}`;

test.each([
  ['in quotes', named('"model"')],
  ['without quotes', named('model')],
  ['before other parameters', named('"model"; charset=x')],
  ['after another header', `content-type: text/plain\r\n${named('"model"')}`],
  ['before another header', `${named('"model"')}\r\ncontent-type: text/plain`],
])('finds the model of a form whose part is named %s', async (_, headers) => {
  const form = `${part(named('"file"; filename="a.wav"'), 'x--b\r\n-')}${part(headers, 'whisper')}--b--\r\n`;

  const { model, head } = await read([form]);

  expect(model).toEqual({ value: 'whisper', start: form.indexOf('whisper') });
  expect(head.toString()).toBe(form);
});

test('finds the model of a form that arrives byte by byte', async () => {
  const form = `${part(named('"file"'), '\r\n--\r\n')}${part(named('"model"'), 'ÿ whisper')}--b--\r\n`;
  const bytes = [...Buffer.from(form)].map((byte) => Buffer.from([byte]));

  const { model, head } = await read(bytes);

  expect(model).toEqual({ value: 'ÿ whisper', start: Buffer.from(form).indexOf('ÿ') });
  expect(form.startsWith(head.toString())).toBe(true);
});

test.each([
  ['another name', part(named('"models"'), 'whisper')],
  ['a name in another header', part('x: ; name="model"', 'whisper')],
  ['a name after the headers', part(`${named('"file"')}\r\n\r\n${named('"model"')}`, 'whisper')],
  ['no value', part(named('"model"'), '')],
  ['several lines', part(named('"model"'), 'a\r\nb')],
  ['an overlong value', part(named('"model"'), 'x'.repeat(513))],
])('does not take a part with %s for the model', async (_, form) => {
  const { model } = await read([`${form}--b--\r\n`]);

  expect(model).toBeNull();
});

test('finds the model after a part with an invalid one', async () => {
  const { model } = await read([
    part(named('"model"'), 'a\r\nb'),
    part(named('"model"'), 'c'),
    '--b',
  ]);

  expect(model?.value).toBe('c');
});

test.each([
  ['boundaries', '--b\r\n', 'b'],
  ['part headers without a value', `--b\r\n${named('model')}\r\n`, 'b'],
  ['headers', `${named('model')}\r\n`, 'b'],
  ['semicolons in one line', ';\t', 'b'],
  ['models without a value', `--b\r\n${named('model')}\r\n\r\n`, 'b'],
  ['incomplete boundaries', '-', '-'.repeat(60)],
])('reads a form of repeated %s in linear time', async (_, line, boundary) => {
  const inPieces = (length: number): string[] => {
    const form = `--b\r\n${line.repeat(length / line.length)}`;
    const count = length / 1000;
    return Array.from({ length: count }, (_piece, i) => form.slice(i * 1000, (i + 1) * 1000));
  };
  const reading = (pieces: string[]) => read(pieces, boundary);

  const { model } = await reading(inPieces(1_000_000));

  expect(model).toBeNull();
  expect(await growthOf(inPieces, reading, { small: 50_000, large: 1_000_000 })).toBeLessThan(120);
});
