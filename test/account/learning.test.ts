import { settle, type Ending, type Ledger, type LedgerEntry } from '../../src/account/settle.js';
import { GatewayError } from '../../src/core/errors.js';
import { openLog } from '../../src/telemetry/log.js';
import { EMPTY, message } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';
import {
  endingNow,
  openEntry,
  openLedger,
  PRICE,
  reportedSummary,
  upstream,
  usage,
} from './exchanges.js';

const RETENTION_MS = 300_000;
const CUT = new GatewayError('upstream_cut', 'acme/small closed the connection');

let clock: FakeClock;
let ledger: Ledger;

beforeEach(() => {
  clock = new FakeClock();
  ledger = openLedger(clock, openLog('silent', { write: () => undefined }));
});

/** Settles ten streamed answers, each with its first byte after 200 ms and its last a second later. */
function settleTen(endingOf: Partial<Ending>, entry: Partial<LedgerEntry> = {}): void {
  for (let i = 0; i < 10; i++) {
    const open = openEntry(clock, entry);
    clock.advance(200);
    const firstByteMs = clock.now();
    clock.advance(1_000);
    settle(ledger, open, endingNow(clock, { firstByteMs, ...endingOf }));
  }
}

const short = { ...reportedSummary, usage: { ...usage, outputTokens: 50 } };

describe('nothing is learnt from an answer that broke off', () => {
  test('about the speed of its model', () => {
    settleTen({ error: CUT, summary: short });
    const afterCuts = ledger.speed.speedOf('acme/small', null);
    settleTen({ summary: short });

    expect(afterCuts).toBeNull();
    expect(ledger.speed.speedOf('acme/small', null)).not.toBeNull();
  });

  test('about the length of answers', () => {
    const expectedLength = () => ({ tokens: 1_000, withTools: false });
    settleTen({ error: CUT, summary: short }, { expectedLength });
    const afterCuts = ledger.length.factorOf('acme/small', false);
    settleTen({ summary: short }, { expectedLength });

    expect(afterCuts).toBe(1);
    expect(ledger.length.factorOf('acme/small', false)).toBeLessThan(0.7);
  });

  test('about prompt caches', () => {
    const text = 'Here is the whole of the contract. '.repeat(200);
    const first = [message('system', text), message('user', 'What is clause one?')];
    const second = [...first, message('assistant', 'This.'), message('user', 'And clause two?')];
    const lookup = (messages: typeof first) =>
      ledger.promptCaches.lookup({ ...EMPTY, messages }, 'web', RETENTION_MS);
    const caching = { ...upstream, dialect: 'openai', price: { ...PRICE, cacheRead: 0.1 } };
    const prompt = lookup(first);

    settle(
      ledger,
      openEntry(clock, { prompt }),
      endingNow(clock, { error: CUT, upstream: caching }),
    );
    const afterCut = lookup(second)?.cachedTokens;
    settle(ledger, openEntry(clock, { prompt }), endingNow(clock, { upstream: caching }));

    expect(afterCut).toBeNull();
    expect(lookup(second)?.cachedTokens).toEqual(new Map([['acme/small', 1_000_000]]));
  });
});

test('the length of answers is not learnt from estimated usage', () => {
  const summary = { usage: null, finishReason: 'stop', outputChars: 40 };

  settleTen({ summary }, { expectedLength: () => ({ tokens: 1_000, withTools: false }) });

  expect(ledger.length.factorOf('acme/small', false)).toBe(1);
});
