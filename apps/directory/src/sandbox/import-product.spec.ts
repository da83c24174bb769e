import { describe, expect, it } from '@jest/globals';
import type { SandboxProduct } from '@platform/messages';
import { checkProducts } from './import-product.js';

const product = (change: Partial<SandboxProduct> = {}): SandboxProduct => ({
  bank_id: 'b1',
  code: 'prod 1',
  name: '',
  category: '',
  family: '',
  super_family: '',
  more_info_url: 'x'.repeat(2000),
  meta: { license: { id: '', name: '' } },
  ...change,
});
const check = (...products: SandboxProduct[]) => checkProducts(products, new Set(['b1', 'b2']));

describe('products of an import', () => {
  it('have codes of their bank', () =>
    expect(() => check(product(), product({ bank_id: 'b2' }), product({ code: 'prod/2' }))).not.toThrow());

  it.each<[string, Partial<SandboxProduct>, string]>([
    ['no code', { code: '' }, 'products[1].code must not be empty.'],
    ['a taken code', { code: 'prod 1' }, 'products[1].code is that of products[0] already.'],
    ['another bank', { bank_id: 'b3' }, 'products[1].bank_id must name a bank of the same import.'],
    ['no meta', { meta: null }, 'products[1].meta is missing.'],
    ['no license', { meta: { license: null } }, 'products[1].meta.license is missing.'],
    ['a long code', { code: 'x'.repeat(256) }, 'products[1].code must not be longer than 255 characters.'],
    ['NUL', { family: '\0' }, 'products[1].family must not contain the NUL character.'],
  ])('are refused with %s', (_what, change, fault) =>
    expect(() => check(product(), product({ code: 'prod 2', ...change }))).toThrow(fault),
  );
});
