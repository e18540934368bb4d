import type { SourcedConfig } from '../config/source.js';
import type { Clock } from '../core/clock.js';
import { FaultyFileError } from '../core/errors.js';
import type { EncoderLease } from '../embed/encoder/shared-encoders.js';
import { OtherEncoderError } from '../embed/encoder/steady-encoder.js';
import { heuristicPredictor } from '../route/heuristic.js';
import type { FactorPredictor } from '../route/predict.js';
import type { Predictor } from '../route/predictor.js';
import { PromptReader, type Lack } from '../route/prompt-reader.js';
import type { Shipped } from './shipped.js';

/** What opening an encoder tells of. */
export interface EncoderHooks {
  readonly clock: Clock;
  /** The encoder cannot be opened now, and is tried again by and by; until then the predictor that ships decides. */
  readonly onEncoderMissing: (error: Error) => void;
  /** It was open and has failed, or, with `null`, is well again; absent where nothing runs long enough for that. */
  readonly onEncoderChange?: (trouble: Error | null) => void;
}

/** A transformer of the operator's, by whose vectors decisions are made. */
export interface OwnEncoder {
  readonly reader: PromptReader;
  /** Decides on requests whose vector is late or cannot be made. */
  readonly standIn: Predictor;
  /** Why no vector can be made now; `null` where they are. */
  readonly lack: () => Lack | null;
  /** Its processes end when nobody else uses it. */
  readonly release: () => void;
}

/**
 * Opens the encoder that a predictor reads by.
 *
 * @returns `null` for a predictor that reads by the table
 * @throws {FaultyFileError} the configuration names none, or another one than the predictor was trained for
 */
export async function openOwnEncoder(
  { encoder: wanted }: Pick<FactorPredictor, 'encoder'>,
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: EncoderHooks,
): Promise<OwnEncoder | null> {
  const { embedder, embedderMs, artefacts } = sourced.config.router;
  const folder = artefacts ?? shipped.artefacts;
  if (wanted === null) {
    if (embedder === null) return null;
    throw misfit(
      sourced,
      `the predictor in ${folder} was not trained for ${embedder}, but for the table that it comes with; ${trainFor(embedder)}`,
    );
  }
  if (embedder === null) {
    throw misfit(
      sourced,
      `the predictor in ${folder} was trained for the encoder ${wanted.name} (${wanted.id}), which must be named here`,
    );
  }
  const { clock, onEncoderMissing, onEncoderChange = () => undefined } = hooks;
  const { id } = wanted;
  const lease = await shipped.shelf.encoders
    .lease({ source: embedder, id, clock, onChange: onEncoderChange })
    .catch((error: unknown) => {
      if (!(error instanceof OtherEncoderError)) throw error;
      throw misfit(
        sourced,
        `the predictor in ${folder} was trained for the encoder ${wanted.name} (${id}), and ${embedder} is ${error.found}; ${trainFor(embedder)}`,
      );
    });
  return inUse(lease, onEncoderMissing, async () => ({
    reader: new PromptReader(lease.encoder, clock, embedderMs),
    standIn: await shippedPredictor(shipped),
    lack: () => (lease.encoder.trouble === null ? null : 'encoder_failed'),
    release: lease.release,
  }));
}

/** What is made of a lease, which is released where nothing can be. */
async function inUse(
  { encoder, release }: EncoderLease,
  onEncoderMissing: EncoderHooks['onEncoderMissing'],
  make: () => Promise<OwnEncoder>,
): Promise<OwnEncoder> {
  try {
    if (encoder.trouble !== null) onEncoderMissing(encoder.trouble);
    return await make();
  } catch (error) {
    release();
    throw error;
  }
}

/** Without it, which an installation has, the heuristic still stands in. */
async function shippedPredictor({ shelf, artefacts }: Shipped): Promise<Predictor> {
  try {
    return await shelf.predictor(artefacts);
  } catch {
    return heuristicPredictor();
  }
}

function trainFor(embedder: string): string {
  return `train one with "npm run train -- --data DATA --embedder ${embedder} --out FOLDER" and set "router.artefacts" to the folder`;
}

function misfit({ fault }: SourcedConfig, message: string): FaultyFileError {
  return new FaultyFileError([fault(['router', 'embedder'], `${message}.`)]);
}
