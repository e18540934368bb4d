import type { Tool } from '../../src/core/conversation.js';
import { isCodingAgentConversation } from '../../src/route/coding-agent.js';
import { conversation, message } from '../support/conversations.js';

function tool(name: string): Tool {
  return { name, description: '', parameters: null, definitionLength: 100 };
}

test.each([
  ['Bash', 1],
  ['run_terminal_cmd', 1],
  ['executeCommand', 1],
  ['apply_patch', 1],
  ['str_replace_based_edit_tool', 1],
  ['mcp__server__run_command', 1],
  ['developer__shell', 1],
  ['str-replace-editor', 1],
  ['executeBash', 1],
  ['executePwsh', 1],
  ['runInTerminal', 1],
  ['run_powershell', 1],
  ['launch-process', 1],
  ['run_sql_command', 0],
  ['find_local_terminal', 0],
  ['run_payment_terminal', 0],
  ['get_terminal_of_flight', 0],
  ['search_shell_company', 0],
  ['send_command', 0],
  ['execute_trade', 0],
])('isCodingAgentConversation recognises the tool %s: %d', (name, workbench) => {
  const tools = [tool('get_weather'), tool(name)];

  expect(isCodingAgentConversation({ ...conversation(), tools })).toBe(workbench === 1);
});

test('isCodingAgentConversation recognises a coding tool among many other tools', () => {
  const others = Array.from({ length: 120 }, (_, i) => tool(`mcp__server__get_${i}`));

  expect(isCodingAgentConversation({ ...conversation(), tools: [...others, tool('Bash')] })).toBe(
    true,
  );
});

test.each([
  ['Cline', 'Usage:\n<execute_command>\n<command>Your command here</command>\n</execute_command>'],
  ['Roo Code', '## apply_diff\n<apply_diff>\n<path>File path here</path>\n</apply_diff>'],
  ['Aider', 'Every *SEARCH/REPLACE block* must use this format:'],
  ['OpenHands', 'run it with <function=execute_bash>'],
  ['bolt.new', '<boltAction type="shell">'],
])('isCodingAgentConversation recognises the system prompt of %s', (_, told) => {
  const system = `You are a highly skilled software engineer. ${'Be careful. '.repeat(500)}${told}`;

  const asked = conversation(message('system', system), message('user', 'Fix the test.'));

  expect(isCodingAgentConversation(asked)).toBe(true);
});

test('isCodingAgentConversation is false for a system prompt about software and for a user who mentions an agent', () => {
  const asked = conversation(
    message('system', 'You answer questions about programming. Commands go into a code block.'),
    message('user', 'What does <execute_command> do in Cline?'),
  );

  expect(isCodingAgentConversation(asked)).toBe(false);
});
