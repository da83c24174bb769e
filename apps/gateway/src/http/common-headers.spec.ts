import { describe, expect, it } from '@jest/globals';
import { readSettings } from '@platform/runtime';
import { corsOrigins, gatewaySettings } from '../config.js';
import { addVary, createCommonHeaders, type OutgoingHeaders, preflightHeaders } from './common-headers.js';

const app = 'https://app.example.com';
const originsOf = (env: Record<string, string>) =>
  corsOrigins(readSettings(gatewaySettings, { CALLER_SECRET: 'a secret of the tests and long enough', ...env }), env);
const headersFor = (env: Record<string, string>, origin?: string) =>
  createCommonHeaders({ cors_origins: originsOf(env), https: false })('id', {
    headers: origin === undefined ? {} : { origin },
  });
const corsOf = (headers: OutgoingHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(Access-Control-|Vary)/.test(name)));

describe('scripts of other origins', () => {
  const everybody = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*' };

  it('may read answers outside production, and nowhere else unless a setting says so', () => {
    expect(corsOf(headersFor({}, app))).toEqual(everybody);
    expect(corsOf(headersFor({}))).toEqual(everybody);
    expect(corsOf(headersFor({ NODE_ENV: 'production' }, app))).toEqual({});
    expect(corsOf(headersFor({ NODE_ENV: 'production', CORS_ORIGINS: '*' }, app))).toEqual(everybody);
    expect(corsOf(headersFor({ CORS_ORIGINS: 'none' }, app))).toEqual({});
  });

  it('may where their origin is listed, and caches keep the answers apart', () => {
    const env = { NODE_ENV: 'production', CORS_ORIGINS: `http://localhost:3000, ${app}` };
    expect(corsOf(headersFor(env, app))).toEqual({
      Vary: 'Origin',
      'Access-Control-Allow-Origin': app,
      'Access-Control-Expose-Headers': '*',
    });
    for (const other of ['https://app.example.com.evil.example', 'http://app.example.com', 'null', undefined])
      expect(corsOf(headersFor(env, other))).toEqual({ Vary: 'Origin' });
  });

  it.each([
    'app.example.com',
    `${app}/`,
    `${app}/path`,
    `*, ${app}`,
    'none,auto',
    'ftp://app.example.com',
    'HTTPS://App.example.com',
    'null',
  ])('may not by the setting %s, which is refused', (CORS_ORIGINS) => {
    expect(() => originsOf({ CORS_ORIGINS })).toThrow(/CORS_ORIGINS: must be/);
  });

  it('learn from a preflight what they may send: also Authorization, which * does not cover, and never cookies', () => {
    const told = preflightHeaders(headersFor({}, app));
    const names = String(told['Access-Control-Allow-Headers']).toLowerCase().split(', ');
    expect(names).toEqual(
      expect.arrayContaining([
        '*',
        'authorization',
        'directlogin',
        'content-type',
        'x-grpc-web',
        'grpc-timeout',
        'connect-protocol-version',
        'connect-timeout-ms',
      ]),
    );
    expect(told).not.toHaveProperty('Access-Control-Allow-Credentials');
    expect(corsOf(preflightHeaders(headersFor({ CORS_ORIGINS: app }, 'https://other.example.com')))).toEqual({
      Vary: 'Origin',
    });
  });
});

describe('every answer', () => {
  it('forbids frames and guesses, and plain HTTP only where clients come by TLS', () => {
    const safe = { 'X-Frame-Options': 'DENY', 'X-Content-Type-Options': 'nosniff' };
    expect(headersFor({})).toMatchObject(safe);
    expect(headersFor({})).not.toHaveProperty('Strict-Transport-Security');
    expect(createCommonHeaders({ cors_origins: [], https: true })('id')).toMatchObject({
      ...safe,
      'Strict-Transport-Security': 'max-age=31536000',
    });
  });

  it('names all that it depends on', () => {
    const headers: OutgoingHeaders = { Vary: 'Origin' };
    addVary(headers, 'Accept-Encoding');
    expect(headers).toEqual({ Vary: 'Origin, Accept-Encoding' });
  });
});
