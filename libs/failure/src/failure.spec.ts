import { describe, expect, it } from '@jest/globals';
import { Failure, failureTable } from '@platform/messages';
import { fail, failureStatus, failureText, ObpFailure } from './index.js';

const declared = Object.values(Failure).filter(
  (value): value is Failure => typeof value === 'number' && value !== Failure.FAILURE_UNSPECIFIED,
);

describe('the failure catalogue', () => {
  it.each(declared.map((failure) => [Failure[failure], failure] as const))(
    '%s has a text and an error status',
    (_name, failure) => {
      expect(failureText(failure)).not.toBe('');
      expect(failureStatus(failure)).toBeGreaterThanOrEqual(400);
      expect(failureStatus(failure)).toBeLessThan(600);
    },
  );

  it('numbers a failure by its code; variants of a text are numbered from 90000', () => {
    for (const failure of declared) {
      const digits = failureTable[failure]?.code.replace('OBP-', '') ?? '';
      if (digits !== '' && failure < 90_000) expect(Number(digits)).toBe(failure);
    }
    expect(Object.keys(failureTable)).toHaveLength(declared.length);
  });

  it('has nothing to say of an undeclared failure', () => {
    expect(() => failureText(Failure.FAILURE_UNSPECIFIED)).toThrow('not declared');
  });
});

describe('fail', () => {
  it('throws the failure with code, text and detail', () => {
    const thrown = catchFailure(() => fail(Failure.FAILURE_INVALID_JSON_FORMAT, 'the PostX'));
    expect(thrown).toBeInstanceOf(ObpFailure);
    expect(thrown).toMatchObject({
      name: 'ObpFailure',
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      detail: 'the PostX',
    });
    expect(thrown.message).toMatch(/^OBP-10001: Incorrect json format\..*the PostX$/);
  });

  it('leaves the code out where the contract has none', () => {
    const codeless = declared.find((failure) => failureTable[failure]?.code === '');
    if (codeless !== undefined) expect(failureText(codeless)).toBe(failureTable[codeless]?.text);
    expect(failureText(Failure.FAILURE_UNKNOWN_ERROR)).toBe('OBP-50000: Unknown Error.');
  });
});

function catchFailure(work: () => never): ObpFailure {
  try {
    return work();
  } catch (error) {
    return error as ObpFailure;
  }
}
