import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../src/core/clock.js';
import { run } from '../support/command.js';
import { freePort } from '../support/free-port.js';
import { ConfigFolder } from './config-folder.js';

const files = new ConfigFolder();
const config = () => files.config;

test('suffice serve starts when answers cannot be saved, and logs a warning', async () => {
  // Not even root can create a folder there.
  await writeFile(
    config(),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\ncache: { mode: exact, folder: /sys/none }\n',
  );

  const { code, log } = await run(['serve', '--config', config(), '--port', '0']);

  expect(code).toBe(0);
  expect(log).toMatch(/answers cannot be saved; they are kept in memory[^]*listening/u);
});

describe('suffice serve', () => {
  test('prints its URL, its models and an example request, and drains on SIGTERM', async () => {
    const { code, err, log } = await run(['serve', '--config', config(), '--port', '0']);

    expect(code).toBe(0);
    expect(err).toMatch(/url {7}http:\/\/127\.0\.0\.1:\d+\/v1\n/u);
    expect(err).toContain('simulation/nano');
    expect(err).toContain('SIMULATED');
    expect(log).toMatch(/"models":4[^]*"listening"[^]*"draining"[^]*"stopped"/u);
    expect(err).toMatch(/curl -i http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions/u);
  });

  test('stops without waiting for requests in flight on a second stop signal', async () => {
    const port = await freePort();
    let nowMs = 0;
    let half: Socket | undefined;

    const { code, log } = await run(['serve', '--config', config(), '--port', String(port)], {
      clock: { ...systemClock, now: () => nowMs },
      onSignal: (signal, act) => {
        if (signal !== 'SIGTERM') return;
        half = connect(port, '127.0.0.1', () => {
          half?.write(
            'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
          );
          setTimeout(() => {
            // A terminal and npm both forward the same Ctrl-C.
            act();
            act();
            nowMs += 1_000;
            act();
          }, 20);
        }).on('error', () => undefined);
      },
    });

    half?.destroy();
    expect(code).toBe(0);
    expect(log.match(/second stop signal/gu)).toHaveLength(1);
    expect(log).toContain('"stopped"');
  });

  test('defers a reload that is requested before it listens', async () => {
    let heard = '';
    let stop = (): void => undefined;
    const { log } = await run(['serve', '--config', config(), '--port', '0'], {
      onSignal: (signal, act) => {
        heard += `${signal} `;
        if (signal === 'SIGHUP') act();
        if (signal === 'SIGTERM') stop = act;
      },
      onLog: (line) => {
        if (line.includes('"listening"')) heard += 'listening ';
        if (line.includes('"reloaded"')) stop();
      },
    });

    expect(heard).toBe('SIGHUP listening SIGTERM SIGINT ');
    expect(log).toMatch(/"listening"[^]*"reloaded"[^]*"stopped"/u);
  });

  test('reports every fault of its configuration at once and does not start', async () => {
    await writeFile(config(), 'sever: {}\nserver: { port: high }\nrules: 7\n');

    const { code, err } = await run(['serve', '--config', config()]);

    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/suffice\.yaml:1:1: error: .*did you mean "server"/u),
      expect.stringMatching(/suffice\.yaml:2:17: error: /u),
      expect.stringMatching(/suffice\.yaml:3:8: error: /u),
    ]);
  });

  test('reports an invalid catalog override at its line', async () => {
    await writeFile(
      config(),
      'providers: { simulation: {} }\nmodels:\n  openai/gpt-4p: { context_window: 5 }\n',
    );

    const { err } = await run(['serve', '--config', config()]);

    expect(err).toMatch(/suffice\.yaml:3:\d+: error: .*did you mean "openai\/gpt-4o"/iu);
  });
});
