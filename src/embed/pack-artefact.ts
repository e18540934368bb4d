import {
  ARTEFACT_ALIGNMENT,
  ARTEFACT_CONTAINER_VERSION,
  ARTEFACT_MAGIC,
  ARTEFACT_PREFIX_BYTES,
  artefactBytes,
} from './artefact.js';

/** A table of an artefact; its type is that of the array. */
type Table = Int8Array | Int32Array | Uint32Array | Float32Array;

/** The contents of a binary artefact. */
export interface ArtefactParts {
  readonly kind: string;
  readonly version: number;
  readonly meta: Readonly<Record<string, unknown>>;
  /** By name, in file order. */
  readonly tables: Readonly<Record<string, Table>>;
}

/** Encodes an artefact for `openArtefact`. Deterministic: the same parts give the same bytes. */
export function packArtefact(parts: ArtefactParts): Buffer {
  const tables = Object.entries(parts.tables);
  const sections = tables.map(([name, table]) => ({
    name,
    type: typeOf(table),
    length: table.length,
  }));
  const { kind, version, meta } = parts;
  const header = Buffer.from(JSON.stringify({ kind, version, meta, sections }));
  const bytes = Buffer.alloc(artefactBytes(header.length, sections));
  bytes.write(ARTEFACT_MAGIC, 'latin1');
  bytes.writeUInt32LE(ARTEFACT_CONTAINER_VERSION, 8);
  bytes.writeUInt32LE(header.length, 12);
  header.copy(bytes, ARTEFACT_PREFIX_BYTES);
  let offset = aligned(ARTEFACT_PREFIX_BYTES + header.length);
  for (const [, table] of tables) {
    Buffer.from(table.buffer, table.byteOffset, table.byteLength).copy(bytes, offset);
    offset += aligned(table.byteLength);
  }
  return bytes;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ARTEFACT_ALIGNMENT) * ARTEFACT_ALIGNMENT;
}

function typeOf(table: Table): 'i8' | 'i32' | 'u32' | 'f32' {
  if (table instanceof Int8Array) return 'i8';
  if (table instanceof Int32Array) return 'i32';
  return table instanceof Uint32Array ? 'u32' : 'f32';
}
