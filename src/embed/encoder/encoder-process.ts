// A process of an encoder: loads the model, then answers each message with vectors.

import type { FromProcess, ProcessSetup, ToProcess } from './messages.js';
import { loadModel } from './model.js';

const say = (message: FromProcess): void => {
  process.send?.(message);
};
const failed = (error: unknown): FromProcess => ({
  kind: 'failed',
  why: error instanceof Error ? error.message : String(error),
});

// Signals for a whole group of processes (Ctrl-C, a service being stopped) are meant for whoever started it, who may have
// requests to finish and ends this process when that is done.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// Whoever started it may be gone without a word.
process.once('disconnect', () => process.exit());
process.once('message', (setup: ProcessSetup) => {
  loadModel(setup).then(
    (model) => {
      process.on('message', ({ texts }: ToProcess) => {
        model.encode(texts).then(
          (vectors) => {
            say({ kind: 'vectors', vectors });
          },
          (error: unknown) => {
            say(failed(error));
          },
        );
      });
      say({ kind: 'ready', facts: { id: model.id, dims: model.dims } });
    },
    (error: unknown) => {
      say(failed(error));
    },
  );
});
