import { Gauge, Instrument } from './instrument.js';

/** Seconds. Few, because every operation and every rpc has its own. */
const durations = [0.005, 0.02, 0.1, 0.5, 2.5];
const sizes = [1, 2, 4, 8, 16, 32, 64, 128];

/** Everything that the platform counts. */
export const metrics = {
  httpRequests: new Instrument({
    kind: 'counter',
    name: 'obp_http_requests_total',
    help: 'Requests to the gateway, by operation and class of status; 408, 429 and responses not read to the end have their own class.',
    labels: ['operation', 'status'],
  }),
  httpDuration: new Instrument({
    kind: 'histogram',
    name: 'obp_http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its response.',
    labels: ['operation'],
    buckets: durations,
  }),
  httpShed: new Instrument({
    kind: 'counter',
    name: 'obp_http_requests_shed_total',
    help: 'Requests refused because the gateway was too busy.',
    labels: ['urgency'],
  }),
  rpcServed: new Instrument({
    kind: 'counter',
    name: 'obp_rpc_server_requests_total',
    help: 'Calls that a service answered, by gRPC status code.',
    labels: ['rpc', 'code'],
  }),
  rpcServedDuration: new Instrument({
    kind: 'histogram',
    name: 'obp_rpc_server_duration_seconds',
    help: 'Time from the arrival of a call to the end of its answer.',
    labels: ['rpc'],
    buckets: durations,
  }),
  rpcCalls: new Instrument({
    kind: 'counter',
    name: 'obp_rpc_client_requests_total',
    help: 'Calls made to a service, by gRPC status code.',
    labels: ['rpc', 'code'],
  }),
  rpcCallDuration: new Instrument({
    kind: 'summary',
    name: 'obp_rpc_client_duration_seconds',
    help: 'Time until a call to a service had ended, waiting and retries included.',
    labels: ['rpc'],
  }),
  statementDuration: new Instrument({
    kind: 'histogram',
    name: 'obp_database_statement_duration_seconds',
    help: 'Time of a statement, its wait for a connection included; commands count from when they have one.',
    labels: ['use'],
    buckets: durations,
  }),
  batchSize: new Instrument({
    kind: 'histogram',
    name: 'obp_batch_size',
    help: 'Look-ups in one call, or rows in one insert.',
    labels: ['of'],
    buckets: sizes,
  }),
  cacheRequests: new Instrument({
    kind: 'counter',
    name: 'obp_cache_requests_total',
    help: 'Questions to a cache, by whether it knew the answer.',
    labels: ['cache', 'result'],
  }),
  spans: new Instrument({
    kind: 'counter',
    name: 'obp_trace_spans_total',
    help: 'Spans given to the collector, by whether it took them.',
    labels: ['result'],
  }),
} as const;

/** Everything that is read when Prometheus asks. */
export const gauges = {
  httpInFlight: new Gauge({
    name: 'obp_http_requests_in_flight',
    help: 'Requests that the gateway works on.',
    labels: [],
  }),
  connections: new Gauge({
    name: 'obp_connections_open',
    help: 'Connections to the port of a service or of the gateway.',
    labels: ['service'],
  }),
  databaseUsed: new Gauge({
    name: 'obp_database_connections_used',
    help: 'Database connections that run a statement or a command.',
    labels: ['service', 'use'],
  }),
  databaseLimit: new Gauge({
    name: 'obp_database_connections_limit',
    help: 'Database connections that may be used at once.',
    labels: ['service', 'use'],
  }),
  databaseWaiting: new Gauge({
    name: 'obp_database_waiting',
    help: 'Commands, statements or rows that wait for a database connection; of reads, those on one.',
    labels: ['service', 'use'],
  }),
  outboxTasks: new Gauge({
    name: 'obp_outbox_tasks',
    help: 'Tasks in the outbox.',
    labels: ['service', 'kind'],
  }),
  outboxAge: new Gauge({
    name: 'obp_outbox_oldest_task_age_seconds',
    help: 'Age of the oldest task in the outbox.',
    labels: ['service', 'kind'],
  }),
  eventsCollected: new Gauge({
    name: 'obp_events_collection_age_seconds',
    help: 'Time since the journals were last copied into the log of events; 0 where another replica does it.',
    labels: [],
  }),
  eventsAge: new Gauge({
    name: 'obp_events_oldest_unsent_age_seconds',
    help: 'Age of the oldest event that a kind of sink has not accepted.',
    labels: ['sink'],
  }),
  deadLetters: new Gauge({
    name: 'obp_events_dead_letters',
    help: 'Events that a webhook did not accept for a day.',
    labels: [],
  }),
} as const;
