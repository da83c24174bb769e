import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { SignedRequest } from '@platform/messages';
import { isSigned, isSignatureMethod } from './signature.js';

const signed = (base_string: string, signature: string, signature_method = 'HMAC-SHA1'): SignedRequest => ({
  base_string,
  signature,
  signature_method,
  consumer_key: '',
  token: '',
  timestamp: 0,
  nonce: '',
  callback: '',
  verifier: '',
});
const initiate =
  'POST&https%3A%2F%2Fphotos.example.net%2Finitiate&oauth_callback%3Dhttp%253A%252F%252Fprinter.example.com%252Fready%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DwIjqoS%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131200';
const photo =
  'GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131202%26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal';
const printer = { consumer_secret: 'kd94hf93k423kf44', token_secret: '' };

describe('a signature', () => {
  it('is the one that RFC 5849, 1.2, publishes, without and with a token', () => {
    expect(isSigned(signed(initiate, '74KNZJeDHnMBp0EMJ9ZHt/XKycU='), printer)).toBe(true);
    expect(
      isSigned(signed(photo, 'MdpQcU8iPSUjWoN/UDMsK2sui9I='), { ...printer, token_secret: 'pfkkdhi9sl3r4s00' }),
    ).toBe(true);
  });

  it('may be made with SHA-256, and with secrets of any characters', () => {
    const signature = createHmac('sha256', 'a%26%21%2A%27%28%29~-._%20%C3%A9&b%25').update('text').digest('base64');
    expect(
      isSigned(signed('text', signature, 'HMAC-SHA256'), { consumer_secret: "a&!*'()~-._ é", token_secret: 'b%' }),
    ).toBe(true);
  });

  it.each([
    ['', 'HMAC-SHA1'],
    ['74KNZJeDHnMBp0EMJ9ZHt/XKycU', 'HMAC-SHA1'],
    ['74KNZJeDHnMBp0EMJ9ZHt/XKycU=', 'HMAC-SHA256'],
    ['74KNZJeDHnMBp0EMJ9ZHt_XKycU=', 'HMAC-SHA1'],
    [' 74KNZJeDHnMBp0EMJ9ZHt/XKycU=', 'HMAC-SHA1'],
  ])('%j by %s is not right', (signature, method) => {
    expect(isSigned(signed(initiate, signature, method), printer)).toBe(false);
  });

  it('of another text or with another secret is not right', () => {
    const right = '74KNZJeDHnMBp0EMJ9ZHt/XKycU=';
    expect(isSigned(signed(`${initiate}0`, right), printer)).toBe(false);
    expect(isSigned(signed(initiate, right), { ...printer, token_secret: 'x' })).toBe(false);
    expect(isSigned(signed(initiate, right), { ...printer, consumer_secret: 'x' })).toBe(false);
  });

  it('is never right without a secret', () => {
    const signature = createHmac('sha1', '&').update('text').digest('base64');
    expect(isSigned(signed('text', signature), undefined)).toBe(false);
    expect(isSigned(signed('text', signature), { consumer_secret: '', token_secret: '' })).toBe(false);
  });

  it('has one of two methods', () => {
    expect(
      ['HMAC-SHA1', 'HMAC-SHA256', 'hmac-sha1', 'PLAINTEXT', 'RSA-SHA1', 'sha1', ''].map(isSignatureMethod),
    ).toEqual([true, true, false, false, false, false, false]);
  });
});
