# The libraries that the project stands on, for native and WebAssembly builds alike.
#
# scripts/toolchain.mjs unpacks Debian's packages of them into .toolchain/deps, because em++ must
# not see /usr/include. Where there are no such packages, CMAKE_PREFIX_PATH says where they are.

set(CLEARFORMER_TOOLCHAIN "$ENV{CLEARFORMER_TOOLCHAIN}")
if(NOT CLEARFORMER_TOOLCHAIN)
  set(CLEARFORMER_TOOLCHAIN "${CMAKE_SOURCE_DIR}/.toolchain")
endif()
list(PREPEND CMAKE_PREFIX_PATH "${CLEARFORMER_TOOLCHAIN}/deps/usr")
# Emscripten's platform file hides everything outside its sysroot from find_*; these are on purpose.
list(APPEND CMAKE_FIND_ROOT_PATH "${CLEARFORMER_TOOLCHAIN}/deps/usr" ${CMAKE_PREFIX_PATH})

function(clearformer_require package found)
  if(NOT found)
    message(FATAL_ERROR "${package} was not found: run 'npm run build:native' once, which fetches it,"
      " or set CMAKE_PREFIX_PATH to where it is installed.")
  endif()
endfunction()

find_package(nlohmann_json 3.11 QUIET)
clearformer_require("nlohmann_json 3.11 or newer" "${nlohmann_json_FOUND}")

if(NOT EMSCRIPTEN)
  find_package(CLI11 2 QUIET)
  clearformer_require("CLI11 2 or newer" "${CLI11_FOUND}")
  find_package(benchmark QUIET)
endif()

# GoogleTest is built from source, with the flags of the tests.
find_path(GOOGLETEST_SOURCE_DIR googletest/CMakeLists.txt
  PATHS "${CLEARFORMER_TOOLCHAIN}/deps/usr/src/googletest" /usr/src/googletest
  NO_CMAKE_FIND_ROOT_PATH)
clearformer_require("GoogleTest's source" "${GOOGLETEST_SOURCE_DIR}")
set(INSTALL_GTEST OFF)
set(BUILD_GMOCK ON)
add_subdirectory("${GOOGLETEST_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
