import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A port between 10000 and 30000 that nothing listens on: above, outgoing connections take them at random. */
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    if (await isFree(port)) return port;
  }
}

/** @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
