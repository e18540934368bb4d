import { fork, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ArtefactError } from '../artefact.js';
import type { EncoderFacts, FromProcess, ProcessSetup, ToProcess } from './messages.js';

/** How an encoder is run. */
export interface EncoderOptions {
  /** Processes, each with a copy of the model; at least 1. */
  readonly processes: number;
  /** Where models named rather than given as a folder are kept once downloaded. */
  readonly cacheFolder: string;
  /** The compiled `encoder-process`; the one beside this file when absent. */
  readonly processFile?: string | undefined;
  /** Arguments of Node for the processes; none when absent. */
  readonly execArgv?: readonly string[] | undefined;
  /**
   * Texts that a process is given at once; 32 when absent. With 1 a vector depends on nothing but its text: models with 8-bit weights
   * round by the largest number of a whole batch.
   */
  readonly maxBatch?: number | undefined;
}

/** Texts that a process is given at once: more wait longer without going faster. */
const MAX_BATCH = 32;

const PROCESS_FILE = fileURLToPath(new URL('./encoder-process.js', import.meta.url));

interface Wish {
  readonly text: string;
  readonly isWanted: () => boolean;
  readonly grant: (vector: Float32Array) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * A transformer that turns texts into vectors, run in processes of its own.
 *
 * A text that comes alone is encoded at once; while all processes are busy, texts gather and are
 * then encoded together.
 */
export class Encoder {
  /** Changes with every byte of the model or its tokenizer, so that vectors of two are never mixed. */
  readonly id: string;
  readonly dims: number;
  readonly #source: string;
  readonly #all: readonly ChildProcess[];
  readonly #free: ChildProcess[];
  readonly #busy = new Map<ChildProcess, readonly Wish[]>();
  readonly #waiting: Wish[] = [];
  readonly #maxBatch: number;
  /** Resolves when it encodes no more, with the reason. */
  readonly ended: Promise<ArtefactError>;
  #end: (why: ArtefactError) => void = () => undefined;
  #failure: ArtefactError | null = null;

  private constructor(
    source: string,
    facts: EncoderFacts,
    { children, maxBatch }: { children: readonly ChildProcess[]; maxBatch: number },
  ) {
    this.#maxBatch = maxBatch;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.id = facts.id;
    this.dims = facts.dims;
    this.#source = source;
    this.#all = children;
    this.#free = [...children];
    for (const child of children) {
      // An encoder that is idle keeps no program from ending; its process ends with that.
      child.unref();
      child.channel?.unref();
      child.on('message', (message: FromProcess) => {
        this.#receive(child, message);
      });
      child.on('exit', () => {
        this.#fail(new ArtefactError(source, 'a process of the encoder has ended'));
      });
      // What is sent to a process that has just ended must not end this one.
      child.on('error', (error) => {
        this.#fail(new ArtefactError(source, error.message));
      });
    }
  }

  /**
   * Loads a model in the form that `@xenova/transformers` reads.
   *
   * @param source - a folder with `config.json`, `tokenizer.json` and `onnx/model_quantized.onnx` or
   *   `onnx/model.onnx`; or a name such as `Xenova/bge-small-en-v1.5`, downloaded when first used
   * @throws {ArtefactError} the package or the model cannot be had, or the model cannot be run
   */
  static async open(source: string, options: EncoderOptions): Promise<Encoder> {
    const { processes, cacheFolder, processFile = PROCESS_FILE, maxBatch = MAX_BATCH } = options;
    const { execArgv = [] } = options;
    const setup: ProcessSetup = { source, cacheFolder };
    const children = Array.from({ length: processes }, () =>
      fork(processFile, [], {
        serialization: 'advanced',
        execArgv: [...execArgv],
        stdio: QUIET,
      }),
    );
    try {
      const facts = await Promise.all(children.map((child) => factsFrom(child, setup)));
      const [first] = facts;
      if (first === undefined) throw new RangeError('an encoder needs a process');
      return new Encoder(source, first, { children, maxBatch });
    } catch (error) {
      for (const child of children) child.kill('SIGKILL');
      throw error;
    }
  }

  /**
   * @param isWanted - asked before the text's turn comes: what nobody waits for any more is refused, so that the rest is in time
   * @returns unit length, shape [dims]
   * @throws {ArtefactError} the model failed, or the encoder is closed
   */
  encode(text: string, isWanted = always): Promise<Float32Array> {
    return new Promise((grant, refuse) => {
      if (this.#failure !== null) {
        refuse(this.#failure);
        return;
      }
      this.#waiting.push({ text, isWanted, grant, refuse });
      this.#send();
    });
  }

  /** Ends the processes; what is not yet encoded is refused. */
  close(): void {
    this.#fail(new ArtefactError(this.#source, 'the encoder is closed'));
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #send(): void {
    if (this.#free.length === 0) return;
    const wishes = this.#nextBatch();
    const child = wishes.length > 0 ? this.#free.pop() : undefined;
    if (child === undefined) return;
    this.#busy.set(child, wishes);
    child.channel?.ref();
    child.send({ texts: wishes.map(({ text }) => text) } satisfies ToProcess);
  }

  #nextBatch(): readonly Wish[] {
    const wishes: Wish[] = [];
    while (wishes.length < this.#maxBatch) {
      const wish = this.#waiting.shift();
      if (wish === undefined) break;
      if (wish.isWanted()) wishes.push(wish);
      else wish.refuse(new ArtefactError(this.#source, 'nobody waits for this vector any more'));
    }
    return wishes;
  }

  #receive(child: ChildProcess, message: FromProcess): void {
    const wishes = this.#busy.get(child) ?? [];
    this.#busy.delete(child);
    child.channel?.unref();
    this.#free.push(child);
    if (message.kind === 'vectors') {
      wishes.forEach(({ grant }, i) => {
        grant(message.vectors.slice(i * this.dims, (i + 1) * this.dims));
      });
    } else {
      const why = message.kind === 'failed' ? message.why : 'an unexpected answer';
      for (const { refuse } of wishes) refuse(new ArtefactError(this.#source, why));
    }
    this.#send();
  }

  /** Refuses everything, now and later. */
  #fail(failure: ArtefactError): void {
    this.#failure ??= failure;
    this.#end(this.#failure);
    const wishes = [...this.#waiting.splice(0), ...[...this.#busy.values()].flat()];
    this.#busy.clear();
    for (const { refuse } of wishes) refuse(this.#failure);
  }
}

const always = (): boolean => true;

/** What the runtime prints is no part of this program's output. */
const QUIET: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];

function factsFrom(child: ChildProcess, setup: ProcessSetup): Promise<EncoderFacts> {
  const refusal = (why: string) => new ArtefactError(setup.source, why);
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      reject(refusal(`the model ended its process (${signal ?? `exit code ${code ?? '?'}`})`));
    });
    child.once('error', (error) => {
      reject(refusal(error.message));
    });
    child.once('message', (message: FromProcess) => {
      child.removeAllListeners();
      if (message.kind === 'ready') resolve(message.facts);
      else reject(refusal(message.kind === 'failed' ? message.why : 'an unexpected answer'));
    });
    child.send(setup);
  });
}
