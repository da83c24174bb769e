import { spawn } from 'node:child_process';
import { patient, within } from '@platform/testing';

/** Copies the commands from a start's output, as a reader would. */
export function printedTour(output: string): string {
  const [, commands] = /\n(OBP=[\s\S]*?)\n\s*\nCtrl-C/.exec(output) ?? [];
  if (commands === undefined) throw new Error(`no commands in:\n${output}`);
  return `${commands}\n`;
}

/** Pastes commands into a shell. @returns the printed lines */
export async function paste(commands: string): Promise<string[]> {
  const shell = spawn('sh', [], { stdio: ['pipe', 'pipe', 'pipe'], timeout: patient(20_000), killSignal: 'SIGKILL' });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise((resolve) => shell.once('close', resolve));
  shell.stdin.end(commands);
  await within(25_000, 'the shell', ended);
  return output.trim().split('\n');
}

/**
 * The customer that the tour has shown with everything that belongs to it. @throws Error unless the tour ended by
 * deleting it
 */
export function touredCustomer(lines: readonly string[]): Record<string, unknown> {
  const [overview = '', deleted] = lines.slice(-2);
  if (deleted !== 'true') throw new Error(`the tour did not end with a deletion:\n${lines.join('\n')}`);
  return JSON.parse(overview) as Record<string, unknown>;
}

/** The secrets that a first start has printed. */
export function printedSecrets(output: string): {
  admin_username: string;
  admin_password: string;
  consumer_key: string;
} {
  const find = (label: string): string => {
    const [, value] = new RegExp(`^${label} +(\\S+)$`, 'm').exec(output) ?? [];
    if (value === undefined) throw new Error(`no "${label}" in:\n${output}`);
    return value;
  };
  return { admin_username: find('first admin'), admin_password: find('password'), consumer_key: find('consumer key') };
}
