import { claudeTraits, type ClaudeTraits } from '../anthropic/claude.js';

/** What is known of a model behind Converse by its id; an ARN of a profile of one's own tells nothing. */
export interface ModelTraits {
  /** What Claude takes; what an unknown model of an imitator would for all others. */
  readonly claude: ClaudeTraits;
  readonly isClaude: boolean;
  /** How it is told to think, beside Converse's own words, which have none for it. */
  readonly thinking: 'claude' | 'nova' | 'reasoning_effort' | 'reasoning_config' | 'none';
  /** Takes a schema for its answer (`outputConfig.textFormat`); all others are led by a tool. */
  readonly schemas: boolean;
  /** Takes cache points; all others refuse a request that has any. */
  readonly cachePoints: 'everywhere' | 'not in tools' | 'nowhere';
  /** Takes a lifetime at a cache point. */
  readonly cacheTtl: boolean;
}

/**
 * Families whose models keep no schema.
 *
 * Source: the list of models in AWS's user guide, "Get validated JSON results from models" (read
 * 2026-11); the newer open-weight models (Qwen, Gemma, Nemotron, gpt-oss, Kimi, MiniMax, DeepSeek V3) keep one.
 */
const WITHOUT_SCHEMAS =
  /\b(?:amazon|meta|ai21|cohere|writer|stability)\.|deepseek\.r1|mistral-7b|mixtral|mistral-(?:small|large)-24|pixtral/u;

/** Reads family and version out of a model's id or an ARN that has one. */
export function modelTraits(model: string): ModelTraits {
  const id = model.toLowerCase();
  const claude = claudeTraits(id);
  const isClaude = id.includes('claude');
  const isNova = id.includes('amazon.nova');
  return {
    claude,
    isClaude,
    thinking: isClaude ? 'claude' : thinkingOf(id),
    schemas: isClaude ? claude.schemas : !WITHOUT_SCHEMAS.test(id),
    cachePoints: isClaude ? 'everywhere' : isNova ? 'not in tools' : 'nowhere',
    // Since Claude 4.5, as schemas are.
    cacheTtl: isClaude && claude.schemas,
  };
}

function thinkingOf(id: string): ModelTraits['thinking'] {
  if (/amazon\.nova-(?:2|premier-2)/u.test(id)) return 'nova';
  if (id.includes('openai.gpt-oss')) return 'reasoning_effort';
  return id.includes('qwen') ? 'reasoning_config' : 'none';
}
