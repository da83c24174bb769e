import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOf } from '@platform/audit';
import { rpc } from '@platform/grpc';
import { type AuditEvent, AuditServiceDefinition, Failure, type GetAuditEventsRequest, Role } from '@platform/messages';
import { eventually } from '@platform/testing';
import { Client } from 'pg';
import {
  adminPassword,
  all,
  asUser,
  consumerKey,
  context,
  methods,
  newName,
  startDirectory,
  userPassword,
} from './directory.js';

const recordAuditEvents = rpc(AuditServiceDefinition, 'recordAuditEvents');
const getAuditEvents = rpc(AuditServiceDefinition, 'getAuditEvents');
const everything: GetAuditEventsRequest = {
  from_date: null,
  to_date: null,
  user_id: null,
  operation_id: null,
  result: null,
  before: null,
  limit: 1_000,
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const reader = asUser('auditor', [Role.ROLE_CAN_READ_AUDIT_TRAIL]);
const read = async (request: Partial<GetAuditEventsRequest> = {}): Promise<AuditEvent[]> =>
  (await all(directory.peer.stream(getAuditEvents, { ...everything, ...request }, reader))).flatMap(
    ({ events }) => events,
  );
const record = (events: AuditEvent[]) => directory.peer.call(recordAuditEvents, { events }, context());
const some = (count: number, operation_id: string, user_id = 'u-1'): AuditEvent[] =>
  Array.from({ length: count }, () =>
    eventOf(
      { operation_id, user_id, consumer_id: 'c-1', correlation_id: 'r-1' },
      { kind: 'export', bank_id: 'b-1' },
      Date.now(),
    ),
  );
const ids = (events: readonly AuditEvent[]) => events.map(({ event_id }) => event_id);

/** Equal failures are collected first, so they appear in the table a moment later. */
async function gathered(request: Partial<GetAuditEventsRequest>, count = 1): Promise<AuditEvent[]> {
  let found: AuditEvent[] = [];
  await eventually(2_000, 'the events', async () => (found = await read(request)).length >= count);
  return found;
}

describe('the table of events', () => {
  it('takes events, also twice, and gives them back as they came', async () => {
    const events = some(3, 'op-twice');
    await record(events);
    await record([...events, ...some(1, 'op-twice')]);
    const found = await read({ operation_id: 'op-twice' });
    expect(found).toHaveLength(4);
    expect(found.slice(1)).toEqual([...events].reverse());
  });

  it('takes an event whose text is cut amid a character, and those that come with it', async () => {
    const long = { ...(some(1, 'op-cut')[0] as AuditEvent), bank_id: `${'x'.repeat(254)}\u{1F600}` };
    await record([long, ...some(1, 'op-cut')]);
    expect((await read({ operation_id: 'op-cut' })).map(({ bank_id }) => bank_id)).toEqual(['b-1', 'x'.repeat(254)]);
  });

  it.each([
    ['update', "update audit.event set user_id = 'nobody'"],
    ['an update of no row', "update audit.event set user_id = 'nobody' where false"],
    ['delete', 'delete from audit.event'],
    ['truncate', 'truncate audit.event'],
    [
      'an upsert',
      "insert into audit.event select * from audit.event limit 1 on conflict (event_id) do update set user_id = 'nobody'",
    ],
  ])('refuses %s, whoever tries', async (_what, sql) => {
    await record(some(1, 'op-kept'));
    const before = await read();
    await expect(directory.rows(sql)).rejects.toMatchObject({
      code: '42501',
      message: 'audit.event can only be added to',
    });
    expect(await read()).toEqual(before);
  });

  it('can belong to another role than the application, which then cannot lift that', async () => {
    const own = await startDirectory();
    const application = `app_${newName('r').replaceAll('.', '_')}`;
    const owner = `owner_${newName('r').replaceAll('.', '_')}`;
    try {
      for (const sql of [
        `create role ${owner} nologin`,
        `create role ${application} nologin`,
        `alter schema audit owner to ${owner}`,
        `alter table audit.event owner to ${owner}`,
        `alter function audit.refuse() owner to ${owner}`,
        `grant usage on schema audit to ${application}`,
        `grant select, insert on audit.event to ${application}`,
      ])
        await own.rows(sql);
      const client = new Client({ connectionString: own.database_url, options: `-c role=${application}` });
      await client.connect();
      try {
        await client.query(
          `insert into audit.event values ('e-1', now(), 'login', 'DirectLogin', '', '', '', '', '', 'ok', 1, '')`,
        );
        expect((await client.query('select from audit.event')).rowCount).toBeGreaterThan(0);
        for (const sql of [
          'delete from audit.event',
          'truncate audit.event',
          "update audit.event set role = 'x'",
          'alter table audit.event disable trigger all',
          'drop trigger event_stays on audit.event',
          'drop table audit.event',
          'drop schema audit cascade',
          'create or replace function audit.refuse() returns trigger language plpgsql as $$ begin return new; end $$',
        ]) {
          await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
        }
      } finally {
        await client.end();
      }
      // The procedure for old events that the documentation gives to the table's owner.
      await own.rows(
        `begin; set local role ${owner}; alter table audit.event disable trigger event_stays; delete from audit.event where event_id = 'e-1'; alter table audit.event enable always trigger event_stays; commit`,
      );
      expect(await own.rows("select from audit.event where event_id = 'e-1'")).toEqual([]);
      await expect(own.rows('delete from audit.event')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await own.rows(`drop owned by ${application}`);
      await own.rows(`reassign owned by ${owner} to current_user`);
      await own.rows(`drop role ${application}, ${owner}`);
      await own.close();
    }
  });

  it('takes what no column takes as far as it can, so that it keeps no other event back', async () => {
    const [odd, good] = [some(1, 'op-odd\0')[0] as AuditEvent, some(1, 'op-good')[0] as AuditEvent];
    await record([{ ...odd, subject: 'x'.repeat(10_000) }, good]);
    expect((await read({ operation_id: 'op-odd' }))[0]?.subject).toHaveLength(255);
    expect(await read({ operation_id: 'op-good' })).toEqual([good]);
  });
});

describe('the reading of events', () => {
  it('comes newest first, page by page behind each other', async () => {
    const events = some(1_203, 'op-paged');
    for (let at = 0; at < events.length; at += 500) await record(events.slice(at, at + 500));
    const newest = ids(events).reverse();
    expect(ids(await read({ operation_id: 'op-paged', limit: 1_100 }))).toEqual(newest.slice(0, 1_100));
    expect(await read({ operation_id: 'op-paged', limit: null })).toHaveLength(50);
    const walked: string[] = [];
    for (let before: string | null = null; walked.length < 1_300;) {
      const page = await read({ operation_id: 'op-paged', limit: 100, before });
      if (page.length === 0) break;
      walked.push(...ids(page));
      before = page.at(-1)?.event_id ?? null;
    }
    expect(walked).toEqual(newest);
  });

  it('filters by user, operation, result and time', async () => {
    const user_id = newName('user');
    await record(some(2, 'op-filter', user_id));
    await record([{ ...(some(1, 'op-other', user_id)[0] as AuditEvent), result: 'OBP-20006' }]);
    const at = (offset_s: number) => `${new Date(Date.now() + offset_s * 1_000).toISOString().slice(0, 19)}Z`;
    const count = async (request: Partial<GetAuditEventsRequest>) => (await read({ user_id, ...request })).length;
    expect([
      await count({}),
      await count({ operation_id: 'op-filter' }),
      await count({ result: 'OBP-20006' }),
      await count({ result: 'ok', operation_id: 'op-other' }),
    ]).toEqual([3, 2, 1, 0]);
    expect([
      await count({ from_date: at(-60) }),
      await count({ from_date: at(60) }),
      await count({ to_date: at(60) }),
      await count({ to_date: at(-60) }),
      await count({ from_date: at(-60), to_date: at(0) }),
    ]).toEqual([3, 0, 3, 0, 3]);
    expect([
      await count({ from_date: '1969-01-01T00:00:00Z' }),
      await count({ to_date: '1969-01-01T00:00:00Z' }),
      await count({ from_date: '9999-12-31T23:59:59Z' }),
      await count({ to_date: '9999-12-31T23:59:59Z' }),
    ]).toEqual([3, 0, 0, 3]);
    expect(await count({ operation_id: 'with\0nul' })).toBe(0);
    await expect(count({ limit: 0 })).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_FILTER_PARAMETERS });
  });

  it('needs its role, and adding is for services', async () => {
    await expect(all(directory.peer.stream(getAuditEvents, everything, asUser('somebody')))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await expect(
      directory.peer.call(recordAuditEvents, { events: [] }, asUser('somebody', [Role.ROLE_CAN_READ_AUDIT_TRAIL])),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
  });
});

describe('what the directory changes', () => {
  it('is told in the same transaction, or neither', async () => {
    const { user_id } = await directory.admin();
    const user = await directory.createUser();
    await directory.addEntitlement(user_id, user.user_id, 'CanGetAnyUser');
    const granted = () => read({ user_id, operation_id: 'OBPv2.0.0-addEntitlement' });
    const before = await granted();
    expect(before[0]).toMatchObject({
      kind: 'grant',
      subject: user.user_id,
      role: 'CanGetAnyUser',
      bank_id: '',
      result: 'ok',
      count: 1,
      correlation_id: 'test',
    });
    // The unique index refuses the grant when the transaction ends, after its event was written.
    await expect(directory.addEntitlement(user_id, user.user_id, 'CanGetAnyUser')).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_EXISTS,
    });
    expect(await granted()).toEqual(before);
    await directory.rows('alter table audit.event add constraint refused check (kind <> $$grant$$) not valid');
    try {
      await expect(directory.addEntitlement(user_id, user.user_id, 'CanCreateBank')).rejects.toThrow();
      expect((await directory.entitlements(user.user_id)).map(({ role_name }) => role_name)).toEqual(['CanGetAnyUser']);
    } finally {
      await directory.rows('alter table audit.event drop constraint refused');
    }
  });

  it('names nobody who tried to log in, and the user where there is one', async () => {
    const user = await directory.createUser();
    const typed = `a-password-typed-as-a-name-${newName('x')}`;
    await expect(directory.logIn(typed, 'some password')).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    });
    await expect(directory.logIn(user.username, 'a wrong password')).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    });
    await directory.logIn(user.username, userPassword);
    const [wrong] = await gathered({ user_id: user.user_id, result: 'OBP-20004' });
    expect(wrong).toMatchObject({ kind: 'login', operation_id: 'DirectLogin', count: 1 });
    expect(wrong?.consumer_id).not.toBe('');
    expect(await read({ user_id: user.user_id, result: 'ok' })).toEqual([
      expect.objectContaining({ kind: 'login', operation_id: 'DirectLogin' }),
    ]);
    const text = JSON.stringify(await directory.rows('select * from audit.event'));
    for (const never of [typed, user.username, userPassword, 'a wrong password', adminPassword, consumerKey])
      expect(text).not.toContain(never);
  });

  it('is bounded where somebody tries one password after the other', async () => {
    const { username, user_id } = await directory.createUser();
    for (let index = 0; index < 7; index += 1)
      await expect(directory.logIn(username, `wrong password ${index}`)).rejects.toThrow();
    // The user is locked, so passwords are no longer checked.
    await Promise.allSettled(Array.from({ length: 100 }, () => directory.logIn(username, userPassword)));
    const [known] = await gathered({ user_id, result: 'OBP-20013' });
    expect(known?.kind).toBe('login');
    // The first event of each kind is stored at once; the others as one event with a count, every ten seconds.
    expect((await read({ user_id })).length).toBeLessThanOrEqual(8);
  });

  it('tells of a role that somebody grants itself just in time, once', async () => {
    const admin = await directory.admin();
    const user = await directory.createUser();
    await directory.addEntitlement(admin.user_id, user.user_id, 'CanCreateEntitlementAtAnyBank');
    const request = { user_id: user.user_id, consumer_id: 'c-1', role: Role.ROLE_CAN_GET_ANY_USER, at_bank_id: '' };
    for (let time = 0; time < 2; time += 1) await directory.peer.call(methods.grantJustInTime, request, context());
    expect(await read({ user_id: user.user_id, operation_id: 'grantJustInTime' })).toEqual([
      expect.objectContaining({ kind: 'grant', subject: user.user_id, role: 'CanGetAnyUser', consumer_id: 'c-1' }),
    ]);
  });
});
