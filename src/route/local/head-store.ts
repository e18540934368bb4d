import { createHash } from 'node:crypto';
import { access, constants, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { errorCodeOf } from '../../core/errors.js';
import { ArtefactError } from '../../embed/artefact.js';
import { packHead, readHead, type StoredHead } from './head-artefact.js';

const pointer = z.strictObject({
  version: z.literal(1),
  /** The head in force; `null` for none. */
  head: z.string().nullable(),
  changed: z.string(),
  /** Heads that were in force before, the latest last; absent in files of earlier versions. */
  before: z.array(z.string()).optional(),
});
/** Previous heads that are recorded. */
const MAX_PREVIOUS = 50;

const FILE = /^(\d{4,})-([0-9a-f]{12})\.bin$/u;

/** A stored head, and whether it is in force. */
export interface ListedHead {
  /** `0003-ab12cd34ef56`: its number, and the start of its hash. */
  readonly id: string;
  readonly inForce: boolean;
  /** `null` if the file cannot be read. */
  readonly stored: StoredHead | null;
}

/**
 * The heads of one gateway: one file each, never modified, and `current.json`, which names the one in force.
 *
 * Writes are atomic: to a temporary file, which is synced, then renamed.
 */
export class HeadStore {
  readonly folder: string;
  /** Written whenever another head is put in force. */
  readonly pointerFile: string;

  constructor(folder: string) {
    this.folder = folder;
    this.pointerFile = path.join(folder, 'current.json');
  }

  /**
   * The id of the head in force, `null` for none.
   *
   * @throws {ArtefactError} the pointer is damaged
   */
  async current(): Promise<string | null> {
    return (await this.#pointer())?.head ?? null;
  }

  /** @throws {ArtefactError} the pointer is damaged */
  async #pointer(): Promise<z.infer<typeof pointer> | null> {
    let text: string;
    try {
      text = await readFile(this.pointerFile, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new ArtefactError(this.pointerFile, 'the file cannot be read', { cause });
    }
    const parsed = pointer.safeParse(jsonOf(text));
    if (!parsed.success) throw new ArtefactError(this.pointerFile, 'not a pointer to a head');
    return parsed.data;
  }

  /**
   * The heads that were in force before, the latest last; without those that cannot be read any more.
   *
   * @throws {ArtefactError} the pointer is damaged
   */
  async previous(): Promise<readonly string[]> {
    const now = await this.#pointer();
    if (now === null) return [];
    const ids = await this.#ids();
    // Files of earlier versions: heads were in force in the order of their numbers.
    const before =
      now.before ?? ids.slice(0, now.head === null ? undefined : ids.indexOf(now.head));
    return before.filter((id) => ids.includes(id) && this.#readable(id) !== null);
  }

  /**
   * Puts the previous head in force again, or the last one if none is in force.
   *
   * @returns its id; `null` if there was none
   * @throws {ArtefactError} the pointer is damaged
   */
  async rollback(nowIso: string): Promise<string | null> {
    const before = await this.previous();
    const id = before.at(-1) ?? null;
    if (id !== null) await this.#point(id, before.slice(0, -1), nowIso);
    return id;
  }

  /** @throws {ArtefactError} there is no such head, or its file is damaged or has another hash */
  read(id: string): StoredHead {
    const file = path.join(this.folder, `${id}.bin`);
    const stored = readHead(file);
    if (!id.endsWith(stored.hash)) {
      throw new ArtefactError(file, `expected hash ${id.slice(-12)}, found ${stored.hash}`);
    }
    return stored;
  }

  /** All heads, oldest first; none is in force if the pointer is damaged. */
  async list(): Promise<readonly ListedHead[]> {
    const current = await unlessDamaged(this.current(), null);
    return (await this.#ids()).map((id) => ({
      id,
      inForce: id === current,
      stored: this.#readable(id),
    }));
  }

  /** Creates the folder. @throws {ArtefactError} if heads cannot be written there */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
      await access(this.folder, constants.W_OK);
    } catch (cause) {
      throw new ArtefactError(this.folder, `nothing can be written here (${errorCodeOf(cause)})`, {
        cause,
      });
    }
  }

  /** Writes a head and puts it in force. @returns its id */
  async install(head: Omit<StoredHead, 'hash'>, nowIso: string): Promise<string> {
    const bytes = packHead(head);
    await this.prepare();
    const numbers = (await this.#ids()).map((id) => Number(FILE.exec(`${id}.bin`)?.[1] ?? 0));
    const number = String(Math.max(0, ...numbers) + 1).padStart(4, '0');
    const id = `${number}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
    await writeAtomically(path.join(this.folder, `${id}.bin`), bytes);
    await this.use(id, nowIso);
    return id;
  }

  /**
   * Puts a head in force, even if the pointer is damaged.
   *
   * @param id - `null` for none
   * @throws {ArtefactError} there is no such head, or it is damaged
   */
  async use(id: string | null, nowIso: string): Promise<void> {
    if (id !== null) this.read(id);
    const current = await unlessDamaged(this.current(), null);
    const before = await unlessDamaged(this.previous(), []);
    const isReplaced = current !== null && current !== id;
    await this.#point(id, isReplaced ? [...before, current] : before, nowIso);
  }

  async #point(id: string | null, before: readonly string[], nowIso: string): Promise<void> {
    await this.prepare();
    const kept = before.slice(-MAX_PREVIOUS);
    const text = JSON.stringify({ version: 1, head: id, changed: nowIso, before: kept }, null, 2);
    await writeAtomically(this.pointerFile, Buffer.from(`${text}\n`));
  }

  async #ids(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.folder);
      const files = names.filter((name) => FILE.test(name));
      return files.map((name) => name.slice(0, -4)).toSorted((a, b) => numberOf(a) - numberOf(b));
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === 'ENOENT') return [];
      throw new ArtefactError(this.folder, `the folder cannot be read (${code})`, { cause: error });
    }
  }

  #readable(id: string): StoredHead | null {
    try {
      return this.read(id);
    } catch (error) {
      if (error instanceof ArtefactError) return null;
      throw error;
    }
  }
}

async function unlessDamaged<T>(promise: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ArtefactError) return otherwise;
    throw error;
  }
}

function numberOf(id: string): number {
  return Number.parseInt(id, 10);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The schema rejects it, like everything else that is not a pointer.
    return null;
  }
}

async function writeAtomically(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
