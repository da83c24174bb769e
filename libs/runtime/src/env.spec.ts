import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  ConfigurationError,
  describeSettings,
  type Environment,
  type Faults,
  kinds,
  provided,
  readSettings,
  type Settings,
  together,
  withFiles,
} from './env.js';

const settings = {
  HOST: { schema: kinds.text('127.0.0.1'), about: 'address' },
  PORT: { schema: kinds.port(8080), about: 'port' },
  SIZE: { schema: kinds.integer(10, 20, 15), about: 'size' },
  OPEN: { schema: kinds.flag(false), about: 'whether it is open' },
  LEVEL: { schema: kinds.choice(['low', 'high'], 'low'), about: 'level' },
  URL: { schema: kinds.postgres(), about: 'database' },
  KEY: { schema: kinds.secret(), about: 'signs things', secret: true },
} as const satisfies Settings;

const faultsOf = (env: Environment, wanted: Settings = settings, found?: Faults): readonly string[] => {
  try {
    readSettings(wanted, env, found);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
};

describe('readSettings', () => {
  it('takes the default of what is absent or empty', () => {
    const expected = {
      HOST: '127.0.0.1',
      PORT: 8080,
      SIZE: 15,
      OPEN: false,
      LEVEL: 'low',
      URL: undefined,
      KEY: undefined,
    };
    expect(readSettings(settings, {})).toEqual(expected);
    expect(readSettings(settings, { HOST: '', PORT: '', SIZE: '', OPEN: '', LEVEL: '', URL: '', KEY: '' })).toEqual(
      expected,
    );
  });

  it('reads every kind', () => {
    const env = {
      HOST: '::1',
      PORT: '0',
      SIZE: '20',
      OPEN: 'true',
      LEVEL: 'high',
      URL: 'postgresql://u:p@h:1/d',
      KEY: 'sixteen letters!',
    };
    expect(readSettings(settings, env)).toEqual({ ...env, PORT: 0, SIZE: 20, OPEN: true });
  });

  it('names all faults at once and prints no value', () => {
    const env = {
      PORT: '65536',
      SIZE: 'hunter2',
      OPEN: 'hunter2',
      LEVEL: 'hunter2',
      URL: 'mysql://hunter2',
      KEY: 'hunter2',
    };
    const faults = faultsOf(env);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'SIZE', 'OPEN', 'LEVEL', 'URL', 'KEY']);
    expect(faults.join()).not.toContain('hunter2');
    expect(faults.join()).not.toContain('65536');
    expect(new ConfigurationError(faults).message).toContain('--help');
  });

  it.each(['1.5', '-1', ' 1', '1e3', '0x10', '99999999999'])('takes no %j for a port', (PORT) => {
    expect(faultsOf({ PORT })).toHaveLength(1);
  });

  it('names what is absent, malformed or in a broken file at once, each once', () => {
    const wanted = {
      ...settings,
      OWN: {
        schema: kinds.postgres(),
        about: 'own',
        absent: ({ URL }) => (URL ? undefined : 'OWN or URL must be set'),
      },
      CERT: { schema: kinds.text(), about: 'certificate', absent: together('CERT', 'CHAIN') },
      CHAIN: { schema: kinds.text(), about: 'chain', absent: together('CERT', 'CHAIN') },
      ITS: { schema: kinds.text(), about: 'its', absent: () => 'ITS must be set' },
    } satisfies Settings;
    const env = { NODE_ENV: 'production', PORT: 'x', CERT: 'c.pem' };
    expect(faultsOf(env, wanted, new Map([['ITS', 'ITS_FILE: its file is empty']]))).toEqual([
      'PORT: must be a whole number (port)',
      'KEY must be set when NODE_ENV=production (signs things)',
      'OWN or URL must be set',
      'CERT and CHAIN must be set together',
      'ITS_FILE: its file is empty',
    ]);
    expect(faultsOf({ URL: 'postgres://host' }, wanted)).toEqual(['ITS must be set']);
    expect(faultsOf({}, provided(wanted))).toEqual([]);
  });

  it('refuses to run in production without its secrets', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual(['KEY must be set when NODE_ENV=production (signs things)']);
    expect(faultsOf({ NODE_ENV: 'production', KEY: '' })).toHaveLength(1);
    expect(faultsOf({ NODE_ENV: 'production', KEY: 'sixteen letters!' })).toEqual([]);
  });
});

describe('a pair of secrets', () => {
  const pair = { SECRET: { schema: kinds.secrets(32), about: 'signs', secret: true } } as const;
  const long = (letter: string) => letter.repeat(32);

  it('is one or two, each long enough', () => {
    for (const SECRET of [long('a'), `${long('a')},${long('b')}`])
      expect(readSettings(pair, { SECRET })).toEqual({ SECRET });
    for (const SECRET of ['short', `${long('a')},short`, `${long('a')},`])
      expect(faultsOf({ SECRET }, pair)).toEqual(['SECRET: must have at least 32 characters, each of two (signs)']);
    expect(faultsOf({ SECRET: [long('a'), long('b'), long('c')].join() }, pair)).toEqual([
      'SECRET: must be one secret or two (signs)',
    ]);
  });

  it('has no blanks around either, which another process would not have', () => {
    for (const SECRET of [`${long('a')}, ${long('b')}`, `${long('a')} ,${long('b')}`, `${long('a')}\n`])
      expect(faultsOf({ SECRET }, pair)).toEqual(['SECRET: must have no blanks around a secret (signs)']);
  });
});

describe('settings in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const faultOf = (env: Environment): string => [...withFiles(settings, env).faults.values()].join('; ');

  it('are read without the line break at their end, and the rest of the environment stays', () => {
    const { env } = withFiles(settings, {
      KEY_FILE: write('key', 'sixteen letters!\n'),
      PORT_FILE: write('port', '81'),
      SIZE: '12',
      SIZE_FILE: '',
      OTHER_FILE: '/nowhere',
    });
    expect(env).toEqual({ KEY: 'sixteen letters!', PORT: '81', SIZE: '12', OTHER_FILE: '/nowhere' });
    expect(withFiles(settings, { KEY_FILE: write('key', ' two\nlines \r\n') }).env).toEqual({ KEY: ' two\nlines ' });
  });

  it('count as given in production', () => {
    expect(
      faultsOf(withFiles(settings, { NODE_ENV: 'production', KEY_FILE: write('key', 'sixteen letters!') }).env),
    ).toEqual([]);
  });

  it('are refused when they are empty: an absent value would mean the default', () => {
    expect(faultOf({ KEY_FILE: write('key', '') })).toBe('KEY_FILE: its file is empty');
    expect(faultOf({ KEY_FILE: write('key', '\n') })).toBe('KEY_FILE: its file is empty');
  });

  it('are refused when they cannot be read or are given twice', () => {
    expect(
      faultOf({ KEY_FILE: join(folder, 'absent'), URL_FILE: folder, PORT: '1', PORT_FILE: write('port', '2') }),
    ).toBe(
      'PORT_FILE and PORT are both set: one must go; URL_FILE: its file cannot be read (EISDIR); KEY_FILE: its file cannot be read (ENOENT)',
    );
  });
});

describe('describeSettings', () => {
  it('lists every setting with its default', () => {
    const lines = describeSettings(settings).split('\n');
    expect(lines).toEqual([
      '  HOST   address (default 127.0.0.1)',
      '  PORT   port (default 8080)',
      '  SIZE   size (default 15)',
      '  OPEN   whether it is open (default false)',
      '  LEVEL  level (default low)',
      '  URL    database',
      '  KEY    signs things (secret; required in production)',
    ]);
  });
});
