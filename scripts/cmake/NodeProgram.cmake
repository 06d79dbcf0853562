# clearformer_node_program(target): a WebAssembly program that runs under Node like a native one.
function(clearformer_node_program target)
  # Emscripten's program is CommonJS; the package.json at the top says that .js files are modules.
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/package.json" "{ \"type\": \"commonjs\" }\n")
  target_compile_options(${target} PRIVATE -fno-exceptions)
  target_link_options(${target} PRIVATE -fno-exceptions
    -sEXIT_RUNTIME -sENVIRONMENT=node -sNODERAWFS -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
    -sSTACK_SIZE=1MB -sEXPORTED_RUNTIME_METHODS=ENV
    --pre-js "${CMAKE_SOURCE_DIR}/scripts/cmake/node_environment.js")
endfunction()
