import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import type { Access, Audit, Failure, Role, SwitchInfo } from '@platform/descriptors';

export type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** A piece of a path: a literal, or the request field that takes it. */
export type Segment = { readonly literal: string } | { readonly field: string };

export interface Route {
  readonly verb: Verb;
  readonly segments: readonly Segment[];
}

export type BodyField = DescField & ({ fieldKind: 'message' } | { fieldKind: 'list' });

/** Everything that the contract says about one public operation, read from its descriptor. */
export interface Endpoint {
  /** "OBPv5.0.0-createCustomer" */
  readonly operation_id: string;
  readonly summary: string;
  /** Markdown; may be empty. */
  readonly description: string;
  /** The path as documented, e.g. "/banks/BANK_ID/customers". */
  readonly documented_path: string;
  /** The documented route first, then its further paths. */
  readonly routes: readonly [Route, ...Route[]];
  readonly success_status: number;
  readonly access: Access;
  readonly roles: readonly Role[];
  /** The setting with which the roles count, and without which anybody may call it; undefined: they always count. */
  readonly roles_switch: SwitchInfo | undefined;
  readonly tags: readonly string[];
  readonly failures: readonly Failure[];
  /** The setting without which the operation answers the failure there; undefined where no setting decides it. */
  readonly feature_switch: SwitchInfo | undefined;
  /** The operation describes the API itself, and is also served under version prefixes that have only documents. */
  readonly describes_api: boolean;
  /** An example of a response that is a document, as JSON; empty for all others. */
  readonly example: string;
  /** The id of the operation that reads the record which this one writes; empty when there is none. */
  readonly represented_by: string;
  /** The kind of audit event that each call leaves. */
  readonly audit: Audit;
  /** The request field that is the JSON body, a message or a list; undefined when there is none. */
  readonly body: BodyField | undefined;
  /** Request fields that come from the query, by their own names. */
  readonly query: readonly DescField[];
  /** The response field that is the whole JSON answer, e.g. a bare `true`. */
  readonly response_field: string | undefined;
  /** The stream has no end, and over REST consists of server-sent events. */
  readonly event_stream: boolean;
  /** The list that arrives in chunks, when the rpc streams. */
  readonly list: DescField | undefined;
  /** The request names a bank, which must exist. */
  readonly bank_scoped: boolean;
  readonly request: DescMessage;
  readonly response: DescMessage;
  readonly method: DescMethod;
  /** "/obp.customers.v1.CustomerService/CreateCustomer" */
  readonly rpc_path: string;
}
