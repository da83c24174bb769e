declare module 'swagger-ui-dist/absolute-path.js' {
  /** The folder of the component's files. */
  function getAbsoluteFSPath(): string;
  export = getAbsoluteFSPath;
}
