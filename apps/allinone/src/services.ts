import { agentsConfig, agentsSettings, createAgentsService } from '@platform/agents';
import { attributesConfig, attributesSettings, createAttributesService } from '@platform/attributes';
import { createCustomersService, customersConfig, customersSettings } from '@platform/customers';
import { createDirectoryService, directoryConfig, directorySettings } from '@platform/directory';
import { createEventsService, eventsConfig, eventsSettings } from '@platform/events';
import { createLinksService, linksConfig, linksSettings } from '@platform/links';
import { type Environment, kinds, provided, type Running, type Values } from '@platform/runtime';

/** The services behind the gateway; each one's database has its name. */
export const serviceNames = ['directory', 'customers', 'attributes', 'links', 'agents', 'events'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The settings of all services; a setting that several services have is shared. Databases and secrets may be absent. */
export const servicesSettings = provided({
  ...directorySettings,
  ...customersSettings,
  ...attributesSettings,
  ...linksSettings,
  ...agentsSettings,
  ...eventsSettings,
});

/** In one process the services find each other on any port, so that two platforms can run side by side. */
export const anyPortSettings = {
  DIRECTORY_PORT: { ...servicesSettings.DIRECTORY_PORT, schema: kinds.port(0) },
  CUSTOMERS_PORT: { ...servicesSettings.CUSTOMERS_PORT, schema: kinds.port(0) },
  ATTRIBUTES_PORT: { ...servicesSettings.ATTRIBUTES_PORT, schema: kinds.port(0) },
  LINKS_PORT: { ...servicesSettings.LINKS_PORT, schema: kinds.port(0) },
  AGENTS_PORT: { ...servicesSettings.AGENTS_PORT, schema: kinds.port(0) },
  EVENTS_PORT: { ...servicesSettings.EVENTS_PORT, schema: kinds.port(0) },
} as const;

export type Ports = Record<ServiceName, number>;

type Service = Running & { readonly port: number; readonly address: string };

/** Starts the services in this process. They call each other without sockets, whatever addresses are configured. */
export async function startServices(
  values: Values<typeof servicesSettings>,
  env: Environment,
  started: (service: Running) => void,
): Promise<Record<ServiceName, Service>> {
  const services: Partial<Record<ServiceName, Service>> = {};
  const at = (name: ServiceName) => () => {
    const service = services[name];
    if (service === undefined) throw new Error(`${name} has not started yet`);
    return service.address;
  };
  const starts: Record<ServiceName, () => Promise<Service>> = {
    directory: () => createDirectoryService({ ...directoryConfig(values, env), customers_address: at('customers') }),
    customers: () =>
      createCustomersService({
        ...customersConfig(values),
        attributes_address: at('attributes'),
        links_address: at('links'),
      }),
    attributes: () => createAttributesService({ ...attributesConfig(values), customers_address: at('customers') }),
    links: () =>
      createLinksService({
        ...linksConfig(values),
        customers_address: at('customers'),
        directory_address: at('directory'),
      }),
    agents: () =>
      createAgentsService({ ...agentsConfig(values), directory_address: at('directory'), links_address: at('links') }),
    events: () =>
      createEventsService({
        ...eventsConfig(values),
        journals: {
          customers: at('customers'),
          attributes: at('attributes'),
          links: at('links'),
          agents: at('agents'),
        },
      }),
  };
  const start = async (name: ServiceName): Promise<void> => {
    const service = await starts[name]();
    started(service);
    services[name] = service;
  };
  const outcomes = await Promise.allSettled(serviceNames.filter((name) => name !== 'events').map(start));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  // It asks the others all the time, so it starts after them, and stops before them.
  await start('events');
  return services as Record<ServiceName, Service>;
}
