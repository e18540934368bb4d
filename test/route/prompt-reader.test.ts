import { PromptReader, encoderInput } from '../../src/route/prompt-reader.js';
import { conversation, message } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeEncoder } from '../support/fake-encoder.js';

const asked = conversation(message('user', 'Why is the sky blue?'));

let clock: FakeClock;
let encoder: FakeEncoder;
let reader: PromptReader;

beforeEach(() => {
  clock = new FakeClock();
  encoder = new FakeEncoder('encoder-0123456789ab', () => Float32Array.of(0.6, 0.8));
  reader = new PromptReader(encoder, clock, 50);
});

describe('PromptReader', () => {
  test('reads a prompt with its encoder vector', async () => {
    const { features, lack } = await reader.readWithinLimit(asked);

    expect(lack).toBeNull();
    expect([...(features.encoded ?? [])].map((value) => value.toFixed(1))).toEqual(['0.6', '0.8']);
    expect(encoder.texts).toEqual(['Why is the sky blue?']);
    expect(clock.waiting).toBe(0);
  });

  test('reads a prompt without a late vector, and cancels its encoding', async () => {
    encoder.isSilent = true;
    const reading = reader.readWithinLimit(asked);
    clock.advance(49);
    expect(encoder.waiting[0]?.isWanted()).toBe(true);
    clock.advance(1);

    const { features, lack, tookMs } = await reading;

    expect(lack).toBe('encoder_late');
    expect(features.encoded).toBeUndefined();
    expect(tookMs).toBe(50);
    expect(encoder.waiting[0]?.isWanted()).toBe(false);
  });

  test('reads a prompt without a vector when the encoder fails', async () => {
    encoder.isSilent = true;
    const [inTime, anyway, whole] = [
      reader.readWithinLimit(asked),
      reader.readOrDegrade(asked),
      reader.read(asked),
    ];
    encoder.die();

    expect((await inTime).lack).toBe('encoder_failed');
    expect((await anyway).lack).toBe('encoder_failed');
    await expect(whole).rejects.toThrow('an encoder process has exited');
    expect(clock.waiting).toBe(0);
  });

  test('truncates the text for the encoder', () => {
    expect(encoderInput('a'.repeat(8192))).toHaveLength(8192);
    expect(encoderInput('a'.repeat(1_000_000))).toHaveLength(8192);
  });
});
