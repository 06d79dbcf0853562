// Emscripten gives a program an environment of its own; the shards of CTest are told by variables.
Module['preRun'] = () => Object.assign(ENV, process.env);
