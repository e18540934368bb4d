import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const STOP_MS = 3000;
const START_MS = 30_000;
const REALTIME_PRIORITY = '10';

/** A process of the bench. It is stopped by its handle, never by name. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Options of `start`. */
export interface ChildOptions {
  /** The core to run on; undefined: any. */
  readonly core: number | undefined;
  /** A file for its output. */
  readonly logFile: string;
  readonly ipc: boolean;
  /** Whether to use real-time scheduling, so that ordinary processes cannot delay it. */
  readonly realtime: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Whether processes can be pinned to cores on this machine. */
export function canPin(): boolean {
  return process.platform === 'linux' && spawnSync('taskset', ['-V']).status === 0;
}

/**
 * Starts Node with `args`.
 *
 * Its environment is nearly empty, so that no API key reaches a gateway and no setting of the user
 * affects the measurement.
 */
export function start(args: readonly string[], options: ChildOptions): Child {
  const [file = '', ...rest] = [
    ...(options.realtime ? ['chrt', '--rr', REALTIME_PRIORITY] : []),
    ...(options.core === undefined ? [] : ['taskset', '-c', String(options.core)]),
    process.execPath,
    ...args,
  ];
  const log = openSync(options.logFile, 'a');
  const child = spawn(file, rest, {
    stdio: options.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...options.env },
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start ${file}`);
  return { pid, process: child, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}

/** A port that is currently free. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

/** Resolves once something listens on `port`. @throws if the child exits or takes too long */
export async function waitUntilListening(
  child: Child,
  port: number,
  logFile: string,
): Promise<void> {
  const untilMs = performance.now() + START_MS;
  while (!(await answers(port))) {
    const ended = child.process.exitCode !== null || child.process.signalCode !== null;
    if (ended || performance.now() > untilMs) {
      const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2000) : '';
      throw new Error(`${ended ? 'ended at start' : 'did not listen in time'}; it said:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
