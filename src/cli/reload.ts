import type { App } from '../app.js';
import { watchFiles, type WatchOptions } from '../config/watch.js';
import type { Log } from '../telemetry/log.js';

type WatchedApp = Pick<App, 'files' | 'reload'>;

/** Reloads an app when its files change, until it is closed. */
export interface Reloader {
  /** Starts watching the files that an app is about to read, so that no later change is missed. */
  willRead(files: readonly string[]): Promise<void>;
  /** Sets the running app. It is reloaded from now on, and at once if a reload was requested before. */
  setApp(app: WatchedApp): void;
  /**
   * Reloads at once, even if no file has changed; never rejects.
   *
   * Requests during a reload are coalesced into one reload after it.
   */
  reload(): Promise<void>;
  /** Stops watching; no reload starts after this. */
  close(): void;
}

/**
 * Reloads an app whenever one of its files changes: configuration, rules, their tests, the pointer to a
 * tuned head.
 *
 * After a refused reload, the files named by the refused configuration are watched as well until a reload
 * succeeds: one of them may have to be corrected or created.
 */
export function createReloader(log: Log, options: WatchOptions): Reloader {
  let begin: Reloader['setApp'] = () => undefined;
  const running = new Promise<WatchedApp>((resolve) => (begin = resolve));
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  const onChange = async (changed: readonly string[]): Promise<void> => {
    log.info({ changed }, 'files changed');
    await reload();
  };
  const watch = watchFiles([], (changed) => void onChange(changed), options);
  const reloadNow = async (): Promise<void> => {
    const app = await running;
    next = null;
    if (isClosed) return;
    const isReloaded = await app.reload((named) =>
      watch.setFiles([...new Set([...app.files, ...named])]),
    );
    if (isReloaded) await watch.setFiles(app.files);
  };
  const reload = (): Promise<void> => {
    // A reload that has not started yet will read everything that changes until it does.
    last = next ??= last.then(reloadNow);
    return last;
  };
  return {
    willRead: (files) => watch.setFiles(files),
    setApp: begin,
    reload,
    close: () => {
      isClosed = true;
      watch.close();
    },
  };
}
