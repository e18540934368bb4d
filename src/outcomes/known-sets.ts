/** A known set of graded answers: how it is used, and the pair of models for its routing curve. */
export interface KnownSet {
  readonly name: string;
  readonly licence: string;
  readonly source: string;
  /** `evaluate`: never used in training, calibration or model selection. */
  readonly use: 'train' | 'evaluate';
  readonly weak: string;
  readonly strong: string;
  /** Whether scores are preferences over a fixed rival instead of adequacy, so that they cannot be compared with those of other sets. */
  readonly preference: boolean;
  /** Whether `out_tokens` are real counts (or characters / 4), not placeholders. */
  readonly lengths: boolean;
}

type Row = readonly [name: string, licence: string, source: string, weak: string, strong: string];

const MIXTRAL = 'mistralai/mixtral-8x7b-instruct-v0.1';
const GPT_4_1106 = 'openai/gpt-4-1106-preview';
const GPT_4_TURBO = 'openai/gpt-4-turbo-2024-04-09';
const GPT_4O = 'openai/gpt-4o-2024-05-13';
const LLAMA_3_8B = 'meta/llama-3-8b-instruct';
const LLAMA_31_8B = 'meta/llama-3.1-8b-instruct';
const GPT_35 = 'openai/gpt-3.5-turbo-1106';
const SONNET_35 = 'anthropic/claude-3.5-sonnet-20241022';
const ZERO_EVAL = 'WildEval/ZeroEval@8c1485edf1';
const ROUTE_LLM = 'lm-sys/RouteLLM@0b64fdafe0';
const ALPACA_EVAL = 'tatsu-lab/alpaca_eval@cd543a149d';
const LIVE_CODE =
  'LiveCodeBench/livecodebench.github.io@f186ab5041, LiveCodeBench/submissions@4d04b02a01';
const ROUTER_DC = 'shuhao02/RouterDC@0e63989c5b';
const APACHE = 'Apache-2.0';
const MIXED = 'no licence file / MIT';

// prettier-ignore
const TRAINED: readonly Row[] = [
  ['alpaca_eval1', APACHE, ALPACA_EVAL, 'lmsys/vicuna-13b', 'openai/gpt-4'],
  ['alpaca_eval2', APACHE, ALPACA_EVAL, GPT_35, GPT_4_1106],
  ['bfcl_2024_08', 'no licence file / Apache-2.0', 'HuanzhiMao/BFCL-Result@b4adfc9be5, ShishirPatil/gorilla@6ea57973c7', MIXTRAL, `${GPT_4_TURBO}@fc`],
  ['eq_bench_v2', 'MIT', 'EQ-bench/EQ-Bench@d28c60c514', GPT_35, GPT_4_1106],
  ['farel_bench', 'MIT', 'fairydreaming/farel-bench@1fc255d75a', 'mistralai/mistral-small-2402', GPT_4_TURBO],
  ['livecodebench_codegen_2024_02', MIXED, LIVE_CODE, 'meta/codellama-34b-instruct', GPT_4_1106],
  ['livecodebench_repair', MIXED, LIVE_CODE, LLAMA_31_8B, GPT_4_TURBO],
  ['llmrouter_fusion', 'MIT', 'ulab-uiuc/LLMRouter@4e7a796942', 'mistralai/mistral-7b-instruct-v0.3', 'nvidia/llama-3.1-nemotron-51b-instruct'],
  ['misguided_attention', 'CC0-1.0', 'cpldcpu/MisguidedAttention@bbae011e1f', 'meta/llama-4-scout', 'anthropic/claude-sonnet-4'],
  ['mmlu_pro', APACHE, 'TIGER-AI-Lab/MMLU-Pro@f418b116db', MIXTRAL, 'google/gemini-1.5-pro-002'],
  ['omnisbench', APACHE, 'Fortitude-Group/OmnisBench@15674d9b2d', 'openai/gpt-5-nano', 'anthropic/claude-opus-5'],
  ['reasoning_gym', APACHE, 'open-thought/reasoning-gym-eval@5f09fecc34', 'mistralai/mistral-small-3.1-24b-instruct', SONNET_35],
  ['routerbench_subset', MIXED, `${ROUTER_DC}, FrontierCS/Frontier-CS@4d508c1954`, MIXTRAL, GPT_4_1106],
  ['zeroeval_crux', APACHE, ZERO_EVAL, MIXTRAL, GPT_4_TURBO],
  ['zeroeval_gsm', APACHE, ZERO_EVAL, MIXTRAL, GPT_4O],
  ['zeroeval_math-l5', APACHE, ZERO_EVAL, LLAMA_3_8B, GPT_4_TURBO],
  ['zeroeval_numersense-v2', APACHE, ZERO_EVAL, LLAMA_3_8B, GPT_4O],
];

// prettier-ignore
const EVALUATED: readonly Row[] = [
  ['chat_1b_vs_70b', 'no licence file', 'javidlakha/llm-routing@39b3fcc545', 'meta/llama-3.2-1b-instruct', 'meta/llama-3.1-70b-instruct'],
  ['qwen35_pair', 'no licence file', 'ken-ab/routerbench-mini@c03410ce55', 'qwen/qwen3.5-35b-a3b', 'qwen/qwen3.5-397b-a17b'],
  ['routerdc_small7', 'no licence file', ROUTER_DC, 'mistralai/mistral-7b-v0.1-base', 'cognitivecomputations/dolphin-2.9-llama3-8b'],
  ['routellm_gsm8k', APACHE, ROUTE_LLM, MIXTRAL, GPT_4_1106],
  ['routellm_mmlu', APACHE, ROUTE_LLM, MIXTRAL, GPT_4_1106],
  ['routellm_mtbench', APACHE, ROUTE_LLM, MIXTRAL, GPT_4_1106],
];

const PREFERENCE = new Set(['alpaca_eval2']);
const NO_LENGTHS = new Set(['routerbench_subset', 'routellm_mmlu']);

/** All known sets of graded answers, those for evaluation only last. */
export const KNOWN_SETS: readonly KnownSet[] = [
  ...TRAINED.map((row) => describe(row, 'train')),
  ...EVALUATED.map((row) => describe(row, 'evaluate')),
];

function describe([name, licence, source, weak, strong]: Row, use: KnownSet['use']): KnownSet {
  const preference = PREFERENCE.has(name);
  return { name, licence, source, use, weak, strong, preference, lengths: !NO_LENGTHS.has(name) };
}

/** Excluded outcomes, as `SET MODEL`: the model failed on the format of the answer, not on the question. */
export const FORMAT_FAILURES: ReadonlySet<string> = new Set([
  'bfcl_2024_08 openai/gpt-4o-2024-08-06',
  'bfcl_2024_08 nousresearch/hermes-2-theta-llama-3-70b',
  'bfcl_2024_08 mistralai/mistral-large-2407',
]);

/**
 * Tasks, as `set/category`, whose answers count as wrong unless they are in the very words expected: questions that anybody can look
 * up ("Milwaukee is the largest city of which US state?") and that, by these grades, all models of up to 70B failed: 72 % of trivia_qa,
 * 30 % of natural_qa.
 */
export const WORDING_TASKS: ReadonlySet<string> = new Set([
  'llmrouter_fusion/trivia_qa',
  'llmrouter_fusion/natural_qa',
]);
