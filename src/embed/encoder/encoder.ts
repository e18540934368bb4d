import { fork, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ArtefactError } from '../artefact.js';
import type { EncoderFacts, EncoderReply, EncoderSetup, EncodeRequest } from './messages.js';

/** How an encoder is run. */
export interface EncoderOptions {
  /** Processes, each with a copy of the model; at least 1. */
  readonly processes: number;
  /** Where models that are given by name are stored once downloaded. */
  readonly cacheFolder: string;
  /** The compiled `encoder-process`; the one beside this file when absent. */
  readonly processFile?: string | undefined;
  /** Node options for the processes; none when absent. */
  readonly execArgv?: readonly string[] | undefined;
  /**
   * Texts that a process is given at once; 32 when absent. With 1, a vector depends on its text alone: models with 8-bit weights
   * quantise by the largest number of the whole batch.
   */
  readonly maxBatch?: number | undefined;
}

/** Default of `EncoderOptions.maxBatch`: larger batches add latency without raising throughput. */
const MAX_BATCH = 32;

const PROCESS_FILE = fileURLToPath(new URL('./encoder-process.js', import.meta.url));

/** A text that waits to be encoded. */
interface PendingText {
  readonly text: string;
  readonly isWanted: () => boolean;
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A transformer that turns texts into vectors, run in processes of its own.
 *
 * A text is encoded at once if a process is free; while all are busy, texts queue up and are then
 * encoded in a batch.
 */
export class Encoder {
  /** Changes with every byte of the model or its tokenizer, so that vectors of two models are never mixed. */
  readonly id: string;
  readonly dims: number;
  readonly #source: string;
  readonly #all: readonly ChildProcess[];
  readonly #free: ChildProcess[];
  readonly #busy = new Map<ChildProcess, readonly PendingText[]>();
  readonly #queue: PendingText[] = [];
  readonly #maxBatch: number;
  /** Resolves with the reason when it stops encoding. */
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
      // An idle encoder does not keep this process alive; its processes end with it.
      child.unref();
      child.channel?.unref();
      child.on('message', (message: EncoderReply) => {
        this.#receive(child, message);
      });
      child.on('exit', () => {
        this.#fail(new ArtefactError(source, 'an encoder process has exited'));
      });
      // Sending to a process that has just ended must not end this one.
      child.on('error', (error) => {
        this.#fail(new ArtefactError(source, error.message));
      });
    }
  }

  /**
   * Loads a model in the format that `@xenova/transformers` reads.
   *
   * @param source - a folder with `config.json`, `tokenizer.json` and `onnx/model_quantized.onnx` or
   *   `onnx/model.onnx`; or a name such as `Xenova/bge-small-en-v1.5`, downloaded when first used
   * @throws {ArtefactError} the package or the model cannot be loaded, or the model cannot be run
   */
  static async open(source: string, options: EncoderOptions): Promise<Encoder> {
    const { processes, cacheFolder, processFile = PROCESS_FILE, maxBatch = MAX_BATCH } = options;
    const { execArgv = [] } = options;
    const setup: EncoderSetup = { source, cacheFolder };
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
      if (first === undefined) throw new RangeError('an encoder needs at least one process');
      return new Encoder(source, first, { children, maxBatch });
    } catch (error) {
      for (const child of children) child.kill('SIGKILL');
      throw error;
    }
  }

  /**
   * @param isWanted - called before the text is encoded: a text that nobody waits for any more is rejected, to make room for others
   * @returns unit length, shape [dims]
   * @throws {ArtefactError} the model failed, or the encoder is closed
   */
  encode(text: string, isWanted = always): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#queue.push({ text, isWanted, resolve, reject });
      this.#send();
    });
  }

  /** Ends the processes; pending texts are rejected. */
  close(): void {
    this.#fail(new ArtefactError(this.#source, 'the encoder is closed'));
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #send(): void {
    if (this.#free.length === 0) return;
    const batch = this.#nextBatch();
    const child = batch.length > 0 ? this.#free.pop() : undefined;
    if (child === undefined) return;
    this.#busy.set(child, batch);
    child.channel?.ref();
    child.send({ texts: batch.map(({ text }) => text) } satisfies EncodeRequest);
  }

  #nextBatch(): readonly PendingText[] {
    const batch: PendingText[] = [];
    while (batch.length < this.#maxBatch) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if (next.isWanted()) batch.push(next);
      else
        next.reject(new ArtefactError(this.#source, 'the request for this vector was cancelled'));
    }
    return batch;
  }

  #receive(child: ChildProcess, message: EncoderReply): void {
    const batch = this.#busy.get(child) ?? [];
    this.#busy.delete(child);
    child.channel?.unref();
    this.#free.push(child);
    if (message.kind === 'vectors') {
      batch.forEach(({ resolve }, i) => {
        resolve(message.vectors.slice(i * this.dims, (i + 1) * this.dims));
      });
    } else {
      const why =
        message.kind === 'failed' ? message.why : 'unexpected message from the encoder process';
      for (const { reject } of batch) reject(new ArtefactError(this.#source, why));
    }
    this.#send();
  }

  /** Rejects all pending and future texts. */
  #fail(failure: ArtefactError): void {
    this.#failure ??= failure;
    this.#end(this.#failure);
    const pending = [...this.#queue.splice(0), ...[...this.#busy.values()].flat()];
    this.#busy.clear();
    for (const { reject } of pending) reject(this.#failure);
  }
}

const always = (): boolean => true;

/** Output of the runtime does not belong in this program's output. */
const QUIET: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];

function factsFrom(child: ChildProcess, setup: EncoderSetup): Promise<EncoderFacts> {
  const refusal = (why: string) => new ArtefactError(setup.source, why);
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      reject(refusal(`the encoder process exited (${signal ?? `exit code ${code ?? '?'}`})`));
    });
    child.once('error', (error) => {
      reject(refusal(error.message));
    });
    child.once('message', (message: EncoderReply) => {
      child.removeAllListeners();
      if (message.kind === 'ready') resolve(message.facts);
      else
        reject(
          refusal(
            message.kind === 'failed' ? message.why : 'unexpected message from the encoder process',
          ),
        );
    });
    child.send(setup);
  });
}
