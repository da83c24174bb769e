import { describe, expect, it } from '@jest/globals';
import { readEndpoints, ruleOf } from '@platform/endpoints';
import { ObpFailure } from '@platform/failure';
import { compileBody } from './bind-body.js';
import { readJson } from '../http/json.js';

/** Reads a JSON text as the body of an operation. */
function bodyOf(name: string): (text: string) => Record<string, unknown> {
  const field = readEndpoints().find(({ operation_id }) => operation_id.endsWith(`-${name}`))?.body;
  if (field === undefined) throw new Error(`${name} has no body`);
  const read = compileBody(field);
  return (text) => read(readJson(Buffer.from(text))) as Record<string, unknown>;
}

const create = bodyOf('createCustomer');
const identity = bodyOf('updateCustomerIdentity');
const creditLimit = bodyOf('updateCustomerCreditLimit');
const data = bodyOf('updateCustomerData');

/** A body of createCustomer with an extra member. */
const created = (member: string) =>
  create(`{"legal_name":"E","mobile_phone_number":"+4930"${member === '' ? '' : `,${member}`}}`);

function faultOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
}

describe('the body of createCustomer', () => {
  it('needs two members; the others are null or empty', () => {
    expect(created('')).toMatchObject({
      legal_name: 'E',
      mobile_phone_number: '+4930',
      customer_number: null,
      face_image: null,
      date_of_birth: null,
      dependants: null,
      dob_of_dependants: [],
      credit_limit: null,
      kyc_status: null,
    });
    expect(
      created(
        '"email":null,"face_image":null,"dob_of_dependants":null,"dependants":null,"kyc_status":null,"last_ok_date":null',
      ),
    ).toEqual(created(''));
  });

  it('ignores what it does not know, also other spellings', () => {
    expect(created('"nickname":"x","legalName":"y","__proto__":{"email":"z"}')).toEqual(created(''));
  });

  it.each<[string, Record<string, unknown>]>([
    ['"email":"a@b"', { email: 'a@b' }],
    ['"title":7', { title: '7' }],
    ['"title":10.10', { title: '10.10' }],
    ['"title":true', { title: 'true' }],
    ['"dependants":2', { dependants: 2 }],
    ['"dependants":2.9', { dependants: 2 }],
    ['"dependants":-0.5', { dependants: 0 }],
    ['"dependants":1e2', { dependants: 100 }],
    ['"kyc_status":false', { kyc_status: false }],
    // Whether these are valid dates is checked later, for requests of every protocol.
    ['"date_of_birth":"1990-05-15"', { date_of_birth: '1990-05-15' }],
    ['"dob_of_dependants":["2013-01-21"]', { dob_of_dependants: ['2013-01-21'] }],
    [
      '"face_image":{"url":"u","date":"2013-01-21T23:08:00Z"}',
      { face_image: { url: 'u', date: '2013-01-21T23:08:00Z' } },
    ],
    ['"credit_limit":{"currency":"EUR","amount":1000}', { credit_limit: { currency: 'EUR', amount: '1000' } }],
  ])('takes %s', (member, expected) => {
    expect(created(member)).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ['"email":{}', 'email must be a string'],
    ['"email":["a"]', 'email must be a string'],
    ['"dependants":"2"', 'dependants must be a whole number'],
    ['"dependants":true', 'dependants must be a whole number'],
    ['"dependants":2147483648', 'dependants must be a whole number of at most 2147483647'],
    ['"dependants":1e400', 'dependants must be a whole number of at most 2147483647'],
    ['"kyc_status":"true"', 'kyc_status must be true or false'],
    ['"kyc_status":0', 'kyc_status must be true or false'],
    ['"date_of_birth":20230101', 'date_of_birth must be a date like 2013-01-21T23:08:00Z'],
    ['"dob_of_dependants":"2013-01-21"', 'dob_of_dependants must be a list'],
    ['"dob_of_dependants":["2013-01-21",null]', 'dob_of_dependants[1] must be a date like 2013-01-21T23:08:00Z'],
    ['"face_image":"u"', 'face_image must be an object'],
    ['"face_image":[]', 'face_image must be an object'],
    ['"credit_limit":{"currency":"EUR"}', 'credit_limit.amount must be given'],
    ['"credit_limit":{"currency":null,"amount":"1"}', 'credit_limit.currency must be given'],
  ])('refuses %s', (member, reason) => {
    expect(faultOf(() => created(member))).toMatch(
      /^OBP-10001: Incorrect json format\..* The Json body should be the PostCustomerJsonV310 /,
    );
    expect(faultOf(() => created(member))).toContain(`(${reason})`);
  });

  it.each(['', 'null', '[]', '"x"', '7', 'true'])('is no %j', (text) => {
    expect(faultOf(() => create(text))).toContain('(the body must be a JSON object)');
  });

  it('must have its required members, and not as null', () => {
    expect(faultOf(() => create('{"mobile_phone_number":"1"}'))).toContain('(legal_name must be given)');
    expect(faultOf(() => create('{"legal_name":null,"mobile_phone_number":"1"}'))).toContain(
      '(legal_name must be given)',
    );
  });
});

