import { accessSync, constants } from 'node:fs';

/** The settings of the platform under test. @throws Error naming the missing ones */
export function settings(env = process.env) {
  const missing = ['PLATFORM_URL', 'ADMIN_USERNAME', 'ADMIN_PASSWORD', 'CONSUMER_KEY'].filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`set ${missing.join(', ')}: of a platform that runs`);
  return {
    origin: new URL(env.PLATFORM_URL).origin,
    username: env.ADMIN_USERNAME,
    password: env.ADMIN_PASSWORD,
    consumer_key: env.CONSUMER_KEY,
    chromium: env.CHROMIUM || '/usr/bin/chromium',
    /** Folder of the screenshots; none are made without it. */
    screenshots: env.SCREENSHOTS || undefined,
  };
}

/** @throws Error that says what to install */
export async function launchBrowser(executablePath) {
  try {
    accessSync(executablePath, constants.X_OK);
  } catch {
    throw new Error(
      `there is no Chromium at ${executablePath}: install one (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM to its path`,
    );
  }
  const { chromium } = await import('playwright-core').catch(() => {
    throw new Error('playwright-core is not installed: run npm ci --prefix tools/browser');
  });
  // Chromium refuses to run as root within its sandbox.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
