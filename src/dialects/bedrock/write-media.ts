import { lookup, type JsonObject } from '../json.js';
import { noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { audioFormat, imageType } from '../neutral/media-types.js';
import type { MediaPart } from '../neutral/part.js';

const IMAGE_FORMATS = lookup<string>({
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
});

const DOCUMENT_FORMATS = lookup<string>({
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
});

/** The prefix of S3 URIs, which Bedrock fetches itself with the operator's account. */
const S3 = 's3://';

/**
 * Encodes an image, a document or audio as bytes, as Converse requires.
 *
 * Content by URL is noted as lost: if the gateway fetched it, any client could make it open addresses in the
 * operator's network.
 *
 * @param names - the document names of the whole request
 */
export function mediaBlock(
  part: MediaPart,
  names: DocumentNames,
  losses: Losses,
): JsonObject | null {
  const block =
    part.kind === 'document'
      ? documentOf(part, names)
      : part.kind === 'image'
        ? imageOf(part)
        : audioOf(part);
  if (block === null) noteLostPart(part, losses);
  return block;
}

function imageOf({ source }: MediaPart): JsonObject | null {
  if (source.kind === 'url' && source.url.startsWith(S3)) {
    const end = /\.(\w+)$/u.exec(source.url)?.[1]?.toLowerCase() ?? '';
    const format = IMAGE_FORMATS[`image/${end}`] ?? 'jpeg';
    return { image: { format, source: { s3Location: { uri: source.url } } } };
  }
  if (source.kind !== 'bytes') return null;
  const format = IMAGE_FORMATS[imageType(source)];
  return format === undefined ? null : { image: { format, source: { bytes: source.base64 } } };
}

function audioOf({ source }: MediaPart): JsonObject | null {
  if (source.kind !== 'bytes') return null;
  return { audio: { format: audioFormat(source.mediaType), source: { bytes: source.base64 } } };
}

function documentOf(part: MediaPart, names: DocumentNames): JsonObject | null {
  const written = documentSource(part);
  if (written === null) return null;
  return {
    document: {
      ...written,
      name: names.nameFor(part.name ?? ''),
      ...(part.context !== undefined && { context: part.context }),
      ...(part.cited === true && { citations: { enabled: true } }),
    },
  };
}

function documentSource({ source }: MediaPart): JsonObject | null {
  if (source.kind === 'text') return { format: 'txt', source: { text: source.text } };
  if (source.kind !== 'bytes') return null;
  const known = DOCUMENT_FORMATS[source.mediaType];
  const format = known ?? (source.mediaType.startsWith('text/') ? 'txt' : undefined);
  return format === undefined ? null : { format, source: { bytes: source.base64 } };
}

/** Bedrock's limit is 200; the rest is left for a number. */
const MAX_NAME_CHARS = 180;

/** Unique names for the documents of one request, which Bedrock requires. */
export class DocumentNames {
  readonly #used = new Set<string>();
  /** The last number appended to each name; lower ones are taken. */
  readonly #numbers = new Map<string, number>();

  /** A valid name: only letters, digits, single spaces, hyphens and brackets are allowed. */
  nameFor(title: string): string {
    const plain = title
      .replace(/\.\w+$/u, '')
      .replace(/[^A-Za-z0-9\s()[\]-]/gu, '-')
      .replace(/\s+/gu, ' ')
      .trim();
    const base = plain === '' ? 'document' : plain.slice(0, MAX_NAME_CHARS);
    let number = this.#numbers.get(base) ?? 1;
    let unique = base;
    while (this.#used.has(unique)) unique = `${base} ${++number}`;
    this.#numbers.set(base, number);
    this.#used.add(unique);
    return unique;
  }
}
