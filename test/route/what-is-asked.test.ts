import { FEATURE_NAMES } from '../../src/route/dense-features.js';
import { readFeatures } from '../../src/route/features.js';
import type { Features } from '../../src/route/features.js';
import { conversation, message } from '../support/conversations.js';

function ask(text: string): Features {
  return readFeatures(conversation(message('user', text)));
}

function words({ dense }: Features): number {
  return dense[FEATURE_NAMES.indexOf('log_words')] ?? Number.NaN;
}

describe('task of a conversation', () => {
  const QUESTION =
    'What is the capital of Australia, and how many people live there in all its suburbs?';
  const PERSONA = 'You are a helpful assistant of Acme. Be polite and brief. '.repeat(40);

  test('does not change with a persona or a long history', () => {
    const alone = ask(QUESTION);

    const late = readFeatures(
      conversation(
        message('system', PERSONA),
        message('user', 'Tell me about the kings of Rome.'),
        message('assistant', 'There were seven. '.repeat(50)),
        message('user', QUESTION),
      ),
    );

    expect(late.task).toBe(alone.task);
    expect(late.text).toContain('kings of Rome');
    expect(words(late)).toBe(words(alone));
  });

  test('includes earlier turns when the newest is too short', () => {
    const { task } = readFeatures(
      conversation(
        message('user', 'Who was the first king of Rome?'),
        message('assistant', 'Romulus.'),
        message(
          'user',
          'Prove that there are infinitely many primes, in the manner of Euclid, and say where it fails.',
        ),
        message('assistant', 'Suppose not.'),
        message('user', 'And of the form 4n + 3?'),
      ),
    );

    expect(task).toMatch(/^Prove .*And of the form 4n \+ 3\?$/s);
  });

  test('is the system prompt when the user sends only a text', () => {
    const article = 'The harbour was closed in 1964, when the last of the boats was sold. '.repeat(
      20,
    );
    const { task } = readFeatures(
      conversation(
        message('system', 'Summarise the article that the user sends.'),
        message('user', article),
      ),
    );

    expect(task).toBe('Summarise the article that the user sends.');
  });

  test('has the user’s language, whatever that of the system prompt', () => {
    const { language } = readFeatures(
      conversation(
        message('system', PERSONA),
        message('user', 'Wie viele Menschen leben in der Hauptstadt von Australien?'),
      ),
    );

    expect(language).toBe('de');
  });
});
