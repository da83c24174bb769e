import type { Query } from '@platform/persistence';

/** A statement that is run with different values. */
export type Statement = Required<Pick<Query, 'name' | 'text'>>;
