// grpc-reflection-js, which is used by browser-related tools: it supports only v1alpha and asks by symbol.
import assert from 'node:assert/strict';
import { credentials } from '@grpc/grpc-js';
import { Client } from 'grpc-reflection-js';

const client = new Client(new URL(process.env.PLATFORM_URL).host, credentials.createInsecure());
const services = await client.listServices();
assert.ok(services.includes('obp.customers.v1.CustomerService'), services.join());
for (const service of services) {
  const contract = await client.fileContainingSymbol(service);
  for (const { requestType, responseType } of contract.lookupService(service).methodsArray)
    assert.ok(contract.lookupType(requestType) && contract.lookupType(responseType));
}
console.log(`grpc-reflection-js: ${services.length} services with their messages`);
client.grpcClient.close();
