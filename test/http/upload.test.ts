import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { readUpload } from '../../src/http/upload.js';
import { growthOf } from '../support/growth.js';

const MIB = 1024 * 1024;

/** What is read of a form with the boundary `b` that comes in these pieces. */
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
  ['before other words', named('"model"; charset=x')],
  ['behind another header', `content-type: text/plain\r\n${named('"model"')}`],
  ['before another header', `${named('"model"')}\r\ncontent-type: text/plain`],
])('a form’s model is found where its part is named %s', async (_, headers) => {
  const form = `${part(named('"file"; filename="a.wav"'), 'x--b\r\n-')}${part(headers, 'whisper')}--b--\r\n`;

  const { model, head } = await read([form]);

  expect(model).toEqual({ value: 'whisper', start: form.indexOf('whisper') });
  expect(head.toString()).toBe(form);
});

test('a form’s model is found however small the pieces are in which it comes', async () => {
  const form = `${part(named('"file"'), '\r\n--\r\n')}${part(named('"model"'), 'ÿ whisper')}--b--\r\n`;
  const bytes = [...Buffer.from(form)].map((byte) => Buffer.from([byte]));

  const { model, head } = await read(bytes);

  expect(model).toEqual({ value: 'ÿ whisper', start: Buffer.from(form).indexOf('ÿ') });
  expect(form.startsWith(head.toString())).toBe(true);
});

test.each([
  ['another name', part(named('"models"'), 'whisper')],
  ['a name in another header', part('x: ; name="model"', 'whisper')],
  ['a name behind the headers', part(`${named('"file"')}\r\n\r\n${named('"model"')}`, 'whisper')],
  ['no value', part(named('"model"'), '')],
  ['several lines', part(named('"model"'), 'a\r\nb')],
  ['a value longer than any name', part(named('"model"'), 'x'.repeat(513))],
])('a part with %s is no model', async (_, form) => {
  const { model } = await read([`${form}--b--\r\n`]);

  expect(model).toBeNull();
});

test('a part that is no model does not hide the one behind it', async () => {
  const { model } = await read([
    part(named('"model"'), 'a\r\nb'),
    part(named('"model"'), 'c'),
    '--b',
  ]);

  expect(model?.value).toBe('c');
});

test.each([
  ['boundaries alone', '--b\r\n', 'b'],
  ['parts that never begin to say anything', `--b\r\n${named('model')}\r\n`, 'b'],
  ['headers without an end', `${named('model')}\r\n`, 'b'],
  ['a line of nothing but semicolons', ';\t', 'b'],
  ['models without a value', `--b\r\n${named('model')}\r\n\r\n`, 'b'],
  ['boundaries that begin again and again', '-', '-'.repeat(60)],
])('a form of nothing but %s is read in time proportional to it', async (_, line, boundary) => {
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
