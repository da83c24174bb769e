import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadCredentials } from './credentials.js';
import { tour } from './tour.js';

let dataDir: string;
beforeEach(() => void (dataDir = join(mkdtempSync(join(tmpdir(), 'credentials-')), 'data')));
afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

describe('the credentials of an instance', () => {
  it('are generated once and found again', () => {
    const first = loadCredentials({ dataDir, env: {} });
    expect(first).toMatchObject({
      admin_username: 'admin.user',
      generated: ['caller_secret', 'journal_key', 'admin_password', 'consumer_key', 'consumer_secret'],
      file: join(dataDir, 'credentials.json'),
    });
    expect(first.caller_secret).toMatch(/^[0-9a-f]{64}$/);
    expect(first.admin_password).toMatch(/^[\w-]{24}$/);
    expect(first.consumer_key).toMatch(/^[0-9a-z]{40}$/);
    expect(first.consumer_secret).toMatch(/^[0-9a-z]{40}$/);
    expect(first.consumer_secret).not.toBe(first.consumer_key);
    expect(loadCredentials({ dataDir, env: {} })).toEqual({ ...first, generated: [] });
  });

  it("are for their owner's eyes", () => {
    const { file } = loadCredentials({ dataDir, env: {} });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('stay so when one is added to a file that others may read', () => {
    const { file } = loadCredentials({ dataDir, env: {} });
    writeFileSync(file, '{"caller_secret":"kept kept kept kept"}');
    chmodSync(file, 0o644);
    expect(loadCredentials({ dataDir, env: {} })).toMatchObject({
      caller_secret: 'kept kept kept kept',
      generated: ['journal_key', 'admin_password', 'consumer_key', 'consumer_secret'],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('come from the environment first, which is not stored', () => {
    const env = {
      CALLER_SECRET: 'given-secret-given',
      ADMIN_PASSWORD: 'given-password',
      CONSUMER_KEY: '',
      ADMIN_USERNAME: 'root.user',
    };
    const loaded = loadCredentials({ dataDir, env });
    expect(loaded).toMatchObject({
      caller_secret: 'given-secret-given',
      admin_password: 'given-password',
      admin_username: 'root.user',
      generated: ['journal_key', 'consumer_key', 'consumer_secret'],
    });
    expect(readFileSync(loaded.file, 'utf8')).not.toContain('given');
    expect(loadCredentials({ dataDir, env: {} }).consumer_key).toBe(loaded.consumer_key);
  });

  it('need no file when all are given', () => {
    const { generated, file } = loadCredentials({
      dataDir,
      env: { CALLER_SECRET: 's', JOURNAL_KEY: 'j', ADMIN_PASSWORD: 'p', CONSUMER_KEY: 'k', CONSUMER_SECRET: 't' },
    });
    expect(generated).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it('that cannot be read are named by their file, not replaced', () => {
    const { file } = loadCredentials({ dataDir, env: {} });
    writeFileSync(file, '{');
    expect(() => loadCredentials({ dataDir, env: {} })).toThrow(`${file} cannot be read`);
    expect(readFileSync(file, 'utf8')).toBe('{');
  });
});

describe('the tour', () => {
  const text = tour('http://127.0.0.1:8081', {
    caller_secret: 'never shown',
    journal_key: 'never shown',
    admin_username: 'admin.user',
    admin_password: 'pass-word',
    consumer_key: 'key123',
    consumer_secret: 'never shown',
  });

  it('logs in with the given name, password and key at the given address', () => {
    expect(text).toContain(
      `curl -s -X POST http://127.0.0.1:8081/my/logins/direct -H 'DirectLogin: username=admin.user, password=pass-word, consumer_key=key123'`,
    );
    expect(text).toMatch(/^OBP=http:\/\/127\.0\.0\.1:8081\/obp\/v5\.1\.0$/m);
    expect(text).not.toContain('never shown');
  });

  it('survives a quote in the password', () => {
    const quoted = tour('http://127.0.0.1:8081', {
      caller_secret: '',
      journal_key: '',
      admin_username: 'admin.user',
      admin_password: `it's`,
      consumer_key: 'key123',
      consumer_secret: '',
    });
    expect(quoted).toContain(`password=it'\\''s, consumer_key`);
  });

  it('ends by deleting the customer that it created', () => {
    expect(text.trim().split('\n').at(-1)).toBe(
      'curl -s -X DELETE $OBP/management/cascading/banks/gh.29.uk/customers/$CUSTOMER_ID -H "$AUTH"; echo',
    );
  });
});
