import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../../cli/io.js';
import type { Io } from '../../cli/io.js';
import { nearest } from '../../core/nearest.js';
import { readOutcomeFile } from '../../outcomes/outcome-file.js';
import { DataError } from '../../outcomes/jsonl.js';
import { download, isUrl } from './download.js';
import type { DownloadedFile } from './download.js';
import { contaminatedPrompts } from './loaders.js';
import { FetchLock } from './lock.js';
import { FORMATS, SOURCES } from './sources.js';
import type { Source, SourceFile } from './sources.js';

/** What `suffice bench fetch --help` prints. */
export const FETCH_HELP = `Usage: suffice bench fetch                 list public sets of graded answers
       suffice bench fetch NAME… | all      download sets for suffice bench quality
       suffice bench fetch NAME --from URL|FILE --format FORMAT

  -o, --out DIR        the folder to download to (default: bench-data/outcomes)
      --from ADDRESS   a mirror's folder, or one file, instead of the published address; one set at a time
      --format FORMAT  the format of a set of your own: routellm (CSV with a True/False column for each
                       model), routerbench (CSV) or jsonl (outcome lines)
      --accept         accept a file that differs from the one fetched before
  -h, --help           show this help

The licences are the publishers'; read them before you use a set. Published checksums are verified. Where
none is published, the first fetch records one in DIR/../fetch.lock.json and later fetches must match it.
`;

interface FetchOptions {
  readonly out: string;
  readonly from: string | null;
  readonly accept: boolean;
}

/** `suffice bench fetch`. */
export async function fetchCommand(
  args: readonly string[],
  { io }: { readonly io: Io },
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string', short: 'o', default: path.join('bench-data', 'outcomes') },
      from: { type: 'string' },
      format: { type: 'string' },
      accept: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    io.out(FETCH_HELP);
    return EXIT.ok;
  }
  if (positionals.length === 0) {
    if (values.from !== undefined) throw new UsageError('--from requires the name of one set');
    io.out(SOURCES.map(describe).join('\n'));
    return EXIT.ok;
  }
  const from = values.from ?? null;
  const sources = findSources(positionals, from, values.format);
  const fetcher = new Fetcher({ out: values.out, from, accept: values.accept }, io);
  for (const source of sources) await fetcher.fetch(source);
  return EXIT.ok;
}

function describe({ name, about, licence, citation, files, hint }: Source): string {
  const pinned = files.filter(({ sha256 }) => sha256 !== null).length;
  const checks =
    files.length === 0
      ? 'checksum: not pinned; recorded on the first fetch'
      : `checksum: SHA-256 pinned for ${pinned} of ${files.length} files`;
  const lines = [
    about,
    `licence: ${licence}`,
    `cite: ${citation}`,
    checks,
    ...(hint?.split('\n') ?? []),
  ];
  return [name, ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function findSources(
  names: readonly string[],
  from: string | null,
  format: string | undefined,
): readonly Source[] {
  if (from !== null && names.length > 1) throw new UsageError('--from takes one set at a time');
  if (format !== undefined) return [customSource(names[0] ?? '', from, format)];
  if (names.includes('all')) return SOURCES.filter(({ files }) => files.length > 0);
  return names.map((name) => {
    const source = SOURCES.find((one) => one.name === name);
    if (source !== undefined) return source;
    const all = SOURCES.map((one) => one.name);
    const suggestion = nearest(name, all);
    const hint =
      suggestion === null ? `the sets are ${all.join(', ')}` : `did you mean "${suggestion}"?`;
    throw new UsageError(`unknown set "${name}"; ${hint} A set of your own needs --format`);
  });
}

function customSource(name: string, from: string | null, format: string): Source {
  const load = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (load === undefined) {
    throw new UsageError(`--format ${format}: must be one of ${Object.keys(FORMATS).join(', ')}`);
  }
  if (from === null) throw new UsageError('--format requires --from ADDRESS');
  if (!/^[\w.-]+$/u.test(name)) throw new UsageError(`"${name}" cannot be used as a file name`);
  return {
    name,
    load,
    licence: 'as its publisher states',
    citation: from,
    about: 'a set of your own',
    files: [],
    contaminated: null,
    hint: null,
  };
}

class Fetcher {
  readonly #options: FetchOptions;
  readonly #io: Io;

  constructor(options: FetchOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  async fetch(source: Source): Promise<void> {
    const { out } = this.#options;
    const files = this.#filesOf(source);
    if (files.length === 0)
      throw new DataError(`${source.name}: ${source.hint ?? 'has no address'}`);
    this.#io.err(`${source.name}: ${source.about}\n  licence: ${source.licence}\n`);
    await mkdir(out, { recursive: true });
    const lock = await FetchLock.open(path.join(out, '..', 'fetch.lock.json'));
    const contaminated =
      source.contaminated === null
        ? new Set<string>()
        : contaminatedPrompts(await this.#get(this.#mirrored(source.contaminated), lock));

    const target = path.join(out, `${source.name}.jsonl`);
    const partial = `${target}.part`;
    const lines: string[] = [];
    for (const [i, file] of files.entries()) {
      const found = await this.#get(file, lock);
      for (const line of source.load(source.name, found, contaminated)) {
        lines.push(`${JSON.stringify(line)}\n`);
      }
      this.#io.err(
        `  ${i + 1} of ${files.length}: ${found.name}, ${found.bytes} bytes, SHA-256 ${found.sha256}\n`,
      );
    }
    await writeFile(partial, lines.join(''));
    try {
      // Only a file that reads back as outcomes may get the name under which the bench finds it.
      const { lines: outcomes } = await readOutcomeFile(partial);
      await rename(partial, target);
      this.#io.out(`${target}: ${outcomes.length} prompts\n`);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  #filesOf({ files }: Source): readonly SourceFile[] {
    const { from } = this.#options;
    if (from === null) return files;
    if (isFolder(from)) return files.map((file) => this.#mirrored(file));
    if (files.length > 1) {
      throw new UsageError(
        `--from ${from}: the set has ${files.length} files, so name their folder`,
      );
    }
    return [{ url: from, sha256: files[0]?.sha256 ?? null }];
  }

  /** The same file in the mirror's folder, or next to the one file that was named. */
  #mirrored(file: SourceFile): SourceFile {
    const { from } = this.#options;
    if (from === null) return file;
    const folder = isFolder(from) ? from.replace(/\/$/u, '') : path.posix.dirname(from);
    return { ...file, url: `${folder}/${path.posix.basename(file.url)}` };
  }

  async #get({ url, sha256 }: SourceFile, lock: FetchLock): Promise<DownloadedFile> {
    const found = await download(url);
    const expected = sha256 ?? lock.hashOf(url);
    if (expected !== null && expected !== found.sha256 && !this.#options.accept) {
      const origin = sha256 === null ? 'was recorded on the first fetch' : 'is published';
      throw new DataError(
        `${url}: SHA-256 is ${found.sha256}, but ${expected} ${origin}. --accept uses the file as it is now`,
      );
    }
    await lock.record(url, found.sha256);
    return found;
  }
}

/** An address is a folder if it ends in a slash or has no file extension. */
function isFolder(address: string): boolean {
  return (
    address.endsWith('/') ||
    path.posix.extname(isUrl(address) ? new URL(address).pathname : address) === ''
  );
}
