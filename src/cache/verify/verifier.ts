import path from 'node:path';
import * as z from 'zod';
import { ArtefactError, openArtefact } from '../../embed/artefact.js';
import { StaticEmbedder } from '../../embed/static-embedder.js';
import { sliceTrees, TreeEnsemble } from './boosted-trees.js';
import { calibrate, type Calibration } from './calibration.js';
import { haveSameWording, analyseQuestion, type AnalysedQuestion } from './analysed-question.js';
import { dot } from './dot-product.js';
import { DIFFERENCE_INPUTS, DifferenceWeights } from './word-differences.js';
import type { QuestionJudge, QuestionCodec, PreparedQuestion, Verdict } from './judge.js';
import { Lexicon } from './lexicon.js';
import { readNetworkTables, networkShapeSchema } from './network-tables.js';
import { NETWORK_FEATURE, PAIR_FEATURES, pairFeatures } from './pair-features.js';
import { decodeFacts, encodeFacts } from './facts-codec.js';
import { extractFacts, firstVeto, applyVetoRules } from './veto.js';
import type { VetoResults, QuestionFacts, Veto } from './veto.js';
import { WordNetwork } from './word-network.js';
import { WordTable } from './word-table.js';
import { WORDING_BUCKETS, WordingWeights } from './wordings.js';
import { readWords } from './words.js';

/** The `kind` in the header of `models/verifier.bin`. */
export const VERIFIER_KIND = 'pair-verifier';
/** Version of the table layout; files of any other version are rejected. */
export const VERIFIER_VERSION = 6;

/**
 * Log odds of the early trees below which the network is not run: the pair is hopeless. Of 2,458 development pairs that end up
 * with a probability of 0.9 or more, 3 are below it; of 3,275 with 0.8 or more, 9.
 */
const MIN_EARLY_LOG_ODDS = -0.5;

const metaSchema = z
  .object({
    features: z.array(z.string()),
    depth: z.int().min(1).max(12),
    trees: z.int().positive(),
    /** Number of trees, from the front, that do not read the network's output. */
    early: z.int().positive(),
    network: networkShapeSchema,
    start: z.number(),
    lexicon: z.object({
      words: z.int().nonnegative(),
      senses: z.int().nonnegative(),
      kinds: z.int().nonnegative(),
    }),
    calibration: z.object({
      scale: z.number().nonnegative(),
      shift: z.number(),
      least: z.number(),
      most: z.number(),
    }),
  })
  .refine(({ early, trees }) => early < trees, {
    path: ['early'],
    error: 'fewer than all trees do without the network',
  });

/** The trained parts of the verifier, all from one artefact. */
interface VerifierModel {
  /** Hash of the file. */
  readonly hash: string;
  readonly early: TreeEnsemble;
  readonly late: TreeEnsemble;
  readonly network: WordNetwork;
  readonly start: number;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
  readonly calibration: Calibration;
  readonly lexicon: Lexicon;
}

/**
 * Estimates how likely the answer to one question is right for another.
 *
 * Boosted trees over `PAIR_FEATURES`: words that only one question has, what replaces them, word order,
 * names, numbers, code, and the similarity of the whole. Vetoes come from rules and are reported
 * separately from the probability.
 */
export class Verifier implements QuestionJudge {
  readonly revision: string;
  readonly codec: QuestionCodec;
  readonly #embedder: StaticEmbedder;
  readonly #words: WordTable;
  readonly #learnt: VerifierModel;
  /** Reused for every pair, so that judging a pair creates no garbage. */
  readonly #features = new Float32Array(PAIR_FEATURES.length);

