import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { liveCommand } from '../../../src/bench/live/command.js';
import { readOutcomeFile } from '../../../src/outcomes/outcome-file.js';
import { startApp } from '../../support/app.js';
import { jsonl } from '../quality/made-up.js';

/** What the stand-in for a gateway was asked. */
interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens?: number;
}

let folder: string;
let server: Server;
let asked: Asked[];
/** What the models say; a number is a status to refuse with, 0 a cut connection. */
let say: (request: Asked) => string | number;
let pricing: unknown;
/** The model that answers in place of the requested one; `null`: none does. */
let standIn: string | null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-live-'));
  asked = [];
  say = () => 'Paris';
  standIn = null;
  pricing = { input: 1, output: 10, tiers: [{ input: 2, output: 20 }] };
  server = createServer((request, response) => {
    const reply = (status: number, json: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(json));
    };
    if (request.url === '/v1/models') {
      reply(200, { data: ['a/weak', 'a/strong', 'j/judge'].map((id) => ({ id, pricing })) });
      return;
    }
    void textOf(request).then((body) => {
      const ask = JSON.parse(body) as Asked;
      asked.push(ask);
      const said = say(ask);
      if (said === 0) {
        request.socket.destroy();
        return;
      }
      if (said === 502) {
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
        return;
      }
      if (typeof said === 'number') {
        reply(said, { error: { message: 'no capacity' } });
        return;
      }
      const json = {
        choices: [{ message: { content: said } }],
        usage: { prompt_tokens: 10, completion_tokens: 5 },
      };
      reply(200, json, { 'x-suffice-model': standIn ?? ask.model, 'x-suffice-cost-usd': '0.001' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

const inFolder = (name: string): string => path.join(folder, name);
const here = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function live(
  prompts: readonly unknown[],
  ...more: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  await writeFile(inFolder('prompts.jsonl'), jsonl(prompts));
  return run(inFolder('prompts.jsonl'), '--models', 'a/weak,a/strong', '--url', here(), ...more);
}

async function run(...args: readonly string[]) {
  const said = { code: -1, out: '', err: '' };
  said.code = await liveCommand(
    [
      ...args,
      ...(args.includes('--budget-usd') ? [] : ['--budget-usd', '1']),
      '--out',
      inFolder('o.jsonl'),
    ],
    {
      io: {
        out: (chunk) => (said.out += chunk),
        err: (chunk) => (said.err += chunk),
        env: {},
        readStdin: () => Promise.resolve(''),
      },
    },
  );
  return said;
}

const scores = async (): Promise<readonly (readonly [string, readonly (number | undefined)[]])[]> =>
  (await readOutcomeFile(inFolder('o.jsonl'))).lines.map(({ id, outcomes }) => [
    id,
    ['a/weak', 'a/strong'].map((model) => outcomes.get(model)?.score),
  ]);

const CAPITAL = { id: 'fr', prompt: 'Capital of France?', expected: 'paris' };

describe('suffice bench live', () => {
  test('shows the maximum cost, and sends nothing before it is confirmed', async () => {
    const { code, err } = await live([CAPITAL]);

    expect(code).toBe(1);
    // 2 models, 1,024 tokens at the highest tier of $20 a million, and a few of input.
    expect(err).toMatch(/1 prompts, 2 models: at most \$0\.04\d+ more/u);
    expect(err).toContain('Nothing was sent');
    expect(asked).toEqual([]);
  });

  test('grades exact texts, regular expressions and JSON schemas, and records tokens and cost', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    say = ({ model, messages }) => {
      const [first] = messages;
      if (first?.content.startsWith('Capital')) return model === 'a/weak' ? 'London' : ' PARIS. ';
      if (first?.content.startsWith('Sum')) return model === 'a/weak' ? 'It is 41' : 'It is 42.';
      return model === 'a/weak' ? '{"n":"two"}' : '```json\n{"n":2}\n```';
    };

    const { code, out } = await live(
      [
        { ...CAPITAL, category: 'geography' },
        { id: 'sum', prompt: 'Sum?', expected: '\\b42\\b', grader: 'regex' },
        {
          id: 'json',
          messages: [{ role: 'user', content: 'JSON?' }],
          expected: schema,
          grader: 'schema',
        },
      ],
      '--yes',
    );

    expect(code).toBe(0);
    expect(out).toContain('$0.00600 spent in all');
    expect(await scores()).toEqual([
      ['fr', [0, 1]],
      ['sum', [0, 1]],
      ['json', [0, 1]],
    ]);
    const [line] = (await readOutcomeFile(inFolder('o.jsonl'))).lines;
    expect(line).toMatchObject({ dataset: 'live', category: 'geography' });
    expect(line?.outcomes.get('a/weak')).toEqual({
      score: 0,
      inTokens: 10,
      outTokens: 5,
      costUsd: 0.001,
    });
  });

  test('asks the judge in both orders, and scores a verdict that depends on the order as half', async () => {
    await writeFile(inFolder('rubric.md'), 'The shorter the better.');
    const judging = ['--grader', 'judge', '--judge', 'j/judge', '--rubric', inFolder('rubric.md')];
    say = ({ model, messages }) => {
      const question = messages.at(-1)?.content ?? '';
      if (model !== 'j/judge') return `${model} on ${question}`;
      // Always the first answer for one question; for the other the strong model's, wherever it stands.
      if (question.includes('"content":"Swayed?"')) return 'Hm.\nA';
      return question.indexOf('a/strong on') < question.indexOf('a/weak on') ? '**A**' : 'B';
    };

    const { code, out } = await live(
      [
        { id: 'swayed', prompt: 'Swayed?' },
        { id: 'clear', prompt: 'Clear?' },
      ],
      ...judging,
      '--yes',
    );

    expect(code).toBe(0);
    expect(out).toContain('1 of 2 comparisons changed');
    expect(await scores()).toEqual([
      ['swayed', [0.5, 1]],
      ['clear', [0, 1]],
    ]);
    const judged = asked.filter(({ model }) => model === 'j/judge');
    expect(judged).toHaveLength(4);
    expect(judged[0]?.messages[0]?.content).toContain('The shorter the better.');
  });

  test('compares with the expected answer of a prompt, for the reference model too', async () => {
    await writeFile(inFolder('rubric.md'), 'Be right.');
    say = ({ model }) => (model === 'j/judge' ? 'TIE' : 'Paris');

    await live(
      [{ ...CAPITAL, grader: 'judge' }],
      '--judge',
      'j/judge',
      '--rubric',
      inFolder('rubric.md'),
      '--yes',
    );

    expect(asked.filter(({ model }) => model === 'j/judge')).toHaveLength(4);
    expect(await scores()).toEqual([['fr', [1, 1]]]);
  });

  test('resumes an interrupted run without paying for finished calls again', async () => {
    say = ({ model }) => (model === 'a/weak' ? 'Paris' : 503);
    const first = await live([CAPITAL], '--yes');
    expect(first.code).toBe(1);
    expect(first.err).toContain('failed 1 time: a/strong: the gateway answered 503: no capacity');
    expect(await scores()).toEqual([['fr', [1, undefined]]]);
    // As if the power had gone in the middle of a line.
    const journal = inFolder('o.jsonl.journal');
    await writeFile(journal, `${await readFile(journal, 'utf8')}{"kind":"ans`);
    say = () => 'Paris';

    const second = await live([CAPITAL], '--yes');

    expect(second.code).toBe(0);
    expect(second.err).toContain('$0.00100 spent before');
    expect(asked.map(({ model }) => model).sort()).toEqual(['a/strong', 'a/strong', 'a/weak']);
    expect(await scores()).toEqual([['fr', [1, 1]]]);
  });

  test('asks again when a prompt has changed', async () => {
    await live([CAPITAL], '--yes');

    await live([{ ...CAPITAL, prompt: 'The capital of France?' }], '--yes');

    expect(asked).toHaveLength(4);
  });

  test('makes no call that could exceed the budget', async () => {
    const prompts = Array.from({ length: 10 }, (_, i) => ({ ...CAPITAL, id: i, prompt: `${i}?` }));

    const { code, err, out } = await live(
      prompts,
      '--budget-usd',
      '0.03',
      '--concurrency',
      '1',
      '--yes',
    );

    // A call may cost $0.0205 and turns out to cost $0.001, so ten fit.
    expect(code).toBe(1);
    expect(asked).toHaveLength(10);
    expect(err).toContain('10 calls were not made');
    expect(out).toContain('$0.0100 spent in all');
  });

  test('discards an answer from another model than the requested one', async () => {
    standIn = 'a/fallback';

    const { code, err } = await live([CAPITAL], '--yes');

    expect(code).toBe(1);
    expect(err).toContain('a/fallback answered in place of a/weak');
    expect(await scores()).toEqual([]);
  });

  test('reports failures with their reason, and counts the maximum cost of a lost connection', async () => {
    say = ({ model }) => (model === 'a/weak' ? 0 : 502);
    const prompts = [CAPITAL, { ...CAPITAL, id: 'again', prompt: 'And of Spain?' }];

    const { code, err } = await live(
      prompts,
      '--concurrency',
      '1',
      '--budget-usd',
      '0.03',
      '--yes',
    );

    expect(code).toBe(1);
    // The second prompt's calls are no longer made: the first cut one may have cost its most.
    expect(err).toMatch(/failed 1 time: a\/weak: (?:other side closed|.*ECONNRESET)/u);
    expect(err).toContain('calls were not made');
    expect(err).toContain('4 answers are missing');
  });

  test('refuses a journal with unknown entries', async () => {
    await writeFile(inFolder('o.jsonl.journal'), '{"kind":"diary"}\n');

    await expect(live([CAPITAL], '--yes')).rejects.toThrow(/o\.jsonl\.journal:1: /u);
  });

  test('does not count an unreadable verdict', async () => {
    await writeFile(inFolder('rubric.md'), 'Be right.');
    say = ({ model }) => (model === 'j/judge' ? 'Both are fine, I think.' : 'Paris');
    const judging = ['--judge', 'j/judge', '--rubric', inFolder('rubric.md')];

    const { code, err } = await live([{ ...CAPITAL, grader: 'judge' }], ...judging, '--yes');

    expect(code).toBe(1);
    expect(err).toContain('failed 4 times: j/judge: the judge answered neither A, B nor TIE');
  });

  test('asks the models of a real gateway', async () => {
    const app = await startApp('providers: { simulation: {} }\nrouter: { predictor: heuristic }\n');
    try {
      await writeFile(
        inFolder('prompts.jsonl'),
        jsonl([{ ...CAPITAL, expected: 'simulated', grader: 'regex' }]),
      );

      const models = ['--models', 'simulation/nano,simulation/large'];
      const result = await run(inFolder('prompts.jsonl'), ...models, '--url', app.url, '--yes');

      expect(result.code).toBe(0);
      const [line] = (await readOutcomeFile(inFolder('o.jsonl'))).lines;
      expect([...(line?.outcomes.keys() ?? [])]).toEqual(['simulation/nano', 'simulation/large']);
      expect(line?.outcomes.get('simulation/large')?.score).toBe(1);
      expect(line?.outcomes.get('simulation/large')?.costUsd).toBeGreaterThan(0);
    } finally {
      await app.close();
    }
  });

  test.each([
    { fault: 'no gateway', args: ['--url', 'http://127.0.0.1:9'], says: /no gateway answers/u },
    {
      fault: 'a model that is not served',
      args: ['--models', 'a/weak,a/stron'],
      says: /did you mean "a\/strong"/u,
    },
    {
      fault: 'a missing --judge option',
      args: ['--grader', 'judge'],
      says: /give --judge MODEL/u,
    },
  ])('explains an error caused by $fault', async ({ args, says }) => {
    const line = args.includes('judge') ? { id: 1, prompt: 'x' } : CAPITAL;

    await expect(live([line], ...args, '--yes')).rejects.toThrow(says);
    expect(asked).toEqual([]);
  });

  test("refuses to start when a model's price is unknown", async () => {
    pricing = { input: 1, output: null };

    await expect(live([CAPITAL], '--yes')).rejects.toThrow(/price of a\/weak is unknown/u);
  });
});
