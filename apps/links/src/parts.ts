import type { Customers } from '@platform/customer-presence';
import type { JournaledParts } from '@platform/service';
import type { Directory } from './directory.js';

/** The dependencies of the rpcs of links. */
export interface Parts extends Pick<JournaledParts, 'orm' | 'reader' | 'journal' | 'clock'> {
  readonly customers: Customers;
  readonly directory: Directory;
}