  private constructor(embedder: StaticEmbedder, learnt: VerifierModel) {
    this.#embedder = embedder;
    this.#words = new WordTable(embedder, learnt.lexicon);
    this.#learnt = learnt;
    this.revision = `${learnt.hash}-${embedder.id}`;
    this.codec = {
      encode: (question) => encodeFacts(this.#opened(question).facts),
      decode: (text, note) => {
        const embed = (): Float32Array => this.#embedder.embed(text);
        return new LazyQuestion(text, this.#words, { note, embed });
      },
    };
  }

  /**
   * Loads `verifier.bin`, and `embedder.bin` unless one is given.
   *
   * @param folder - of the artefacts
   * @throws {ArtefactError} a file is missing, truncated, of another kind or version, or was trained on other features
   */
  static load(folder: string, embedder?: StaticEmbedder): Verifier {
    const own = embedder ?? StaticEmbedder.load(path.join(folder, 'embedder.bin'));
    return new Verifier(own, readModel(path.join(folder, 'verifier.bin')));
  }

  /** Only embeds the text; its words are read on the first comparison. */
  read(text: string, vector?: Float32Array): PreparedQuestion {
    const read = { vector: vector ?? this.#embedder.embed(text) };
    return new LazyQuestion(text, this.#words, read);
  }

  /** Similarity and probability are computed on first access: a vetoed pair seldom needs them. */
  judge(one: PreparedQuestion, other: PreparedQuestion): Verdict {
    const [question, cached] = [this.#opened(one), this.#opened(other)];
    const objections = applyVetoRules(question.facts, cached.facts);
    return new LazyVerdict(question, cached, firstVeto(objections), () =>
      this.#probability(question.compared, cached.compared, objections),
    );
  }

  #probability(
    question: AnalysedQuestion,
    cached: AnalysedQuestion,
    objections: VetoResults,
  ): number {
    const { early, late, network, start, calibration, differences, wordings } = this.#learnt;
    // Same wording, so nothing is left to compare: the highest probability that calibration allows.
    if (haveSameWording(question, cached)) return calibrate(calibration, Infinity);
    const { identityDims } = this.#embedder;
    const known = { identityDims, objections, differences, wordings };
    const features = pairFeatures(question, cached, known, this.#features);
    const first = start + early.score(features);
    if (first < MIN_EARLY_LOG_ODDS) return calibrate(calibration, first);
    features[NETWORK_FEATURE] = network.score(
      question.contextualWords(network),
      cached.contextualWords(network),
    );
    return calibrate(calibration, first + late.score(features));
  }

  /** A question that another judge has read is read again. */
  #opened(question: PreparedQuestion): LazyQuestion {
    if (question instanceof LazyQuestion) return question;
    return new LazyQuestion(question.text, this.#words, question);
  }
}

/** A verdict whose numbers are computed on first access. */
class LazyVerdict implements Verdict {
  readonly veto: Veto | null;
  readonly #question: PreparedQuestion;
  readonly #cached: PreparedQuestion;
  readonly #claimed: () => number;
  #similarity: number | null = null;
  #probability: number | null = null;

  constructor(
    question: PreparedQuestion,
    cached: PreparedQuestion,
    veto: Veto | null,
    claimed: () => number,
  ) {
    this.veto = veto;
    this.#question = question;
    this.#cached = cached;
    this.#claimed = claimed;
  }

  get similarity(): number {
    const { vector } = this.#question;
    this.#similarity ??= Math.max(-1, Math.min(1, dot(vector, this.#cached.vector)));
    return this.#similarity;
  }

  get probability(): number {
    this.#probability ??= this.#question.text === this.#cached.text ? 1 : this.#claimed();
    return this.#probability;
  }
}

/** What a question is made from: its vector, or its note and a function that computes the vector again. */
type QuestionSource =
  { readonly vector: Float32Array } | { readonly note: string; readonly embed: () => Float32Array };

/** A question whose parts are computed on first access. */
class LazyQuestion implements PreparedQuestion {
  readonly text: string;
  readonly #table: WordTable;
  readonly #known: QuestionSource;
  #vector: Float32Array | null = null;
  #facts: QuestionFacts | null = null;
  #compared: AnalysedQuestion | null = null;

  constructor(text: string, table: WordTable, known: QuestionSource) {
    this.text = text;
    this.#table = table;
    this.#known = known;
  }

  get vector(): Float32Array {
    const known = this.#known;
    this.#vector ??= 'vector' in known ? known.vector : known.embed();
    return this.#vector;
  }

  get facts(): QuestionFacts {
    const known = this.#known;
    this.#facts ??=
      'note' in known ? decodeFacts(known.note) : extractFacts(this.text, readWords(this.text));
    return this.#facts;
  }

  get compared(): AnalysedQuestion {
    this.#compared ??= analyseQuestion(this.text, this.#table, this.vector, this.facts);
    return this.#compared;
  }
}

function readModel(file: string): VerifierModel {
  const artefact = openArtefact(file, { kind: VERIFIER_KIND, version: VERIFIER_VERSION });
  const parsed = metaSchema.safeParse(artefact.meta);
  if (!parsed.success) {
    throw new ArtefactError(file, `the header is damaged: ${z.prettifyError(parsed.error)}`);
  }
  const { features, depth, trees, early, start, calibration, lexicon, network } = parsed.data;
  if (features.join() !== PAIR_FEATURES.join()) {
    throw new ArtefactError(file, `uses other features: ${features.join(', ')}`);
  }
  const nodes = 2 ** depth - 1;
  const all = {
    depth,
    features: artefact.i32('features', trees * nodes),
    thresholds: artefact.f32('thresholds', trees * nodes),
    leaves: artefact.f32('leaves', trees * (nodes + 1)),
  };
  return {
    hash: artefact.hash,
    start,
    calibration,
    early: new TreeEnsemble(sliceTrees(all, 0, early)),
    late: new TreeEnsemble(sliceTrees(all, early, trees)),
    network: new WordNetwork(network, readNetworkTables(artefact, network)),
    differences: new DifferenceWeights(artefact.f32('differences', DIFFERENCE_INPUTS)),
    wordings: new WordingWeights(artefact.f32('wordings', WORDING_BUCKETS)),
    lexicon: new Lexicon({
      words: artefact.u32('lexiconWords', lexicon.words),
      senseStarts: artefact.u32('lexiconSenseStarts', lexicon.words + 1),
      senses: artefact.u32('lexiconSenses', lexicon.senses),
      senseCounts: artefact.u32('lexiconSenseCounts', lexicon.words),
      kindStarts: artefact.u32('lexiconKindStarts', lexicon.words + 1),
      kinds: artefact.u32('lexiconKinds', lexicon.kinds),
    }),
  };
}
