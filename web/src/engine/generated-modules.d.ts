// The built modules lie in a folder each; their definitions, which are the same, lie once above them
// in generated/engine.d.mts.
declare module '*/engine.mjs' {
  const create: import('./types').EngineFactory;
  export default create;
}
