// The process of an encoder: loads the model, then answers each message with vectors.

import type { EncoderReply, EncoderSetup, EncodeRequest } from './messages.js';
import { loadModel } from './model.js';

const reply = (message: EncoderReply): void => {
  process.send?.(message);
};
const failed = (error: unknown): EncoderReply => ({
  kind: 'failed',
  why: error instanceof Error ? error.message : String(error),
});

// Signals to the whole process group (Ctrl-C, a service being stopped) are left to the parent process, which may have
// requests to finish and ends this process afterwards.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// The parent process may end without ending this one.
process.once('disconnect', () => process.exit());
process.once('message', (setup: EncoderSetup) => {
  loadModel(setup).then(
    (model) => {
      process.on('message', ({ texts }: EncodeRequest) => {
        model.encode(texts).then(
          (vectors) => {
            reply({ kind: 'vectors', vectors });
          },
          (error: unknown) => {
            reply(failed(error));
          },
        );
      });
      reply({ kind: 'ready', facts: { id: model.id, dims: model.dims } });
    },
    (error: unknown) => {
      reply(failed(error));
    },
  );
});
