import { expect, it } from '@jest/globals';
import { createSecret, signatureHeaders } from './signature.js';

// The example of the specification's own libraries.
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

it('a message is signed as the specification says', () => {
  expect(signatureHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  });
});

it('while a secret is rotated, both sign', () => {
  const signatures = signatureHeaders(message, [createSecret(), secret])['webhook-signature'].split(' ');
  expect(signatures).toHaveLength(2);
  expect(signatures[1]).toBe(signature);
  expect(signatures[0]).not.toBe(signature);
});

it('secrets have 32 random bytes', () => {
  const [one, other] = [createSecret(), createSecret()];
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(other).not.toBe(one);
});
