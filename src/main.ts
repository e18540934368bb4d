#!/usr/bin/env node
import './core/no-pretenuring.js'; // first: applies to objects made after it
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { shippedWith } from './assembly/shipped.js';
import { runCommand } from './cli/commands.js';
import { outputFailure } from './cli/io.js';
import { systemClock } from './core/clock.js';
import { standardError } from './telemetry/log.js';

const root = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};

process.stdout.on('error', (error: Error) => {
  const { code, message } = outputFailure(error);
  writeError(message);
  process.exit(code);
});

// A closed pipe or a full disk behind stderr must not stop the command.
process.stderr.on('error', () => undefined);

function writeError(text: string): void {
  try {
    process.stderr.write(text);
  } catch {
    // Writes to files are synchronous, so that errors are thrown here.
  }
}

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

process.exitCode = await runCommand(process.argv.slice(2), {
  io: {
    out: (chunk) => process.stdout.write(chunk),
    err: writeError,
    env: process.env,
    readStdin: () => text(process.stdin),
    ask: process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : undefined,
  },
  shipped: shippedWith(root),
  version,
  clock: systemClock,
  openLogDestination: () => standardError(systemClock),
  onSignal: (signal, act) => process.on(signal, act),
});
