import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Does work that depends on one file, unless it has been done for the file's present content.
 * @param {string} file
 * @param {string} copy where that content is kept
 * @param {() => void} work
 */
export function unlessDone(file, copy, work) {
  const wanted = readFileSync(file, 'utf8');
  if (existsSync(copy) && readFileSync(copy, 'utf8') === wanted) return;
  work();
  writeFileSync(copy, wanted);
}
