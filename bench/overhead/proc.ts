/** What Linux says about processes and cores; the bench runs nowhere else. */
import { readFileSync } from 'node:fs';

// USER_HZ, which Linux fixes at 100 for everything it shows to user space, whatever the kernel's own tick.
const MS_PER_TICK = 10;
const PAGE_KB = 4;

/** CPU time of all threads of a process since its start. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in brackets may hold spaces; the numbered fields start after it, with field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

export function rssMb(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1];
  return (Number(pages) * PAGE_KB) / 1024;
}

/** Time that all cores together spent working, since boot, steal excluded. */
export function machineBusyMs(): number {
  const line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '';
  const [user, nice, system, , , irq, softirq] = line.split(/ +/).slice(1).map(Number);
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0)) * MS_PER_TICK;
}

/** A reading of the clocks that the difference of two turns into figures. */
export interface Reading {
  readonly atMs: number;
  readonly gatewayMs: number;
  readonly benchMs: number;
  readonly machineMs: number;
}

/** Reads the clocks of the machine and of `pids`, whose first is the gateway. */
export function read(pids: readonly number[]): Reading {
  const times = pids.map(cpuMs);
  return {
    atMs: performance.now(),
    gatewayMs: times[0] ?? 0,
    benchMs: times.reduce((sum, time) => sum + time, 0),
    machineMs: machineBusyMs(),
  };
}
