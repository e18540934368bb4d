import path from 'node:path';
import * as z from 'zod';
import { ArtefactError, openArtefact } from '../../embed/artefact.js';
import { StaticEmbedder } from '../../embed/static-embedder.js';
import { treesBetween, TreeSum } from './boosted-trees.js';
import { calibrated, type Calibration } from './claim.js';
import { areWordedAlike, readQuestion, type ComparedQuestion } from './compared-question.js';
import { dot } from './dot.js';
import { DIFFERENCE_INPUTS, DifferenceWeights } from './difference.js';
import type { QuestionJudge, QuestionNotes, ReadQuestion, Verdict } from './judge.js';
import { Lexicon } from './lexicon.js';
import { networkIn, networkShapeSchema } from './network-in-artefact.js';
import { NETWORK_FEATURE, PAIR_FEATURES, pairFeatures } from './pair-features.js';
import { factsIn, noteOf } from './question-note.js';
import { factsOf, firstObjection, objectionsTo } from './veto.js';
import type { Objections, QuestionFacts, Veto } from './veto.js';
import { WordNetwork } from './word-network.js';
import { WordTable } from './word-table.js';
import { WORDING_PLACES, WordingWeights } from './wording.js';
import { readWords } from './words.js';

/** What `models/verifier.bin` calls itself. */
export const VERIFIER_KIND = 'pair-verifier';
/** Version of what its tables mean; older and newer files are refused. */
export const VERIFIER_VERSION = 6;

/**
 * What the first trees add up to where they leave no doubt: below this. Of 2,458 pairs for choosing that are given 0.9 or more in the end they
 * thought so little of 3, of 3,275 that are given 0.8 of 9.
 */
const HOPELESS = -0.5;

