import { packNumbers, PromptSketch } from '../../src/route/sketch.js';

const asked = { predictor: 'p', text: null };
const east = { vector: Float32Array.of(1, 0), dense: Float32Array.of(0.5, 2, 0) };
const north = { vector: Float32Array.of(0, -1), dense: Float32Array.of(1, 0, 0) };

test('PromptSketch instances that share memory keep their own numbers', () => {
  const space = PromptSketch.slabFor(east, 2);

  const sketches = [east, north, east].map((prompt) => new PromptSketch(asked, prompt, space));

  expect(sketches.map(({ numbers }) => numbers)).toEqual(
    [east, north, east].map(({ vector, dense }) => packNumbers(vector, dense)),
  );
  expect(sketches[0]).toMatchObject({ ...asked, vectorLength: 2 });
});

test('the numbers of a PromptSketch do not retain the shared memory', () => {
  const space = PromptSketch.slabFor(east, 64);

  const { numbers } = new PromptSketch(asked, east, space);

  expect(numbers.buffer.byteLength).toBe(5);
});
