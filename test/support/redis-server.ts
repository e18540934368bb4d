import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.js';

/** A Redis of a test's own, on a port of its own, that keeps nothing on disk. */
export class RedisServer {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #folder: string;
  #child: ChildProcess | null = null;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /**
   * @param args - besides the usual ones
   * @throws {Error} saying what to install where there is no `redis-server`
   */
  static async start(...args: string[]): Promise<RedisServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'suffice-redis-'));
    const server = new RedisServer(await freePort(), folder, args);
    await server.start();
    return server;
  }

  /** A Sentinel that minds a server under the name `mymaster`, and soon notices when it is gone. */
  static async sentinel(of: RedisServer): Promise<RedisServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'suffice-sentinel-'));
    const file = path.join(folder, 'sentinel.conf');
    const lines = [
      `sentinel monitor mymaster 127.0.0.1 ${of.port} 1`,
      'sentinel down-after-milliseconds mymaster 200',
      'sentinel failover-timeout mymaster 2000',
    ];
    await writeFile(file, lines.join('\n'));
    const server = new RedisServer(await freePort(), folder, [file, '--sentinel']);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with nothing in it. */
  async start(): Promise<void> {
    const isSentinel = this.#args.includes('--sentinel');
    const [file, ...rest] = isSentinel ? this.#args : ['', ...this.#args];
    const usual = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const nothing = isSentinel ? [] : ['--save', '', '--appendonly', 'no'];
    const args = [...(file === '' ? [] : [file ?? '']), ...usual, ...nothing, ...rest];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    const missing = new Promise<never>((_resolve, reject) => {
      child.once('error', () => {
        reject(new Error('these tests need redis-server: apt-get install redis-server'));
      });
    });
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('exit', () => {
        reject(new Error(`redis-server ended at once; is port ${this.port} taken?`));
      });
    });
    this.#child = child;
    await Promise.race([reachable(this.port, child), missing, ended]);
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** It takes connections and answers nothing, until it is told to go on. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Until the port is taken, or the child is gone. */
async function reachable(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => {
        resolve(false);
      });
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
