/** What is known of a Claude model by its name. */
export interface ClaudeTraits {
  /** How it is told to think: by a budget, by an effort that it makes of it what it likes, or not at all. */
  readonly thinking: 'budget' | 'effort' | 'none';
  /** Takes a schema for its answer (`output_config.format`) and strict tools. */
  readonly schemas: boolean;
  /** Takes only one of `temperature` and `top_p`. */
  readonly oneOfTemperatureAndTopP: boolean;
  /** Takes neither `temperature` nor `top_p` nor `top_k`, but at their defaults. */
  readonly fixedSampling: boolean;
}

const NAME = /claude-(?:([a-z]+)-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;

/**
 * Reads family and version out of a model's name, wherever it runs.
 *
 * A name that cannot be read is taken for another vendor's model behind Anthropic's dialect: such
 * servers know the dialect as it was when they copied it.
 */
export function claudeTraits(model: string): ClaudeTraits {
  const match = NAME.exec(model.toLowerCase());
  if (match === null) {
    return {
      thinking: 'budget',
      schemas: false,
      oneOfTemperatureAndTopP: false,
      fixedSampling: false,
    };
  }
  const [, family = '', major = '0', minor = '0'] = match;
  const version = Number(major) + Number(minor) / 100;
  const isOpus = family === 'opus';
  return {
    thinking: version < 3.07 ? 'none' : version >= 4.06 ? 'effort' : 'budget',
    schemas: version >= 4.05 || (isOpus && version >= 4.01),
    oneOfTemperatureAndTopP: version >= 4.05 || (isOpus && version >= 4.01),
    fixedSampling: isOpus && version >= 4.07,
  };
}
