import { bind, type BoundService } from '@platform/grpc';
import { RootServiceDefinition, type RootV400 } from '@platform/messages';
import type { GatewayConfig } from '../config.js';

const nobody = { organisation: '', email: '', phone: '', organisation_website: '' };

/** Describes this instance. */
export function createRootView({ PUBLIC_URL, RESOURCE_DOCS_REQUIRES_ROLE }: GatewayConfig): BoundService {
  const root: RootV400 = {
    version: 'v5.1.0',
    version_status: 'STABLE',
    git_commit: '',
    stage: process.env['NODE_ENV'] === 'production' ? 'production' : 'development',
    connector: 'mapped',
    hostname: PUBLIC_URL,
    local_identity_provider: PUBLIC_URL,
    hosted_by: nobody,
    hosted_at: { organisation: '', organisation_website: '' },
    energy_source: { organisation: '', organisation_website: '' },
    resource_docs_requires_role: RESOURCE_DOCS_REQUIRES_ROLE,
  };
  return bind(RootServiceDefinition, { getRoot: async () => root });
}
