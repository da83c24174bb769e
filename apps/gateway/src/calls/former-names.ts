import { ObpFailure } from '@platform/failure';
import { type CallContext, type Peer, type Rpc, rpc } from '@platform/grpc';
import {
  BankLookupServiceDefinition,
  CallLimitServiceDefinition,
  Failure,
  IdentityServiceDefinition,
  JustInTimeEntitlementServiceDefinition,
  RestrictionServiceDefinition,
} from '@platform/messages';

/** The names in the version before, by the name now: a gateway may be upgraded before the directory. */
const formerNames: ReadonlyMap<string, string> = new Map([
  [rpc(BankLookupServiceDefinition, 'findBank').path, rpc(IdentityServiceDefinition, 'findBank').path],
  [rpc(CallLimitServiceDefinition, 'takeCalls').path, rpc(IdentityServiceDefinition, 'takeCalls').path],
  [rpc(RestrictionServiceDefinition, 'getRestrictions').path, rpc(IdentityServiceDefinition, 'getRestrictions').path],
  [
    rpc(JustInTimeEntitlementServiceDefinition, 'grantJustInTime').path,
    rpc(IdentityServiceDefinition, 'grantJustInTime').path,
  ],
]);

/** Calls an rpc, by its former name where the service does not know the new one yet. */
export async function callByEitherName<Request, Response>(
  peer: Pick<Peer, 'call'>,
  method: Rpc<Request, Response>,
  request: Request,
  context: CallContext,
): Promise<Response> {
  const before = formerNames.get(method.path);
  if (before === undefined) return peer.call(method, request, context);
  try {
    return await peer.call(method, request, context);
  } catch (error) {
    if (!(error instanceof ObpFailure) || error.failure !== Failure.FAILURE_NOT_IMPLEMENTED) throw error;
    return peer.call({ ...method, path: before }, request, context);
  }
}
