import { bind, type BoundService } from '@platform/grpc';
import { RootServiceDefinition, type RootV400 } from '@platform/messages';

const nobody = { organisation: '', email: '', phone: '', organisation_website: '' };

/** What this instance says of itself. */
export function createRootView(public_url: string): BoundService {
  const root: RootV400 = {
    version: 'v5.1.0',
    version_status: 'STABLE',
    git_commit: '',
    stage: process.env['NODE_ENV'] === 'production' ? 'production' : 'development',
    connector: 'mapped',
    hostname: public_url,
    local_identity_provider: public_url,
    hosted_by: nobody,
    hosted_at: { organisation: '', organisation_website: '' },
    energy_source: { organisation: '', organisation_website: '' },
    resource_docs_requires_role: false,
  };
  return bind(RootServiceDefinition, { getRoot: async () => root });
}
