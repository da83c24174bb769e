import { describe, expect, it } from '@jest/globals';
import { checkCallback } from './callback.js';

describe('a callback', () => {
  it.each([
    ['oob', ''],
    ['oob', 'https://app.example.com/'],
    ['https://app.example.com/back?next=%20a', ''],
    ['http://localhost:5173/api/callback', ''],
    ['http://127.0.0.1/', ''],
    ['http://[::1]:8080/', ''],
    ['https://app.example.com/back', 'https://app.example.com/back'],
    ['https://app.example.com/back?a=b', 'https://app.example.com/back'],
    ['https://app.example.com/back/here', 'https://app.example.com/back'],
    ['https://app.example.com/back/here', 'https://app.example.com/back/'],
    ['https://app.example.com/any/where', 'https://app.example.com'],
    ['http://app.example.com/back', 'http://app.example.com/'],
  ])('%s is accepted where %j is registered', (callback, registered) => {
    expect(checkCallback(callback, registered)).toBe(callback);
  });

  it.each([
    ['https://app.example.com:443/a/../back', '', 'https://app.example.com/back'],
    ['HTTPS://APP.EXAMPLE.COM', '', 'https://app.example.com/'],
    ['https://app.example.com\\@evil.example.com/', '', 'https://app.example.com/@evil.example.com/'],
  ])('%s is put into its normal form', (callback, registered, normal) => {
    expect(checkCallback(callback, registered)).toBe(normal);
  });

  it.each([
    ['', ''],
    ['OOB', ''],
    ['/back', ''],
    ['javascript:alert(1)', ''],
    ['data:text/html,x', ''],
    ['app://back', ''],
    ['http://app.example.com/', ''],
    ['http://localhost.example.com/', ''],
    ['https://user@app.example.com/', ''],
    ['https://user:pass@app.example.com/', ''],
    ['https://app.example.com/#fragment', ''],
    ['https://app.example.com/#', ''],
    ['https://a;script-src/', ''],
    ["https://a'b/", ''],
    ['https://app.example.com/\r\nX: y'.repeat(200), ''],
    [`https://app.example.com/${'x'.repeat(2_000)}`, ''],
    ['https://app.example.com/backdoor', 'https://app.example.com/back'],
    ['https://app.example.com/', 'https://app.example.com/back'],
    ['https://app.example.com/back/../other', 'https://app.example.com/back'],
    ['https://app.example.com/back/%2e%2e/other', 'https://app.example.com/back'],
    ['https://app.example.com.evil.example.com/back', 'https://app.example.com/back'],
    ['https://evil.example.com/back', 'https://app.example.com/back'],
    ['http://app.example.com/back', 'https://app.example.com/back'],
    ['https://app.example.com:8443/back', 'https://app.example.com/back'],
    ['http://localhost/back', 'https://app.example.com/back'],
    ['https://app.example.com/back', 'no address'],
  ])('%j is refused where %j is registered', (callback, registered) => {
    expect(() => checkCallback(callback, registered)).toThrow(/OBP-20001: .* OAuth 1\.0a: .*(callback|redirect)/);
  });
});
