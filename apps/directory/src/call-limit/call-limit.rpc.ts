import { bind, type BoundService } from '@platform/grpc';
import { CallLimitServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { takeCalls } from './take-calls.js';

/** Counts calls for all gateways together. */
export function createCallLimitService({ orm }: Parts): BoundService {
  return bind(CallLimitServiceDefinition, { takeCalls: (request) => takeCalls(orm, request) });
}
