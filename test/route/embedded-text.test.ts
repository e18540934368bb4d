import { readFeatures } from '../../src/route/features.js';
import { conversation, message } from '../support/conversations.js';

describe('embedded text', () => {
  test('contains earlier user turns, the newest one and the start of the system prompt, but no answers', () => {
    const { text, turns } = readFeatures(
      conversation(
        message('system', 'You are a travel agent.'),
        message('user', 'Flights to Oslo?'),
        message('assistant', 'There are three.'),
        message('user', 'And back?'),
      ),
    );

    expect(text).toBe('Flights to Oslo?\n\nAnd back?\n\nYou are a travel agent.');
    expect(turns).toBe(2);
  });

  test('keeps the newest turn when the history is long', () => {
    const history = Array.from({ length: 100 }, () => message('user', 'old '.repeat(500)));

    const { text } = readFeatures(
      conversation(message('system', 'system '.repeat(900)), ...history, message('user', 'NEWEST')),
    );

    expect(text).toContain('NEWEST');
    expect(text).toContain('old');
    expect(text.length).toBeLessThan(4100);
  });

  test('keeps the beginning and the end of an overlong turn', () => {
    const { text } = readFeatures(
      conversation(message('user', `Summarise this: ${'filler '.repeat(5000)} Thanks in advance.`)),
    );

    expect(text).toMatch(/^Summarise this:/);
    expect(text).toMatch(/Thanks in advance\.$/);
    expect(text.length).toBeLessThanOrEqual(4000);
  });

  test.each([
    {
      what: 'a system reminder',
      text: 'Fix the test.<system-reminder>Be brief. Todo list is empty.</system-reminder>',
    },
    {
      what: 'environment details',
      text: '<environment_details>\n# VSCode\nfile.ts\n</environment_details>\nFix the test.',
    },
    {
      what: 'several blocks',
      text: '<command-name>x</command-name>Fix the test.<ide_selection>y</ide_selection>',
    },
    { what: 'encoded data', text: `Fix the test. ${'iVBORw0KGgo'.repeat(400)}` },
    {
      what: 'an overlong block',
      text: `Fix the test.<system-reminder>${'x y '.repeat(20_000)}</system-reminder>`,
    },
  ])('excludes $what', ({ text }) => {
    const features = readFeatures(conversation(message('user', text)));

    expect(features.text).toBe('Fix the test.');
  });

  test('keeps a tag that is only mentioned', () => {
    const { text } = readFeatures(
      conversation(message('user', 'What does <system-reminder> mean in my prompt?')),
    );

    expect(text).toBe('What does <system-reminder> mean in my prompt?');
  });

  test('falls back to the last turn with content', () => {
    const { text } = readFeatures(
      conversation(
        message('user', 'Rename the class.'),
        message('user', '<system-reminder>nothing</system-reminder>'),
      ),
    );

    expect(text).toBe('Rename the class.');
  });

  test('excludes tool results', () => {
    const { text } = readFeatures(
      conversation(
        message('user', 'Read the log.'),
        message('assistant', { kind: 'tool_call', name: 'read', arguments: '{"path":"a.log"}' }),
        message('tool', { kind: 'tool_result', text: 'ERROR '.repeat(1000) }),
        message('user', { kind: 'tool_result', text: 'more output' }),
      ),
    );

    expect(text).toBe('Read the log.');
  });
});
