import type { Customers } from '@platform/customer-presence';
import type { ServiceParts } from '@platform/service';
import type { Directory } from './directory.js';

/** What the rpcs of the links are made of. */
export interface Parts extends Pick<ServiceParts, 'orm' | 'reader' | 'writer' | 'clock'> {
  readonly customers: Customers;
  readonly directory: Directory;
}