const metaSchema = z
  .object({
    features: z.array(z.string()),
    depth: z.int().min(1).max(12),
    trees: z.int().positive(),
    /** Of the trees, those in front that do without the network. */
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

/** What is learned of pairs; all of it together is one artefact. */
interface Learnt {
  /** Of the file. */
  readonly hash: string;
  readonly early: TreeSum;
  readonly late: TreeSum;
  readonly network: WordNetwork;
  readonly start: number;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
  readonly calibration: Calibration;
  readonly lexicon: Lexicon;
}

/**
 * Says how likely the answer to one question is right for another.
 *
 * Boosted trees over `PAIR_FEATURES`: which words one has and the other lacks, what stands in their
 * place, their order, names, numbers, code, and the likeness of the whole. Vetoes are rules and are told
 * beside the probability.
 */
export class Verifier implements QuestionJudge {
  readonly revision: string;
  readonly notes: QuestionNotes;
  readonly #embedder: StaticEmbedder;
  readonly #words: WordTable;
  readonly #learnt: Learnt;
  /** Of the pair that is judged: an array for each would have to be collected while requests wait. */
  readonly #features = new Float32Array(PAIR_FEATURES.length);

  private constructor(embedder: StaticEmbedder, learnt: Learnt) {
    this.#embedder = embedder;
    this.#words = new WordTable(embedder, learnt.lexicon);
    this.#learnt = learnt;
    this.revision = `${learnt.hash}-${embedder.id}`;
    this.notes = {
      note: (question) => noteOf(this.#opened(question).facts),
      open: (text, note) => {
        const embed = (): Float32Array => this.#embedder.embed(text);
        return new OpenQuestion(text, this.#words, { note, embed });
      },
    };
  }

  /**
   * Loads `verifier.bin`, and `embedder.bin` unless one is given.
   *
   * @param folder - of artefacts
   * @throws {ArtefactError} one is missing, truncated, foreign, of another version, or looks at other features
   */
  static load(folder: string, embedder?: StaticEmbedder): Verifier {
    const own = embedder ?? StaticEmbedder.load(path.join(folder, 'embedder.bin'));
    return new Verifier(own, readLearnt(path.join(folder, 'verifier.bin')));
  }

  /** Embeds only; the words are read when the question is compared first. */
  read(text: string, vector?: Float32Array): ReadQuestion {
    const read = { vector: vector ?? this.#embedder.embed(text) };
    return new OpenQuestion(text, this.#words, read);
  }

  /** What is vetoed hardly needs the rest, so that is worked out when it is looked at first. */
  judge(one: ReadQuestion, other: ReadQuestion): Verdict {
    const [asked, kept] = [this.#opened(one), this.#opened(other)];
    const objections = objectionsTo(asked.facts, kept.facts);
    return new LazyVerdict(asked, kept, firstObjection(objections), () =>
      this.#probability(asked.compared, kept.compared, objections),
    );
  }

  #probability(asked: ComparedQuestion, kept: ComparedQuestion, objections: Objections): number {
    const { early, late, network, start, calibration, differences, wordings } = this.#learnt;
    // Nothing is left to be weighed: as sure as one can be of two texts.
    if (areWordedAlike(asked, kept)) return calibrated(calibration, Infinity);
    const { identityDims } = this.#embedder;
    const known = { identityDims, objections, differences, wordings };
    const features = pairFeatures(asked, kept, known, this.#features);
    const first = start + early.of(features);
    if (first < HOPELESS) return calibrated(calibration, first);
    features[NETWORK_FEATURE] = network.score(asked.inContext(network), kept.inContext(network));
    return calibrated(calibration, first + late.of(features));
  }

  /** What another judge has read is read again. */
  #opened(question: ReadQuestion): OpenQuestion {
    if (question instanceof OpenQuestion) return question;
    return new OpenQuestion(question.text, this.#words, question);
  }
}

/** A verdict of which each number is worked out once it is asked for. */
class LazyVerdict implements Verdict {
  readonly veto: Veto | null;
  readonly #asked: ReadQuestion;
  readonly #kept: ReadQuestion;
  readonly #claimed: () => number;
  #similarity: number | null = null;
  #probability: number | null = null;

  constructor(asked: ReadQuestion, kept: ReadQuestion, veto: Veto | null, claimed: () => number) {
    this.veto = veto;
    this.#asked = asked;
    this.#kept = kept;
    this.#claimed = claimed;
  }

  get similarity(): number {
    const { vector } = this.#asked;
    this.#similarity ??= Math.max(-1, Math.min(1, dot(vector, this.#kept.vector)));
    return this.#similarity;
  }

  get probability(): number {
    this.#probability ??= this.#asked.text === this.#kept.text ? 1 : this.#claimed();
    return this.#probability;
  }
}

/** What is known of a question: its vector, or what was noted of it and how to make the vector again. */
type Known =
  { readonly vector: Float32Array } | { readonly note: string; readonly embed: () => Float32Array };

/** A question of which each part is made ready once it is asked for. */
class OpenQuestion implements ReadQuestion {
  readonly text: string;
  readonly #table: WordTable;
  readonly #known: Known;
  #vector: Float32Array | null = null;
  #facts: QuestionFacts | null = null;
  #compared: ComparedQuestion | null = null;

  constructor(text: string, table: WordTable, known: Known) {
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
      'note' in known ? factsIn(known.note) : factsOf(this.text, readWords(this.text));
    return this.#facts;
  }

  get compared(): ComparedQuestion {
    this.#compared ??= readQuestion(this.text, this.#table, this.vector, this.facts);
    return this.#compared;
  }
}

function readLearnt(file: string): Learnt {
  const artefact = openArtefact(file, { kind: VERIFIER_KIND, version: VERIFIER_VERSION });
  const parsed = metaSchema.safeParse(artefact.meta);
  if (!parsed.success) {
    throw new ArtefactError(file, `the header is damaged: ${z.prettifyError(parsed.error)}`);
  }
  const { features, depth, trees, early, start, calibration, lexicon, network } = parsed.data;
  if (features.join() !== PAIR_FEATURES.join()) {
    throw new ArtefactError(file, `looks at other features: ${features.join(', ')}`);
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
    early: new TreeSum(treesBetween(all, 0, early)),
    late: new TreeSum(treesBetween(all, early, trees)),
    network: new WordNetwork(network, networkIn(artefact, network)),
    differences: new DifferenceWeights(artefact.f32('differences', DIFFERENCE_INPUTS)),
    wordings: new WordingWeights(artefact.f32('wordings', WORDING_PLACES)),
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
