import { plainJsonl, routellm, routerbench } from './loaders.js';
import type { Loader } from './loaders.js';
import { MMLU_SUBJECTS } from './routellm-mmlu-files.js';

/** A file to fetch. */
export interface SourceFile {
  readonly url: string;
  /** Hexadecimal; `null` if none is published: the first fetch then records it. */
  readonly sha256: string | null;
}

/** A public set of graded answers. */
export interface Source {
  readonly name: string;
  readonly licence: string;
  readonly citation: string;
  /** What it contains, and its approximate size. */
  readonly about: string;
  readonly load: Loader;
  /** Empty if the set is not published in a readable form; `hint` then says what to do. */
  readonly files: readonly SourceFile[];
  /** Lists the prompts that its publishers exclude from evaluations; `null` if there is no such file. */
  readonly contaminated: SourceFile | null;
  readonly hint: string | null;
}

/** The formats that `--format` accepts. */
export const FORMATS: Readonly<Record<string, Loader>> = {
  routellm,
  routerbench,
  jsonl: plainJsonl,
};

const ROUTELLM =
  'https://raw.githubusercontent.com/lm-sys/RouteLLM/0b64fdafe049e596a3f5657c219329f24af24198/routellm/evals';
const ROUTELLM_CITATION =
  'Ong et al., RouteLLM, arXiv 2406.18665; github.com/lm-sys/RouteLLM@0b64fdafe0';

/** Every public set that `suffice bench fetch` knows. */
export const SOURCES: readonly Source[] = [
  {
    name: 'routellm_gsm8k',
    licence: 'Apache-2.0',
    citation: ROUTELLM_CITATION,
    about: '1,319 maths questions, two models, 1.3 MB',
    load: routellm,
    files: [
      {
        url: `${ROUTELLM}/gsm8k/gsm8k_responses.csv`,
        sha256: '1f38ed03db354a020f71e92022383dc3cf37bbf2694dea4daaeea7b6c43fe57b',
      },
    ],
    contaminated: {
      url: `${ROUTELLM}/gsm8k/contaminated_prompts.jsonl`,
      sha256: '1f5a7be02148ee0f7f306d233ba76a6573c826cee9499a34f8ef938a1a84c234',
    },
    hint: null,
  },
  {
    name: 'routellm_mmlu',
    licence: 'Apache-2.0',
    citation: ROUTELLM_CITATION,
    about: '14,042 multiple-choice questions, two models, 57 files, 6.8 MB',
    load: routellm,
    files: Object.entries(MMLU_SUBJECTS).map(([subject, sha256]) => ({
      url: `${ROUTELLM}/mmlu/responses/mmlu_${subject}.csv`,
      sha256,
    })),
    contaminated: {
      url: `${ROUTELLM}/mmlu/contaminated_prompts.jsonl`,
      sha256: '9606c968198eabf5efa46ccba31286392c8e35525d83c86661618ffc5ec6d40e',
    },
    hint: null,
  },
  {
    name: 'routerbench',
    licence: 'stated on the page of the data set: huggingface.co/datasets/withmartian/routerbench',
    citation: 'Hu et al., RouterBench, arXiv 2403.12031',
    about: 'about 36,500 prompts, eleven models, with costs',
    load: routerbench,
    files: [],
    contaminated: null,
    hint:
      'It is published as a Python pickle, which runs code when it is opened, so Suffice does not open it.\n' +
      'Download routerbench_0shot.pkl, and where you trust it:\n' +
      "  python -c \"import pandas; pandas.read_pickle('routerbench_0shot.pkl').to_csv('routerbench.csv', index=False)\"\n" +
      '  suffice bench fetch routerbench --from routerbench.csv',
  },
];
