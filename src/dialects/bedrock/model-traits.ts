import { claudeTraits, type ClaudeTraits } from '../anthropic/claude-traits.js';

/** The capabilities of a model by its id; the ARN of a custom inference profile does not reveal them. */
export interface ModelTraits {
  /** The Claude model's traits; those of an unrecognised model for all others. */
  readonly claude: ClaudeTraits;
  readonly isClaude: boolean;
  /** How reasoning is requested: Converse itself has no member for it. */
  readonly thinking: 'claude' | 'nova' | 'reasoning_effort' | 'reasoning_config' | 'none';
  /** Supports a schema for the answer (`outputConfig.textFormat`); all others need the answer tool. */
  readonly supportsSchemas: boolean;
  /** Where it accepts cache points; a request with others is rejected. */
  readonly cachePoints: 'everywhere' | 'not in tools' | 'nowhere';
  /** Accepts a TTL in cache points. */
  readonly cacheTtl: boolean;
}

/**
 * Model families without schema support.
 *
 * Source: the list of models in AWS's user guide, "Get validated JSON results from models" (read
 * 2026-11); the newer open-weight models (Qwen, Gemma, Nemotron, gpt-oss, Kimi, MiniMax, DeepSeek V3) support schemas.
 */
const WITHOUT_SCHEMAS =
  /\b(?:amazon|meta|ai21|cohere|writer|stability)\.|deepseek\.r1|mistral-7b|mixtral|mistral-(?:small|large)-24|pixtral/u;

/** Reads family and version from a model's id, or an ARN that contains it. */
export function modelTraits(model: string): ModelTraits {
  const id = model.toLowerCase();
  const claude = claudeTraits(id);
  const isClaude = id.includes('claude');
  const isNova = id.includes('amazon.nova');
  return {
    claude,
    isClaude,
    thinking: isClaude ? 'claude' : thinkingOf(id),
    supportsSchemas: isClaude ? claude.supportsSchemas : !WITHOUT_SCHEMAS.test(id),
    cachePoints: isClaude ? 'everywhere' : isNova ? 'not in tools' : 'nowhere',
    // Since Claude 4.5, like schemas.
    cacheTtl: isClaude && claude.supportsSchemas,
  };
}

function thinkingOf(id: string): ModelTraits['thinking'] {
  if (/amazon\.nova-(?:2|premier-2)/u.test(id)) return 'nova';
  if (id.includes('openai.gpt-oss')) return 'reasoning_effort';
  return id.includes('qwen') ? 'reasoning_config' : 'none';
}
