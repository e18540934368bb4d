/** What is known of a Claude model by its name. */
export interface ClaudeTraits {
  /** How it is told to think: by a budget, by an effort that it makes of it what it likes, or not at all. */
  readonly thinking: 'budget' | 'effort' | 'none';
  /**
   * What keeps it from thinking: saying nothing, for those that think only when asked to; for those that think
   * unasked a type of `thinking`, or nothing at all.
   */
  readonly off: 'silence' | 'disabled' | 'between_tools' | 'never';
  /** Takes the effort `xhigh`. */
  readonly xhigh: boolean;
  /** Shows its thoughts only where `thinking.display` asks for a summary. */
  readonly hidesThoughts: boolean;
  /** May be made to call a tool (`tool_choice` of type `any` or `tool`). */
  readonly forcedTools: boolean;
  /** Goes on with what the assistant has begun to say. */
  readonly prefill: boolean;
  /** Takes a schema for its answer (`output_config.format`) and strict tools. */
  readonly schemas: boolean;
  /** Takes only one of `temperature` and `top_p`. */
  readonly oneOfTemperatureAndTopP: boolean;
  /** Takes neither `temperature` nor `top_p` nor `top_k`, but at their defaults. */
  readonly fixedSampling: boolean;
}

/** Another vendor's model behind Anthropic's dialect: such servers know the dialect as it was when they copied it. */
const IMITATOR: ClaudeTraits = {
  thinking: 'budget',
  off: 'silence',
  xhigh: true,
  hidesThoughts: false,
  forcedTools: true,
  prefill: true,
  schemas: false,
  oneOfTemperatureAndTopP: false,
  fixedSampling: false,
};

const NAME = /claude-(?:([a-z]+)-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)(?:-([a-z]+))?/;

/**
 * Reads family and version out of a model's name, wherever it runs.
 *
 * A name that cannot be read is taken for an imitator's. Of versions newer than those known here the least is
 * supposed: a wish that is left out without need is named to the client, while one that is refused fails the request.
 */
export function claudeTraits(model: string): ClaudeTraits {
  const match = NAME.exec(model.toLowerCase());
  if (match === null) return IMITATOR;
  const [, before, major, minor, after] = match;
  return traitsOf(before ?? after ?? '', Number(major) * 100 + Number(minor ?? 0));
}

/** @param version - 406 for 4.6 */
function traitsOf(family: string, version: number): ClaudeTraits {
  const hasSchemas = version >= (family === 'opus' ? 401 : 405);
  return {
    thinking: thinkingOf(version),
    off: version < 500 ? 'silence' : (OFF.get(`${family} ${version}`) ?? 'never'),
    xhigh: version >= 407,
    hidesThoughts: version >= 407,
    // Refused since Fable 5.1, Opus 5.5 and Sonnet 5.5, as their migration guides say; Haiku 5.5's does not.
    forcedTools: version <= 500 || (family === 'haiku' && version === 505),
    prefill: version < 406,
    schemas: hasSchemas,
    oneOfTemperatureAndTopP: hasSchemas,
    fixedSampling: version >= 407,
  };
}

function thinkingOf(version: number): ClaudeTraits['thinking'] {
  if (version < 307) return 'none';
  return version < 406 ? 'budget' : 'effort';
}

/**
 * What keeps those from thinking that think unasked, as all do since the fifth generation.
 *
 * Source: the configurations by model in Anthropic's "Troubleshooting thinking" (read 2026-11).
 */
const OFF: ReadonlyMap<string, ClaudeTraits['off']> = new Map([
  ['opus 500', 'disabled'],
  ['sonnet 500', 'disabled'],
  ['sonnet 505', 'between_tools'],
  ['haiku 505', 'disabled'],
]);