describe('a required member', () => {
  it('that is a date may be null but not absent', () => {
    expect(identity('{"legal_name":"E","date_of_birth":null,"title":"","name_suffix":""}')).toEqual({
      legal_name: 'E',
      date_of_birth: null,
      title: '',
      name_suffix: '',
    });
    expect(faultOf(() => identity('{"legal_name":"E","title":"","name_suffix":""}'))).toContain(
      '(date_of_birth must be given)',
    );
  });

  it('that is an object may be neither', () => {
    expect(faultOf(() => creditLimit('{}'))).toContain('(credit_limit must be given)');
    expect(faultOf(() => creditLimit('{"credit_limit":null}'))).toContain('(credit_limit must be an object)');
    expect(creditLimit('{"credit_limit":{"currency":"EUR","amount":"1"}}')).toEqual({
      credit_limit: { currency: 'EUR', amount: '1' },
    });
  });

  it('that is a number may be neither', () => {
    const member = (dependants: string) =>
      `{"face_image":{"url":"u","date":"2013-01-21"},"relationship_status":"","highest_education_attained":"","employment_status":""${dependants}}`;
    expect(data(member(',"dependants":0'))).toMatchObject({ dependants: 0 });
    expect(faultOf(() => data(member('')))).toContain('(dependants must be given)');
    expect(faultOf(() => data(member(',"dependants":null')))).toContain('(dependants must be given)');
  });
});

describe('every body of the contract', () => {
  it('compiles and refuses what is of another shape, by its own name unless live servers do not say it', () => {
    const bodies = readEndpoints().flatMap(({ body }) => body ?? []);
    expect(bodies.length).toBeGreaterThan(20);
    for (const body of bodies) {
      const fault = faultOf(() => compileBody(body)(undefined));
      if (ruleOf(body).unnamed) expect(fault).toBe('OBP-10001: Incorrect json format.');
      else expect(fault).toContain(`The Json body should be the ${body.message?.name ?? 'List'} `);
    }
    expect(
      bodies
        .filter((body) => ruleOf(body).unnamed)
        .map(({ message }) => message?.name)
        .sort(),
    ).toEqual(['CreateUserJson', 'SocialMediaJSON']);
  });

  it('may be a list', () => {
    const names = bodyOf('createAuthenticationTypeValidation');
    expect(names('["DirectLogin",1]')).toEqual(['DirectLogin', '1']);
    expect(faultOf(() => names('{}'))).toContain('the body must be a JSON list');
    expect(faultOf(() => names('[{}]'))).toContain('[0] must be a string');
  });

  it('may be any JSON object', () => {
    const schema = bodyOf('createJsonSchemaValidation');
    expect(schema('{"a":{"b":[1.5,null,true,"x"]}}')).toEqual({ a: { b: [1.5, null, true, 'x'] } });
    expect(faultOf(() => schema('[]'))).toContain('the body must be a JSON object');
  });
});
