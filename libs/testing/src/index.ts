export { type TestDatabase, createTestDatabase } from './test-database.js';
export { type Random, createRandom } from './random.js';
