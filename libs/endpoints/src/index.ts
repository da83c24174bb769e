export { readEndpoints } from './catalogue.js';
export type { Endpoint, Route, Segment, Verb } from './endpoint.js';
export { readEndpoint, ruleOf } from './read.js';
