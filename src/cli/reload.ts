import type { App } from '../app.js';
import { watchFiles, type WatchOptions } from '../config/watch.js';
import type { Log } from '../telemetry/log.js';

type WatchedApp = Pick<App, 'files' | 'reload'>;

/** Reloads until it is closed. */
export interface ReloadWatch {
  /** Notes the files that an app is about to be made of: what changes from now on is read again. */
  willRead(files: readonly string[]): Promise<void>;
  /** The app runs: it is reloaded from now on, and at once where something has come up before. */
  begin(app: WatchedApp): void;
  /**
   * Reloads at once, whatever has changed; never rejects.
   *
   * While one is under way all that are asked for are one, which comes after it.
   */
  reload(): Promise<void>;
  /** None begins after this. */
  close(): void;
}

/**
 * Reloads an app whenever a file it was made of has changed: configuration, rules, their tests, the
 * pointer to a tuned head.
 *
 * Where a reload was refused, the files that the refused configuration names are watched besides, until
 * one succeeds: it may be one of them that has to be corrected, or to come.
 */
export function watchForReload(log: Log, options: WatchOptions): ReloadWatch {
  let begin: ReloadWatch['begin'] = () => undefined;
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
    const taken = await app.reload((named) => watch.follow([...new Set([...app.files, ...named])]));
    if (taken) await watch.follow(app.files);
  };
  const reload = (): Promise<void> => {
    // One that has not begun yet will read all that has changed until it does.
    last = next ??= last.then(reloadNow);
    return last;
  };
  return {
    willRead: (files) => watch.follow(files),
    begin,
    reload,
    close: () => {
      isClosed = true;
      watch.close();
    },
  };
}
