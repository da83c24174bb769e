import type { SandboxProduct } from '@platform/messages';
import { checkItem, checkKnown, checkUnique, refuse, required } from './import-fault.js';

const limits = { more_info_url: 2000 };

/**
 * Checks the products of an import. A code may be any text, as elsewhere.
 * @throws ObpFailure OBP-10001 naming the place
 */
export function checkProducts(products: readonly SandboxProduct[], banks: ReadonlySet<string>): void {
  products.forEach((product, index) => {
    const place = `products[${index}]`;
    required(`${place}.meta.license`, required(`${place}.meta`, product.meta).license);
    checkItem(place, product, limits);
    if (product.code === '') refuse(`${place}.code`, 'must not be empty.');
    checkKnown(`${place}.bank_id`, product.bank_id, banks, 'a bank');
  });
  checkUnique('products', products, 'code', ({ bank_id, code }) => `${bank_id}/${code}`);
}
