// The built modules lie beside each other; their definitions, which are the same, lie once above
// them in generated/engine.d.mts.
declare module '*/single/engine.mjs' {
  const create: import('./types').EngineFactory;
  export default create;
}
declare module '*/threads/engine.mjs' {
  const create: import('./types').EngineFactory;
  export default create;
}
