/** The parts of oidc-provider used here; the package has no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Context {
    type: string;
    body: unknown;
    readonly oidc: {
      readonly params: { readonly scope?: string };
      readonly session: { readonly accountId: string };
      readonly client: { readonly clientId: string };
      readonly provider: Provider;
    };
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Grant: new (of: { clientId: string; accountId: string }) => Grant;
    readonly Client: { readonly prototype: { redirectUriAllowed(uri: string): boolean } };
    callback(): RequestListener;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }

  interface Policy {
    get(prompt: string): { readonly checks: { remove(check: string): void } };
  }
  export const interactionPolicy: { base(): Policy };
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  const adapter: new (name: string) => object;
  // As the package exports it.
  export { adapter as default };
}
