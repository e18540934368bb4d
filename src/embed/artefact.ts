import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

/** An artefact (a file of `models/`, or an encoder) that cannot be used: missing, truncated, of another kind or version, or not the one expected. */
export class ArtefactError extends Error {
  override readonly name = 'ArtefactError';
  /** The file, as it was given. */
  readonly file: string;

  constructor(file: string, message: string, detail: { readonly cause?: unknown } = {}) {
    super(`${file}: ${message}`, detail);
    this.file = file;
  }
}

/** First eight bytes of every binary artefact. */
export const ARTEFACT_MAGIC = 'SUFFICE\n';
/** Bytes before the JSON header: magic, container version, header length. */
export const ARTEFACT_PREFIX_BYTES = 16;
/** Version of the container itself, little-endian after the magic. */
export const ARTEFACT_CONTAINER_VERSION = 1;
/** Header and sections start at multiples of this. */
export const ARTEFACT_ALIGNMENT = 8;

const BYTES_PER_ELEMENT = { i8: 1, i32: 4, u32: 4, f32: 4 } as const;

const headerSchema = z.strictObject({
  kind: z.string(),
  version: z.int(),
  meta: z.record(z.string(), z.unknown()),
  sections: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['i8', 'i32', 'u32', 'f32']),
      length: z.int().nonnegative(),
    }),
  ),
});

/** The JSON header of a binary artefact; sections are in the order of the file. */
export type ArtefactHeader = z.infer<typeof headerSchema>;
type SectionType = ArtefactHeader['sections'][number]['type'];

/** A binary artefact whose header and size have been validated. Tables are copies, safe to keep. */
export class Artefact {
  readonly file: string;
  /** First 12 hex digits of the SHA-256 of the whole file. */
  readonly hash: string;
  /** Metadata from training; the reader validates it with a schema of its own. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly #bytes: Buffer;
  readonly #header: ArtefactHeader;

  constructor(file: string, bytes: Buffer, header: ArtefactHeader) {
    this.file = file;
    this.hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    this.meta = header.meta;
    this.#bytes = bytes;
    this.#header = header;
  }

  /** Whether there is a section of this name. */
  has(name: string): boolean {
    return this.#header.sections.some((section) => section.name === name);
  }

