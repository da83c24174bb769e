import type { Customers } from '@platform/customer-presence';
import type { ServiceParts } from '@platform/service';
import type { Directory } from './directory.js';

/** The dependencies of the rpcs of links. */
export interface Parts extends Pick<ServiceParts, 'orm' | 'reader' | 'writer' | 'clock'> {
  readonly customers: Customers;
  readonly directory: Directory;
}
