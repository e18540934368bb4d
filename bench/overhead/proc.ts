/** Reads process and CPU statistics from /proc; the bench runs on Linux only. */
import { readFileSync } from 'node:fs';

// USER_HZ, which is always 100 for user space, independent of the kernel's tick.
const MS_PER_TICK = 10;
const PAGE_KB = 4;

/** CPU time in milliseconds of all threads of a process since its start. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may contain spaces; after it, the fields start with number 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

export function rssMb(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1];
  return (Number(pages) * PAGE_KB) / 1024;
}

/** Busy time in milliseconds of all cores since boot, without steal. */
export function machineBusyMs(): number {
  const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '';
  const [user, nice, system, , , irq, softirq] = line.split(/ +/).slice(1).map(Number);
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0)) * MS_PER_TICK;
}

/** A snapshot of the clocks; figures are differences of two. */
export interface ClockSnapshot {
  readonly atMs: number;
  readonly gatewayMs: number;
  readonly benchMs: number;
  readonly machineMs: number;
}

/** Reads the clocks of the machine and of `pids`, whose first is the gateway. */
export function readClocks(pids: readonly number[]): ClockSnapshot {
  const times = pids.map(cpuMs);
  return {
    atMs: performance.now(),
    gatewayMs: times[0] ?? 0,
    benchMs: times.reduce((sum, time) => sum + time, 0),
    machineMs: machineBusyMs(),
  };
}
