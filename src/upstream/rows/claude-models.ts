import type { UnsupportedParams } from '../../dialects/unsupported-params.js';
import type { ModelNote } from './row.js';

const MIGRATION = 'https://docs.claude.com/en/docs/about-claude/models/migrating-to-claude-4';
const THINKING = 'https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting';

/** All models since 4.7; in older names, a date follows `4-`. */
const SINCE_4_7 = /^claude-[a-z]+-(?:4-(?:[7-9]|[1-9]\d)|[5-9]|[1-9]\d)(?!\d)/u;

function note(
  names: RegExp,
  refused: Pick<UnsupportedParams, 'members'> & Partial<UnsupportedParams>,
  why: string,
  source: string,
): ModelNote {
  const refusal: UnsupportedParams = { unlessEffort: null, beside: null, ...refused };
  return { names, responsesOnly: false, renames: {}, refuses: [refusal], why, source };
}

/**
 * Parameters of Anthropic's dialect that Claude models reject.
 *
 * For translated requests, the request writer applies the same rules.
 */
export const CLAUDE_REFUSALS: readonly ModelNote[] = [
  note(
    // Opus since 4.1, all since 4.5.
    /^claude-(?:opus-4-[1-9](?!\d)|[a-z]+-(?:4-(?:[5-9]|[1-9]\d)|[5-9]|[1-9]\d)(?!\d))/u,
    { members: { top_p: 1 }, beside: 'temperature' },
    'reject `top_p` together with `temperature`',
    MIGRATION,
  ),
  note(
    SINCE_4_7,
    { members: { temperature: 1, top_p: 1, top_k: null } },
    'reject `temperature`, `top_p` and `top_k`',
    'https://platform.claude.com/docs/en/models/sonnet-5/migration-guide',
  ),
  note(
    /^claude-(?:3-|[a-z]+-(?:3-|4-(?:[0-5](?!\d)|\d{8}|latest)|4(?:$|@)))/u,
    { members: { thinking: null }, types: ['adaptive', 'between_tools'] },
    'reject adaptive `thinking`',
    THINKING,
  ),
  note(
    SINCE_4_7,
    {
      members: { thinking: null },
      types: ['enabled'],
      replacement: '{"type":"adaptive","display":"summarized"}',
    },
    'reject `thinking` with a budget, and get adaptive thinking instead',
    THINKING,
  ),
  note(
    // Fable and Mythos, and the others since 5.5; whether later models accept disabled thinking is unknown.
    /^claude-(?:(?:fable|mythos)-[5-9]|(?:opus|sonnet)-5-[1-9]|[a-z]+-[6-9])/u,
    { members: { thinking: null }, types: ['disabled'] },
    'reject disabled `thinking`',
    THINKING,
  ),
  note(
    /^claude-(?:(?:fable|mythos|opus|sonnet)-5-[1-9](?!\d)|[a-z]+-[6-9])/u,
    { members: { tool_choice: null }, types: ['any', 'tool'] },
    'reject a `tool_choice` that forces a tool',
    'https://platform.claude.com/docs/en/models/sonnet-5-5/migration-guide',
  ),
];
