import { lookup, type JsonObject } from '../json.js';
import { notePart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { audioFormat, pictureType } from '../neutral/media-types.js';
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

/** What an ARN or an address in S3 begins with; the model's own account fetches what is there. */
const S3 = 's3://';

/**
 * An image, a document or a recording as Converse takes them: as bytes.
 *
 * What is at a URL is noted as lost. Fetching it would let whoever may ask a model make the gateway open
 * addresses in the operator's network.
 *
 * @param names - for documents, of the whole request
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
  if (block === null) notePart(part, losses);
  return block;
}

function imageOf({ source }: MediaPart): JsonObject | null {
  if (source.kind === 'url' && source.url.startsWith(S3)) {
    const end = /\.(\w+)$/u.exec(source.url)?.[1]?.toLowerCase() ?? '';
    const format = IMAGE_FORMATS[`image/${end}`] ?? 'jpeg';
    return { image: { format, source: { s3Location: { uri: source.url } } } };
  }
  if (source.kind !== 'bytes') return null;
  const format = IMAGE_FORMATS[pictureType(source)];
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

/** Bedrock takes 200; some are left for a number. */
const MAX_NAME_CHARS = 180;

/** Names for the documents of one request: Bedrock wants one for each, and no two the same. */
export class DocumentNames {
  readonly #taken = new Set<string>();
  /** The number that was given last behind each name: those below it are taken. */
  readonly #numbers = new Map<string, number>();

  /** Letters, digits, single spaces, hyphens and brackets are all that a name may have. */
  nameFor(told: string): string {
    const plain = told
      .replace(/\.\w+$/u, '')
      .replace(/[^A-Za-z0-9\s()[\]-]/gu, '-')
      .replace(/\s+/gu, ' ')
      .trim();
    const base = plain === '' ? 'document' : plain.slice(0, MAX_NAME_CHARS);
    let number = this.#numbers.get(base) ?? 1;
    let own = base;
    while (this.#taken.has(own)) own = `${base} ${++number}`;
    this.#numbers.set(base, number);
    this.#taken.add(own);
    return own;
  }
}
