import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '../support/fast-check.js';
import { packArtefact, writeArtefact } from '../../models/train/artefact-writer.js';
import { writeManifest } from '../../models/train/manifest.js';
import {
  ArtefactError,
  openArtefact,
  readManifest,
  verifyArtefacts,
} from '../../src/embed/artefact.js';

const EXPECTED = { kind: 'sample', version: 3 };
const PARTS = {
  ...EXPECTED,
  meta: { seed: 1 },
  tables: {
    bytes: Int8Array.of(-128, 0, 127),
    counts: Uint32Array.of(0, 4_294_967_295),
    signed: Int32Array.of(-1),
    numbers: Float32Array.of(0.5, -2),
  },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'artefact-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('binary artefact', () => {
  test('returns every table as written', () => {
    const artefact = openArtefact(packArtefact(PARTS), EXPECTED);

    expect(artefact.meta).toEqual({ seed: 1 });
    expect([...artefact.i8('bytes', 3)]).toEqual([-128, 0, 127]);
    expect([...artefact.u32('counts', 2)]).toEqual([0, 4_294_967_295]);
    expect([...artefact.i32('signed', 1)]).toEqual([-1]);
    expect([...artefact.f32('numbers', 2)]).toEqual([0.5, -2]);
  });

  test('is rejected when truncated', () => {
    const bytes = packArtefact(PARTS);

    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => openArtefact(bytes.subarray(0, length), EXPECTED)).toThrow(ArtefactError);
      }),
    );
  });

  test.each([
    {
      fault: 'a foreign file',
      bytes: Buffer.from('PK\u0003\u0004 this is a zip file, not an artefact'),
      message: /not an artefact/,
    },
    {
      fault: 'a newer container version',
      bytes: change(8, 2),
      message: /expected container version 1, found 2/,
    },
    { fault: 'a damaged header', bytes: change(16, 0x21), message: /header is not JSON/ },
    {
      fault: 'another kind',
      bytes: packArtefact({ ...PARTS, kind: 'other' }),
      message: /expected sample version 3, found other version 3/,
    },
    {
      fault: 'another version',
      bytes: packArtefact({ ...PARTS, version: 4 }),
      message: /expected sample version 3, found sample version 4/,
    },
    {
      fault: 'a file with trailing bytes',
      bytes: Buffer.concat([packArtefact(PARTS), Buffer.alloc(8)]),
      message: /expected \d+ bytes, found \d+/,
    },
  ])('is rejected for $fault', ({ bytes, message }) => {
    const open = (): unknown => openArtefact(bytes, EXPECTED);

    expect(open).toThrow(ArtefactError);
    expect(open).toThrow(message);
  });

  test('names a table that is missing or has another size or type', () => {
    const artefact = openArtefact(packArtefact(PARTS), EXPECTED);

    expect(() => artefact.f32('absent', 1)).toThrow(/table absent is missing/);
    expect(() => artefact.f32('numbers', 3)).toThrow(/expected 3 f32, found 2 f32/);
    expect(() => artefact.f32('bytes', 3)).toThrow(/expected 3 f32, found 3 i8/);
  });

  test('rejects a table with a number that is not finite', () => {
    const parts = { ...PARTS, tables: { numbers: Float32Array.of(1, Number.NaN) } };

    const artefact = openArtefact(packArtefact(parts), EXPECTED);

    expect(() => artefact.f32('numbers', 2)).toThrow(/not finite/);
  });

  test('names a missing file', () => {
    const file = path.join(folder, 'absent.bin');

    expect(() => openArtefact(file, EXPECTED)).toThrow(`${file}: the file is missing`);
  });
});

describe('artefact folder', () => {
  const FEATURES = ['log_chars', 'code'];

  beforeEach(() => {
    writeArtefact(path.join(folder, 'sample.bin'), PARTS);
    writeManifest(folder, { artefacts: ['sample.bin'], features: FEATURES, embedder: { seed: 1 } });
  });

  test('is accepted as written, with a revision derived from its bytes', () => {
    const first = verifyArtefacts(folder, FEATURES);
    writeArtefact(path.join(folder, 'sample.bin'), { ...PARTS, meta: { seed: 2 } });
    writeManifest(folder, { artefacts: ['sample.bin'], features: FEATURES });
    const second = verifyArtefacts(folder, FEATURES);

    expect(first.revision).toMatch(/^[0-9a-f]{12}$/);
    expect(second.revision).not.toBe(first.revision);
    expect(second.manifest.embedder).toEqual({ seed: 1 });
  });

  test('keeps manifest entries of other training steps', () => {
    const data = [{ set: 'a', rows: 1, licence: 'MIT', use: 'embedder' }];
    writeManifest(folder, { artefacts: [], features: FEATURES, data });

    writeManifest(folder, {
      artefacts: [],
      features: FEATURES,
      predictor: { rounds: 3 },
      data: [
        { set: 'a', rows: 2, licence: 'MIT', use: 'embedder' },
        { set: 'a', rows: 9, licence: 'MIT', use: 'predictor' },
      ],
    });

    const manifest = readManifest(folder);
    expect(Object.keys(manifest.artefacts)).toEqual(['sample.bin']);
    expect(manifest.predictor).toEqual({ rounds: 3 });
    expect(manifest.data.map(({ rows }) => rows)).toEqual([2, 9]);
  });

  test('is rejected when the checksum of an artefact differs', () => {
    writeFileSync(path.join(folder, 'sample.bin'), 'something else');

    expect(() => verifyArtefacts(folder, FEATURES)).toThrow(
      /sample\.bin: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
    );
  });

  test('is rejected when an artefact is missing', () => {
    rmSync(path.join(folder, 'sample.bin'));

    expect(() => verifyArtefacts(folder, FEATURES)).toThrow(/sample\.bin: the file is missing/);
  });

  test.each([
    { features: ['code', 'log_chars'], message: /feature 0: expected code, found log_chars/ },
    { features: ['log_chars'], message: /feature 1: expected nothing, found code/ },
    { features: [...FEATURES, 'new'], message: /feature 2: expected new, found nothing/ },
  ])('is rejected for the features $features', ({ features, message }) => {
    expect(() => verifyArtefacts(folder, features)).toThrow(message);
  });

  test.each([
    { manifest: '{', message: /not JSON/ },
    { manifest: '{"version":1}', message: /not a manifest/ },
  ])('is rejected for the manifest $manifest', ({ manifest, message }) => {
    writeFileSync(path.join(folder, 'manifest.json'), manifest);

    expect(() => readManifest(folder)).toThrow(message);
  });
});

function change(offset: number, value: number): Buffer {
  const bytes = packArtefact(PARTS);
  bytes[offset] = value;
  return bytes;
}
