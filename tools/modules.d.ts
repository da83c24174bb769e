// Packages that the tests of clients install themselves.
declare module 'ajv/dist/2020.js';
declare module 'grpc-reflection-js';
declare module 'grpc-web';
declare module 'playwright-core';
declare module 'swagger-typescript-api';
declare module 'xhr2';