  /** @throws {ArtefactError} when the section is absent or has another type or length */
  u32(name: string, length: number): Uint32Array {
    return new Uint32Array(this.#slice(name, 'u32', length));
  }

  /** @throws {ArtefactError} when the section is absent or has another type or length */
  i32(name: string, length: number): Int32Array {
    return new Int32Array(this.#slice(name, 'i32', length));
  }

  /** @throws {ArtefactError} when the section is absent or has another type or length, or holds a number that is not finite */
  f32(name: string, length: number): Float32Array {
    const values = new Float32Array(this.#slice(name, 'f32', length));
    if (!values.every(Number.isFinite)) {
      throw new ArtefactError(this.file, `table ${name} contains a value that is not finite`);
    }
    return values;
  }

  /** @throws {ArtefactError} when the section is absent or has another type or length */
  i8(name: string, length: number): Int8Array {
    return new Int8Array(this.#slice(name, 'i8', length));
  }

  #slice(name: string, type: SectionType, length: number): ArrayBuffer {
    let offset = align(ARTEFACT_PREFIX_BYTES + this.#bytes.readUInt32LE(12));
    for (const section of this.#header.sections) {
      const bytes = section.length * BYTES_PER_ELEMENT[section.type];
      if (section.name === name) {
        if (section.type !== type || section.length !== length) {
          const found = `${section.length} ${section.type}`;
          throw new ArtefactError(
            this.file,
            `table ${name}: expected ${length} ${type}, found ${found}`,
          );
        }
        // A copy: typed arrays need aligned memory, which a pooled Buffer does not guarantee.
        const start = this.#bytes.byteOffset + offset;
        return (this.#bytes.buffer as ArrayBuffer).slice(start, start + bytes);
      }
      offset += align(bytes);
    }
    throw new ArtefactError(this.file, `table ${name} is missing`);
  }
}

/**
 * Reads a binary artefact and checks that it is complete and of the expected kind.
 *
 * @param source - a path, or the bytes themselves
 * @throws {ArtefactError} missing, truncated, not an artefact, or of another kind or version
 */
export function openArtefact(
  source: string | Buffer,
  expected: { readonly kind: string; readonly version: number },
): Artefact {
  const file = typeof source === 'string' ? source : '(memory)';
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  const header = readHeader(file, bytes);
  if (header.kind !== expected.kind || header.version !== expected.version) {
    throw new ArtefactError(
      file,
      `expected ${expected.kind} version ${expected.version}, found ${header.kind} version ${header.version}`,
    );
  }
  const expectedBytes = artefactBytes(bytes.readUInt32LE(12), header.sections);
  if (bytes.length !== expectedBytes) {
    throw new ArtefactError(file, `expected ${expectedBytes} bytes, found ${bytes.length}`);
  }
  return new Artefact(file, bytes, header);
}

function readHeader(file: string, bytes: Buffer): ArtefactHeader {
  if (bytes.length < ARTEFACT_PREFIX_BYTES) {
    throw new ArtefactError(file, `truncated: ${bytes.length} bytes are too few for an artefact`);
  }
  if (bytes.toString('latin1', 0, ARTEFACT_MAGIC.length) !== ARTEFACT_MAGIC) {
    throw new ArtefactError(file, 'not an artefact: the first bytes are not SUFFICE');
  }
  const container = bytes.readUInt32LE(8);
  if (container !== ARTEFACT_CONTAINER_VERSION) {
    throw new ArtefactError(
      file,
      `expected container version ${ARTEFACT_CONTAINER_VERSION}, found ${container}`,
    );
  }
  const end = ARTEFACT_PREFIX_BYTES + bytes.readUInt32LE(12);
  if (end > bytes.length) {
    throw new ArtefactError(file, `truncated: the header alone needs ${end} bytes`);
  }
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8', ARTEFACT_PREFIX_BYTES, end));
  } catch (cause) {
    throw new ArtefactError(file, 'the header is not JSON', { cause });
  }
  const header = headerSchema.safeParse(json);
  if (!header.success) {
    throw new ArtefactError(file, `the header is damaged: ${z.prettifyError(header.error)}`);
  }
  return header.data;
}

/** Size of a file with this header, in bytes. */
export function artefactBytes(
  headerBytes: number,
  sections: readonly { readonly type: SectionType; readonly length: number }[],
): number {
  return sections.reduce(
    (total, { type, length }) => total + align(length * BYTES_PER_ELEMENT[type]),
    align(ARTEFACT_PREFIX_BYTES + headerBytes),
  );
}

/** The next multiple of `ARTEFACT_ALIGNMENT`. */
function align(bytes: number): number {
  return Math.ceil(bytes / ARTEFACT_ALIGNMENT) * ARTEFACT_ALIGNMENT;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ArtefactError(file, missing ? 'the file is missing' : 'the file cannot be read', {
      cause,
    });
  }
}

const manifestSchema = z.strictObject({
  version: z.literal(1),
  created: z.string(),
  trainingCommit: z.string(),
  artefacts: z.record(
    z.string(),
    z.strictObject({ sha256: z.string().length(64), bytes: z.int().nonnegative() }),
  ),
  features: z.array(z.string()),
  embedder: z.record(z.string(), z.unknown()),
  predictor: z.record(z.string(), z.unknown()),
  data: z.array(
    z.strictObject({
      set: z.string(),
      rows: z.int().nonnegative(),
      licence: z.string(),
      use: z.string(),
    }),
  ),
});

/** `models/manifest.json`: what was trained, on which data, and hashes that show whether a file was changed since. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads `manifest.json` of a folder of artefacts, without checking the artefacts themselves.
 *
 * @throws {ArtefactError} missing, not JSON, or not a manifest
 */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, 'manifest.json');
  let json: unknown;
  try {
    json = JSON.parse(readBytes(file).toString('utf8'));
  } catch (cause) {
    if (cause instanceof ArtefactError) throw cause;
    throw new ArtefactError(file, 'not JSON', { cause });
  }
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success) {
    throw new ArtefactError(file, `not a manifest: ${z.prettifyError(manifest.error)}`);
  }
  return manifest.data;
}

/**
 * Checks that every artefact is the one the manifest describes, and that this program
 * reads features in the order the artefacts were trained on.
 *
 * @param featureNames - the names of the dense features, in this program's order
 * @returns the manifest, and a revision: the first 12 hex digits of the SHA-256 over all artefacts' hashes
 * @throws {ArtefactError} naming the file, what was expected and what was found
 */
export function verifyArtefacts(
  folder: string,
  featureNames: readonly string[],
): { readonly manifest: Manifest; readonly revision: string } {
  const manifest = readManifest(folder);
  checkFeatures(path.join(folder, 'manifest.json'), manifest.features, featureNames);
  const revision = createHash('sha256');
  for (const name of Object.keys(manifest.artefacts).sort()) {
    const file = path.join(folder, name);
    const expected = manifest.artefacts[name]?.sha256 ?? '';
    const found = createHash('sha256').update(readBytes(file)).digest('hex');
    if (found !== expected) {
      throw new ArtefactError(file, `expected SHA-256 ${expected}, found ${found}`);
    }
    revision.update(`${name} ${found}\n`);
  }
  return { manifest, revision: revision.digest('hex').slice(0, 12) };
}

function checkFeatures(file: string, trained: readonly string[], current: readonly string[]): void {
  const length = Math.max(trained.length, current.length);
  for (let i = 0; i < length; i++) {
    if (trained[i] !== current[i]) {
      const expected = current[i] ?? 'nothing';
      const found = trained[i] ?? 'nothing';
      throw new ArtefactError(file, `feature ${i}: expected ${expected}, found ${found}`);
    }
  }
}
