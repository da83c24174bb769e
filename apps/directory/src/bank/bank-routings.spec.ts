import { describe, expect, it } from '@jest/globals';
import { keptRoutings, shownRoutings } from './bank-routings.js';

const routing = (scheme: string, address: string) => ({ scheme, address });

describe('bank routings', () => {
  it('are the BIC and the first national one, whatever their order', () => {
    expect(keptRoutings([routing('DE', '10020030'), routing('UK', '20-00-00'), routing('BIC', 'DEUTDEFF')])).toEqual([
      routing('BIC', 'DEUTDEFF'),
      routing('DE', '10020030'),
    ]);
  });

  it('drop empty addresses and a posted OBP', () => {
    expect(keptRoutings([routing('OBP', 'another'), routing('BIC', ''), routing('DE', '')])).toEqual([]);
  });

  it('show the bank id last', () => {
    expect(shownRoutings('gh.29.uk', [routing('BIC', 'X')])).toEqual([routing('BIC', 'X'), routing('OBP', 'gh.29.uk')]);
  });
});
