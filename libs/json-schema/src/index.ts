export { checkSchema, compileSchema } from './schema.js';
