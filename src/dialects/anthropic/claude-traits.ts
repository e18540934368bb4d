/** The capabilities of a Claude model, by its name. */
export interface ClaudeTraits {
  /** How thinking is requested: by a token budget, by an effort (adaptive thinking), or not supported. */
  readonly thinking: 'budget' | 'effort' | 'none';
  /**
   * How thinking is turned off. `silence`: by leaving `thinking` out, for models that think only on request. For models that
   * think by default: the type of `thinking` to send, or `never` if it cannot be turned off.
   */
  readonly off: 'silence' | 'disabled' | 'between_tools' | 'never';
  /** Supports the effort `xhigh`. */
  readonly supportsXhigh: boolean;
  /** Returns its thinking only if `thinking.display` asks for a summary. */
  readonly hidesThinking: boolean;
  /** Supports forced tool calls (`tool_choice` of type `any` or `tool`). */
  readonly supportsForcedTools: boolean;
  /** Continues a partial assistant turn. */
  readonly supportsPrefill: boolean;
  /** Supports a schema for the answer (`output_config.format`) and strict tools. */
  readonly supportsSchemas: boolean;
  /** Accepts only one of `temperature` and `top_p`. */
  readonly oneOfTemperatureAndTopP: boolean;
  /** Accepts `temperature`, `top_p` and `top_k` only at their defaults. */
  readonly fixedSampling: boolean;
}

/** Another vendor's model behind Anthropic's dialect: such servers implement an older version of it. */
const COMPATIBLE: ClaudeTraits = {
  thinking: 'budget',
  off: 'silence',
  supportsXhigh: true,
  hidesThinking: false,
  supportsForcedTools: true,
  supportsPrefill: true,
  supportsSchemas: false,
  oneOfTemperatureAndTopP: false,
  fixedSampling: false,
};

const NAME = /claude-(?:([a-z]+)-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)(?:-([a-z]+))?/;

/**
 * Reads family and version from a model's name, whichever provider runs it.
 *
 * An unrecognised name is treated as a compatible API's. For versions newer than those known here the fewest
 * capabilities are assumed: a parameter that is dropped needlessly is reported, one that is rejected fails the request.
 */
export function claudeTraits(model: string): ClaudeTraits {
  const match = NAME.exec(model.toLowerCase());
  if (match === null) return COMPATIBLE;
  const [, before, major, minor, after] = match;
  return traitsOf(before ?? after ?? '', Number(major) * 100 + Number(minor ?? 0));
}

/** @param version - 406 for 4.6 */
function traitsOf(family: string, version: number): ClaudeTraits {
  const hasSchemas = version >= (family === 'opus' ? 401 : 405);
  return {
    thinking: thinkingOf(version),
    off: version < 500 ? 'silence' : (OFF.get(`${family} ${version}`) ?? 'never'),
    supportsXhigh: version >= 407,
    hidesThinking: version >= 407,
    // Refused since Fable 5.1, Opus 5.5 and Sonnet 5.5, as their migration guides say; Haiku 5.5's does not.
    supportsForcedTools: version <= 500 || (family === 'haiku' && version === 505),
    supportsPrefill: version < 406,
    supportsSchemas: hasSchemas,
    oneOfTemperatureAndTopP: hasSchemas,
    fixedSampling: version >= 407,
  };
}

function thinkingOf(version: number): ClaudeTraits['thinking'] {
  if (version < 307) return 'none';
  return version < 406 ? 'budget' : 'effort';
}

/**
 * How thinking is turned off for models that think by default, as all do since the fifth generation.
 *
 * Source: the configurations by model in Anthropic's "Troubleshooting thinking" (read 2026-11).
 */
const OFF: ReadonlyMap<string, ClaudeTraits['off']> = new Map([
  ['opus 500', 'disabled'],
  ['sonnet 500', 'disabled'],
  ['sonnet 505', 'between_tools'],
  ['haiku 505', 'disabled'],
]);
