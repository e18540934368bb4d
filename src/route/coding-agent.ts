import type { Conversation, Tool } from '../core/conversation.js';

/** Tools whose names are read: an agent's own may come after all tools of its MCP servers. */
const MAX_NAMES = 512;
const MAX_NAME_CHARS = 64;
/** Characters of a system prompt that are searched: agents have long ones, with the tools described in the first third. */
const MAX_SYSTEM_CHARS = 32_768;

/** Names of tools that run commands or patch files: `Bash`, `run_terminal_cmd`, `executeCommand`, `apply_patch`, `str_replace_editor`. */
const AGENT_TOOL_NAME =
  /(?:^|__)(?:shell|terminal|powershell)$|^exec$|(?:^|[_-])bash(?:$|[_-])|(?:run|exec|execute)[_-]?(?:in[_-]?|(?!(?:database|db|device|game|home|payment|redis|robot|slash|sql|voice)[_-])[a-z]{1,12}[_-]){0,2}(?:shell|terminal|commands?|cmd|bash|pwsh|powershell)(?:$|[_-])|local[_-]?shell|(?:shell|terminal|command)[_-]?(?:run|exec|execute|command)|launch[_-]?process|apply[_-]?(?:patch|diff)|str[_-]?replace/i;

/** Text in system prompts of agents that do not use the provider's tools (Cline and its forks, Aider, OpenHands, mini-SWE-agent, bolt.new). */
const AGENT_PROMPT_MARKERS = [
  '<execute_command>',
  '<write_to_file>',
  '<replace_in_file>',
  '<apply_diff>',
  'SEARCH/REPLACE block',
  '<<<<<<< SEARCH',
  '<execute_bash>',
  '<function=execute_bash>',
  '```mswea_bash_command',
  '<boltAction',
];

/** Whether a conversation is a coding agent's: its model runs commands or changes files, with tools or with text that the agent parses. */
export function isCodingAgentConversation({ tools, messages }: Conversation): boolean {
  return (
    tools.slice(0, MAX_NAMES).some(isAgentTool) ||
    messages.some(
      ({ role, parts }) =>
        role === 'system' &&
        parts.some((part) => part.kind === 'text' && hasAgentMarker(part.text)),
    )
  );
}

function isAgentTool({ name }: Tool): boolean {
  return AGENT_TOOL_NAME.test(name.slice(0, MAX_NAME_CHARS));
}

function hasAgentMarker(system: string): boolean {
  const read = system.slice(0, MAX_SYSTEM_CHARS);
  return AGENT_PROMPT_MARKERS.some((words) => read.includes(words));
}
