import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '@platform/messages';
import { ConfigurationError, createLogger } from '@platform/runtime';
import { eventOf } from './audit-event.js';
import { createTrail } from './trail.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = createLogger('test', 'silent');
const auditedCall = { operation_id: 'DirectLogin', user_id: 'u-1', consumer_id: 'c-1', correlation_id: 'r-1' };
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent);

describe('a trail', () => {
  it('writes each event as a line and hands it on, with ids in the order of time', async () => {
    const file = join(folder, 'audit.log');
    const stored: AuditEvent[] = [];
    let now = Date.UTC(2026, 10, 27, 12, 0, 0, 5);
    const trail = createTrail({
      target: file,
      store: async (events) => void stored.push(...events),
      log,
      clock: () => now,
    });
    trail.record(auditedCall, { kind: 'login' });
    now += 1;
    trail.record(auditedCall, { kind: 'login', result: 'OBP-20004' });
    trail.record(auditedCall, { kind: 'login', result: 'OBP-20004' });
    await trail.close();
    const lines = linesOf(file);
    expect(lines).toEqual(stored);
    expect(lines.map(({ occurred_at, kind, result, count }) => [occurred_at, kind, result, count])).toEqual([
      ['2026-11-27T12:00:00.005Z', 'login', 'ok', 1],
      ['2026-11-27T12:00:00.006Z', 'login', 'OBP-20004', 1],
      ['2026-11-27T12:00:00.006Z', 'login', 'OBP-20004', 1],
    ]);
    expect(lines.map(({ event_id }) => event_id)).toEqual(lines.map(({ event_id }) => event_id).sort());
    expect(lines[0]).toMatchObject(auditedCall);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('writes what is stored already as a line alone, behind what was there', async () => {
    const file = join(folder, 'audit.log');
    for (const operation_id of ['first', 'second']) {
      const trail = createTrail({
        target: file,
        store: async () => expect('nothing').toBe('stored'),
        log,
        clock: Date.now,
      });
      trail.stored(eventOf({ ...auditedCall, operation_id }, { kind: 'grant' }, Date.now()));
      await trail.close();
    }
    expect(linesOf(file).map(({ operation_id }) => operation_id)).toEqual(['first', 'second']);
  });

  it('refuses to start where its file cannot be opened, and tells no path', () => {
    const open = () =>
      createTrail({ target: join(folder, 'missing', 'audit.log'), store: async () => undefined, log, clock: Date.now });
    expect(open).toThrow(ConfigurationError);
    expect(open).toThrow(/AUDIT_LOG: the file cannot be opened \(ENOENT\)/);
  });
});
