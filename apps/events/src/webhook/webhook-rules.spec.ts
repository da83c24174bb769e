import { expect, it } from '@jest/globals';
import { checkKinds, checkUrl } from './webhook-rules.js';

it.each([
  ['ftp://receiver.example/', 'must begin with https'],
  ['http://receiver.example/', 'must begin with https'],
  ['javascript:alert(1)', 'must begin with https'],
  ['receiver.example', 'is no URL'],
  ['https://user:password@receiver.example/', 'must not contain a password'],
  ['https://receiver.example/#part', 'must not contain a fragment'],
  ['https://169.254.169.254/latest/meta-data', '169.254.169.254 is not public'],
  ['https://[fd00::1]/', 'fd00::1 is not public'],
])('the url %s is refused: it %s', (url, reason) => expect(() => checkUrl(url, false)).toThrow(reason));

it('a public https url is accepted; a private http one only where that is allowed', () => {
  checkUrl('https://receiver.example:8443/events?of=bank', false);
  checkUrl('http://127.0.0.1:9000/', true);
  expect(() => checkUrl('ftp://127.0.0.1/', true)).toThrow('must begin with https');
});

it('kinds are those of the journal', () => {
  checkKinds([]);
  checkKinds(['customer', 'agent']);
  expect(() => checkKinds(['customer', 'account'])).toThrow(/can only be: customer, /);
});
