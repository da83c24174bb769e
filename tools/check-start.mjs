// Starts the platform as a newcomer does, runs the tour that it prints, stops it by Ctrl-C.
import { spawn } from 'node:child_process';
import { withPlatform } from './lib/running-platform.mjs';
import { prepare } from './prepare.mjs';

await prepare();
await withPlatform(async ({ banner, stop }) => {
  await runTour(tourIn(await banner()));
  await stop();
  console.log('started, toured and stopped');
});

function tourIn(output) {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.startsWith('OBP='));
  const end = lines.findIndex((line) => line.startsWith('Ctrl-C'));
  if (first < 0 || end < first) throw new Error(`no tour in:\n${output}`);
  return lines.slice(first, end).join('\n');
}

async function runTour(commands) {
  const shell = spawn('sh', ['-c', commands], { stdio: ['ignore', 'pipe', 'inherit'] });
  let answers = '';
  shell.stdout.on('data', (chunk) => (answers += chunk));
  const code = await new Promise((resolve) => shell.once('close', resolve));
  console.log(answers.trimEnd());
  const [overview, last] = answers.trim().split('\n').slice(-2);
  if (code !== 0 || !overview.includes('"legal_name":"Eveline Tripman"') || last !== 'true')
    throw new Error('the tour did not end with the customer that it made, and its deletion');
}
