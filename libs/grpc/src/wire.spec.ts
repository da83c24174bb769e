import { describe, expect, it } from '@jest/globals';
import { CallerAssertion, CustomersV300, CustomerV310, FailureDetail, Role } from '@platform/messages';
import { createRandom } from '@platform/testing';
import { deserializer, serializer } from './wire.js';

const random = createRandom();

function customer(): CustomerV310 {
  const text = () => random.text(random.pick([0, 1, 5, 41, 42, 43, 44, 130, 700]));
  const date = () => random.pick([null, '1990-05-15T00:00:00Z']);
  return {
    bank_id: text(),
    customer_id: text(),
    customer_number: text(),
    legal_name: text(),
    mobile_phone_number: text(),
    email: text(),
    face_image: random.pick([null, { url: text(), date: date() }]),
    date_of_birth: date(),
    relationship_status: text(),
    dependants: random.pick([0, 1, 127, 128, 300, 2_147_483_647, -1, -2_147_483_648]),
    dob_of_dependants: Array.from({ length: random.int(0, 4) }, text),
    credit_rating: { rating: text(), source: text() },
    credit_limit: { currency: text(), amount: text() },
    highest_education_attained: text(),
    employment_status: text(),
    kyc_status: random.pick([true, false]),
    last_ok_date: date(),
    title: text(),
    branch_id: text(),
    name_suffix: text(),
    version: random.int(0, 300),
  };
}

describe('the wire', () => {
  it('writes the bytes that the generated code writes alone, and reads them back', () => {
    const serialize = serializer(CustomerV310);
    const deserialize = deserializer(CustomerV310);
    for (let round = 0; round < 500; round += 1) {
      const message = customer();
      const bytes = serialize(message);
      expect(bytes.equals(CustomerV310.encode(message).finish())).toBe(true);
      expect(deserialize(bytes)).toEqual(message);
    }
  });

  it('nests messages of every length', () => {
    const serialize = serializer(CustomersV300);
    for (const count of [0, 1, 3, 200]) {
      const message = { customers: Array.from({ length: count }, () => ({ ...customer(), date_of_birth: '' })) };
      expect(serialize(message).equals(CustomersV300.encode(message).finish())).toBe(true);
    }
  });

  it('carries bytes, 64-bit numbers, enums and packed lists', () => {
    const assertion = {
      issuer: 'gateway',
      user_id: 'é'.repeat(42),
      consumer_id: '',
      bank_id: '\u{1f600}',
      roles: [Role.ROLE_CAN_GET_CUSTOMER],
      issued_at: 1_795_345_668_244,
      expires_at: Number.MAX_SAFE_INTEGER,
      service: true,
      rpc: '/obp.x.v1.XService/Do',
    };
    expect(serializer(CallerAssertion)(assertion).equals(CallerAssertion.encode(assertion).finish())).toBe(true);
    expect(deserializer(CallerAssertion)(serializer(CallerAssertion)(assertion))).toEqual(assertion);
  });

  it('starts clean after a message that could not be encoded', () => {
    const serialize = serializer(FailureDetail);
    expect(() => serialize({ failure: 2, detail: undefined as unknown as string })).toThrow();
    expect(
      serialize({ failure: 2, detail: 'x' }).equals(FailureDetail.encode({ failure: 2, detail: 'x' }).finish()),
    ).toBe(true);
  });

  it('refuses a text that ends before its length', () => {
    expect(() => deserializer(FailureDetail)(Buffer.from([18, 10, 65]))).toThrow();
  });
});
