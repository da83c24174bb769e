import { randomInt } from 'node:crypto';

const characters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Random lower-case letters and digits. Keys and secrets have 40 of them: 206 bits. */
export function randomText(length = 40): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}
