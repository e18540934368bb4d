import type { Conversation, Tool } from '../core/conversation.js';

/** Tools whose names are read: those of an agent may stand behind all that its servers offer. */
const MAX_NAMES = 512;
const MAX_NAME_CHARS = 64;
/** Characters of a system prompt that are looked at: agents' are long, and their tools are described in the first third. */
const MAX_SYSTEM_CHARS = 32_768;

/** Names of tools that run commands or patch files: `Bash`, `run_terminal_cmd`, `executeCommand`, `apply_patch`, `str_replace_editor`. */
const WORKBENCH =
  /(?:^|__)(?:shell|terminal|powershell)$|^exec$|(?:^|[_-])bash(?:$|[_-])|(?:run|exec|execute)[_-]?(?:in[_-]?|(?!(?:database|db|device|game|home|payment|redis|robot|slash|sql|voice)[_-])[a-z]{1,12}[_-]){0,2}(?:shell|terminal|commands?|cmd|bash|pwsh|powershell)(?:$|[_-])|local[_-]?shell|(?:shell|terminal|command)[_-]?(?:run|exec|execute|command)|launch[_-]?process|apply[_-]?(?:patch|diff)|str[_-]?replace/i;

/** How agents that do without a provider's tools tell the model to run commands and change files: Cline and its kin, Aider, OpenHands, mini-SWE-agent, bolt.new. */
const DESCRIBED = [
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

/** Whether a coding agent asks: one whose model runs commands or changes files, by tools or by what it is told to write. */
export function isOfWorkbench({ tools, messages }: Conversation): boolean {
  return (
    tools.slice(0, MAX_NAMES).some(isWorkbenchTool) ||
    messages.some(
      ({ role, parts }) =>
        role === 'system' && parts.some((part) => part.kind === 'text' && describesOne(part.text)),
    )
  );
}

function isWorkbenchTool({ name }: Tool): boolean {
  return WORKBENCH.test(name.slice(0, MAX_NAME_CHARS));
}

function describesOne(system: string): boolean {
  const read = system.slice(0, MAX_SYSTEM_CHARS);
  return DESCRIBED.some((words) => read.includes(words));
}
