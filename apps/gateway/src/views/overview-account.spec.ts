import { describe, expect, it } from '@jest/globals';
import { anAccount, anAccountAttribute } from '../../test/records.js';
import { overviewAccount } from './overview-account.js';

const contractsOf = (...attributes: ReturnType<typeof anAccountAttribute>[]) =>
  JSON.stringify(overviewAccount(anAccount('x', attributes)).contracts);

describe('the contracts of an account', () => {
  it('are one for each code, in the order of their first attributes, with the first product of each', () => {
    expect(
      contractsOf(
        anAccountAttribute('x', '1', 'C2', 'P1'),
        anAccountAttribute('x', '2', 'C1', 'P2'),
        anAccountAttribute('x', '3', 'C2', 'P3'),
      ),
    ).toBe('[{"product_code":"P1","contract_code":"C2"},{"product_code":"P2","contract_code":"C1"}]');
  });

  it('are none where no attribute has a code', () => {
    expect(contractsOf()).toBe('[]');
    expect(contractsOf(anAccountAttribute('term', '1'), anAccountAttribute('term', '1', '  '))).toBe('[]');
  });

  it('take the first attribute of a name, whichever contract it is of', () => {
    expect(
      contractsOf(
        anAccountAttribute('term', 'none'),
        anAccountAttribute('term', 'long', 'C1'),
        anAccountAttribute('issuance_amount', '5', 'C2'),
      ),
    ).toBe(
      '[{"product_code":"P1","contract_code":"C1","issuance_amount":"5","term":"none"},{"product_code":"P1","contract_code":"C2","issuance_amount":"5","term":"none"}]',
    );
  });

  it('have all members in the order of the contract', () => {
    const names = [
      'product_description',
      'issuance_amount',
      'interest_rate',
      'term',
      'form_of_payment',
      'interest_amount',
      'branch_code',
      'payment_method',
      'opening_date',
      'maturity_date',
      'renewal_date',
      'cancellation_date',
      'instrument_status_code',
      'instrument_status_definition',
      'is_substituted',
    ];
    const [contract] = overviewAccount(
      anAccount(
        'x',
        [...names].reverse().map((name) => anAccountAttribute(name, '', 'C1')),
      ),
    ).contracts;
    expect(Object.entries(contract ?? {})).toEqual([
      ['product_code', 'P1'],
      ['contract_code', 'C1'],
      ...names.map((name) => [name, '']),
    ]);
  });
});

describe('the balance of an account', () => {
  it('has the currency as currency and the amount as amount', () => {
    expect(JSON.stringify(overviewAccount(anAccount('x')).balance)).toBe('{"currency":"EUR","amount":"12.50"}');
  });
});
