import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { runCommand } from '../../src/cli/commands.js';
import { systemClock } from '../../src/core/clock.js';
import { readOutcomeFile } from '../../src/outcomes/outcome-file.js';
import { RIGHT_ANSWERS } from '../bench/live/right-answers.js';
import { ROOT, SHIPPED } from '../support/app.js';

let folder: string;
let gateway: Server;
let asked: string[];
/** The model's answer to a prompt; `null` closes the connection. */
let say: (prompt: string) => string | null;
/** Answers that take more tokens than this are cut off at the limit of the request. */
let isLong: (prompt: string, maxTokens: number) => boolean;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-add-'));
  await writeFile(path.join(folder, 'suffice.yaml'), 'providers: { simulation: {} }\n');
  asked = [];
  say = rightAnswer;
  isLong = () => false;
  gateway = createServer((request, response) => {
    const reply = (json: unknown): void => {
      const headers = { 'content-type': 'application/json', 'x-suffice-cost-usd': '0.0001' };
      response.writeHead(200, headers).end(JSON.stringify(json));
    };
    if (request.url === '/v1/models') {
      reply({ data: [{ id: 'acme/new-1', pricing: { input: 1, output: 4, tiers: [] } }] });
      return;
    }
    void textOf(request).then((body) => {
      const { messages, max_tokens: limit } = JSON.parse(body) as {
        messages: { content: string }[];
        max_tokens: number;
      };
      const prompt = messages[0]?.content ?? '';
      asked.push(prompt);
      const said = say(prompt);
      if (said === null) request.socket.destroy();
      else {
        const isCut = isLong(prompt, limit);
        const usage = { prompt_tokens: 40, completion_tokens: isCut ? limit : 10 };
        const message = { content: isCut ? null : said };
        reply({ choices: [{ message, finish_reason: isCut ? 'length' : 'stop' }], usage });
      }
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  gateway.close();
  gateway.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

function rightAnswer(prompt: string): string {
  return [...RIGHT_ANSWERS].find(([of]) => prompt.includes(of))?.[1] ?? 'no idea';
}

const at = (name: string): string => path.join(folder, name);
const here = (): string => `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;

interface More {
  readonly answer?: string;
}

async function add(args: readonly string[], { answer }: More = {}) {
  let out = '';
  let err = '';
  const paths = ['--out', at('anchors.jsonl'), '-c', at('suffice.yaml')];
  const code = await runCommand(['models', 'add', ...args, '--url', here(), ...paths], {
    io: {
      out: (chunk) => (out += chunk),
      err: (chunk) => (err += chunk),
      env: {},
      readStdin: () => Promise.resolve(''),
      ask: answer === undefined ? undefined : () => Promise.resolve(answer),
    },
    shipped: SHIPPED,
    version: '1.2.3',
    clock: systemClock,
    openLogDestination: () => ({ write: () => true, flushSync: () => undefined }),
    onSignal: () => undefined,
  });
  return { code, out, err };
}

/** The mean that the printed lines for the configuration set. */
function meanIn(out: string): number {
  return Number(/strength: \{ mean: (-?[\d.]+), error: [\d.]+ \}/u.exec(out)?.[1]);
}

describe('suffice models add --anchors', () => {
  test('measures a model and prints the lines for the configuration', async () => {
    const { code, out, err } = await add(['acme/new-1', '--anchors', '--yes']);

    expect(err).toMatch(/50 prompts to acme\/new-1 through .*: at most \$0\.\d+ more/u);
    expect(code).toBe(0);
    expect(asked).toHaveLength(50);
    expect(out).toMatch(/^all +50\/50 +\d+\.\d$/mu);
    expect(out).toMatch(/^strength +\d\.\d\d ± 0\.\d\d; 95 % from/mu);
    expect(out).toMatch(/^models:\n {2}acme\/new-1:\n {4}strength: \{ mean: \d/mu);
  });

  test('measures a lower strength for a wrong model, and writes its grades to a file', async () => {
    say = () => 'no idea';

    const { out } = await add(['acme/new-1', '--anchors'], { answer: 'y' });

    expect(meanIn(out)).toBeLessThan(0);
    const { lines } = await readOutcomeFile(at('anchors.jsonl'));
    expect(lines).toHaveLength(50);
    expect(lines.every(({ outcomes }) => outcomes.get('acme/new-1')?.score === 0)).toBe(true);
  });

  test.each([
    {
      who: 'the cost cannot be confirmed interactively',
      more: {},
      says: /Nothing was sent\. Add --yes/u,
    },
    { who: 'the user declines', more: { answer: '' }, says: /Nothing was sent\.\n/u },
  ])('sends nothing when $who', async ({ more, says }) => {
    const { code, err } = await add(['acme/new-1', '--anchors'], more);

    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(err).toMatch(says);
  });

  test('stays within the budget, and reports the calls that it did not make', async () => {
    // Each call may cost 2048 tokens at $4 a million: three at most are under way at once.
    const { code, err } = await add(['acme/new-1', '--anchors', '--yes', '--budget', '0.0256']);

    expect(code).toBe(1);
    expect(asked.length).toBeLessThan(50);
    expect(err).toMatch(/calls were not made: they might have exceeded the budget/u);
  });

  test('resumes an interrupted run without repeating most of its calls', async () => {
    say = (prompt) => (asked.length > 20 ? null : rightAnswer(prompt));
    const first = await add(['acme/new-1', '--anchors', '--yes']);
    const before = asked.length;
    say = rightAnswer;

    const second = await add(['acme/new-1', '--anchors', '--yes']);

    expect(first.code).toBe(1);
    expect(first.err).toMatch(/answers are missing/u);
    expect(first.out).toMatch(/strength: \{ mean/u);
    expect(second.code).toBe(0);
    expect(asked.length - before).toBeLessThan(40);
  });

  test.each([
    {
      what: 'has foreign content',
      content: 'precious',
      says: /anchors\.jsonl exists, but not from an earlier run/u,
    },
    { what: 'is a folder', content: null, says: /anchors\.jsonl is a folder/u },
  ])('sends nothing when the output file $what', async ({ content, says }) => {
    if (content === null) await mkdir(at('anchors.jsonl'));
    else await writeFile(at('anchors.jsonl'), content);

    const { code, err } = await add(['acme/new-1', '--anchors', '--yes']);

    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(err).toMatch(says);
  });

  test('fails while another run writes the same file, and takes over a stale lock', async () => {
    const lock = at('anchors.jsonl.journal.lock');
    await writeFile(lock, String(process.ppid));
    const during = await add(['acme/new-1', '--anchors', '--yes']);
    const sent = asked.length;
    // A pid that no process has.
    await writeFile(lock, '2147483647');

    const after = await add(['acme/new-1', '--anchors', '--yes']);

    expect({ code: during.code, sent }).toEqual({ code: 1, sent: 0 });
    expect(during.err).toMatch(/another run \(process \d+\) is writing/u);
    expect(after.code).toBe(0);
    await expect(readFile(lock)).rejects.toThrow('ENOENT');
  });

  test('does not grade answers that were truncated at the token limit', async () => {
    isLong = (_prompt, maxTokens) => asked.length % 2 === 0 && maxTokens < 4096;
    const first = await add(['acme/new-1', '--anchors', '--yes']);
    const again = await add(['acme/new-1', '--anchors', '--yes']);
    const before = asked.length;

    const more = await add(['acme/new-1', '--anchors', '--yes', '--max-tokens', '4096']);

    expect({ first: first.code, again: again.code, before }).toEqual({
      first: 1,
      again: 1,
      before: 50,
    });
    expect(first.out).toMatch(/^all +25\/25 /mu);
    for (const { err } of [first, again]) {
      expect(err).toMatch(
        /failed 25 times: .* cut off at 2048 tokens and is not graded; run again with a higher/u,
      );
    }
    expect(again.err).toMatch(/at most \$0 more/u);
    expect(more).toMatchObject({ code: 0, out: expect.stringMatching(/^all +50\/50 /mu) });
    expect(asked.length - before).toBe(25);
  });

  test('does not measure with too few answers', async () => {
    say = (prompt) => (asked.length > 5 ? null : rightAnswer(prompt));

    const { code, out, err } = await add(['acme/new-1', '--anchors', '--yes']);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/answers are too few for a measurement/u);
  });

  test.each([
    { args: [], code: 2, says: /name one model[^]*Run "suffice models add --help" for/u },
    { args: ['acme', '--anchors'], code: 2, says: /name one model as vendor\/name/u },
    { args: ['acme/new-1'], code: 2, says: /--anchors is missing/u },
    { args: ['acme/new-1', '--anchors', '--budget', 'much'], code: 2, says: /--budget much/u },
    {
      args: ['acme/new-2', '--anchors', '--yes'],
      code: 1,
      says: /does not serve "acme\/new-2"; did you mean "acme\/new-1"/u,
    },
  ])('$args fails with an error message', async ({ args, code, says }) => {
    const result = await add(args);

    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(says) });
    expect(asked).toEqual([]);
  });

  test('prints help', async () => {
    const { code, out } = await add(['--help']);

    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/--budget USD/u) });
    expect(await readFile(path.join(ROOT, 'models/anchors.jsonl'), 'utf8')).not.toBe('');
  });
});
