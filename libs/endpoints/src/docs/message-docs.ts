import { type DescMethod } from '@bufbuild/protobuf';
import { contractFiles } from '../catalogue.js';
import type { Endpoint } from '../endpoint.js';
import { processOf, serviceOf } from './connector.js';
import { exampleOfMessage } from './example.js';
import type { JsonObject } from './json.js';
import { implementedBy } from './vocabulary.js';

/** OBP's names for the connectors to a core banking system, and ours. Here all of them lead to the same rpcs. */
export const connectors: readonly string[] = [
  'kafka_vSept2018',
  'akka_vDec2018',
  'rest_vMar2019',
  'stored_procedure_vDec2019',
  'rabbitmq_vOct2024',
  'grpc',
];

/** The rpcs between the gateway and the services and between services, with the operations that depend on them. */
export function buildMessageDocs(
  endpoints: readonly Endpoint[],
  methods: readonly DescMethod[] = contractFiles().flatMap(methodsOf),
): JsonObject {
  const message_docs = methods.flatMap((method) => {
    const process = processOf(method);
    return process === undefined ? [] : [{ process, method }];
  });
  return {
    message_docs: message_docs.map(({ process, method }, index) =>
      messageDoc(process, method, index + 1, dependents(method, endpoints)),
    ),
  };
}

/** Without the rpcs under former names, which older processes still call. */
function methodsOf({ services }: ReturnType<typeof contractFiles>[number]): DescMethod[] {
  return services.flatMap(({ methods }) => methods.filter(({ deprecated }) => !deprecated));
}

function messageDoc(
  process: string,
  method: DescMethod,
  suggested_order: number,
  endpoints: readonly Endpoint[],
): JsonObject {
  const streams =
    method.methodKind === 'server_streaming'
      ? ' The answer is a stream of such messages, whose lists follow on each other.'
      : '';
  return {
    process,
    message_format: 'protobuf',
    description: `${endpoints[0]?.summary ?? inWords(method.name)}.${streams}`.replace('..', '.'),
    example_outbound_message: exampleOfMessage(method.input),
    example_inbound_message: exampleOfMessage(method.output),
    adapter_implementation: { group: serviceOf(method), suggested_order },
    dependent_endpoints: endpoints.map((endpoint) => {
      const { function: name, version } = implementedBy(endpoint);
      return { name, version };
    }),
  };
}

function dependents(method: DescMethod, endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.filter((endpoint) => endpoint.method === method);
}

/** "ForgetCustomerLinks" → "Forget customer links". */
function inWords(name: string): string {
  const words = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.join(' ').replace(/^./, (letter) => letter.toUpperCase());
}
