import type { SourcedConfig } from '../config/source.js';
import type { Clock } from '../core/clock.js';
import { FaultyFileError } from '../core/errors.js';
import type { EncoderLease } from '../embed/encoder/shared-encoders.js';
import { EncoderMismatchError } from '../embed/encoder/restarting-encoder.js';
import { heuristicPredictor } from '../route/heuristic.js';
import type { FactorPredictor } from '../route/factor-predictor.js';
import type { Predictor } from '../route/predictor.js';
import { PromptReader, type EncoderFault } from '../route/prompt-reader.js';
import type { Shipped } from './shipped.js';

/** The clock, and callbacks for the state of an encoder. */
export interface EncoderHooks {
  readonly clock: Clock;
  /** The encoder cannot be opened now and is retried; until then the predictor that ships with Suffice decides. */
  readonly onEncoderMissing: (error: Error) => void;
  /** An open encoder has failed, or, with `null`, has recovered; absent in short-lived commands. */
  readonly onEncoderChange?: (error: Error | null) => void;
}

/** An operator's transformer whose vectors the predictor uses. */
export interface OwnEncoder {
  readonly reader: PromptReader;
  /** The fallback predictor, for requests whose vector is late or cannot be computed. */
  readonly standIn: Predictor;
  /** Why no vectors can be computed now; `null` if they can. */
  readonly lack: () => EncoderFault | null;
  /** Releases the encoder; its processes end when nothing else uses it. */
  readonly release: () => void;
}

/**
 * Opens the encoder that a predictor was trained for.
 *
 * @returns `null` for a predictor that uses the built-in table
 * @throws {FaultyFileError} the configuration names none, or another one than the predictor was trained for
 */
export async function openOwnEncoder(
  { encoder }: Pick<FactorPredictor, 'encoder'>,
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: EncoderHooks,
): Promise<OwnEncoder | null> {
  const { embedder, embedderMs, artefacts } = sourced.config.router;
  const folder = artefacts ?? shipped.artefacts;
  if (encoder === null) {
    if (embedder === null) return null;
    throw misfit(
      sourced,
      `the predictor in ${folder} was not trained for ${embedder}, but for the embedding table that it ships with; ${trainFor(embedder)}`,
    );
  }
  if (embedder === null) {
    throw misfit(
      sourced,
      `the predictor in ${folder} was trained for the encoder ${encoder.name} (${encoder.id}), which must be set here`,
    );
  }
  const { clock, onEncoderMissing, onEncoderChange = () => undefined } = hooks;
  const { id } = encoder;
  const lease = await shipped.cache.encoders
    .lease({ source: embedder, id, clock, onChange: onEncoderChange })
    .catch((error: unknown) => {
      if (!(error instanceof EncoderMismatchError)) throw error;
      throw misfit(
        sourced,
        `the predictor in ${folder} was trained for the encoder ${encoder.name} (${id}), and ${embedder} is ${error.found}; ${trainFor(embedder)}`,
      );
    });
  return buildOn(lease, onEncoderMissing, async () => ({
    reader: new PromptReader(lease.encoder, clock, embedderMs),
    standIn: await shippedPredictor(shipped),
    lack: () => (lease.encoder.failure === null ? null : 'encoder_failed'),
    release: lease.release,
  }));
}

/** Builds from a lease, which is released if building fails. */
async function buildOn(
  { encoder, release }: EncoderLease,
  onEncoderMissing: EncoderHooks['onEncoderMissing'],
  make: () => Promise<OwnEncoder>,
): Promise<OwnEncoder> {
  try {
    if (encoder.failure !== null) onEncoderMissing(encoder.failure);
    return await make();
  } catch (error) {
    release();
    throw error;
  }
}

/** The predictor that ships with Suffice; the heuristic if it cannot be loaded. */
async function shippedPredictor({ cache, artefacts }: Shipped): Promise<Predictor> {
  try {
    return await cache.predictor(artefacts);
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
