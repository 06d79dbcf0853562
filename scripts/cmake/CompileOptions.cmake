# clearformer_platform: the flags that every object of a build shares, GoogleTest's too.
# clearformer_options: these, and what our own code is compiled with.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# -O3 is the only level whose speed is measured. CHECK is on in every build type; assert, which only
# the libraries use, is off and keeps their paths out of what is built.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

option(CLEARFORMER_MARCH_NATIVE "Use every instruction of this machine's CPU (native builds)" OFF)
option(CLEARFORMER_WERROR "Treat warnings as errors" OFF)
set(CLEARFORMER_SANITIZE "" CACHE STRING "Sanitizers of a native build, e.g. address,undefined")
set(CLEARFORMER_WASM_CLASS simd CACHE STRING "WebAssembly class: simd (strict) or relaxed (fused)")
option(CLEARFORMER_WASM_THREADS "WebAssembly with threads" OFF)
set_property(CACHE CLEARFORMER_WASM_CLASS PROPERTY STRINGS simd relaxed)

add_library(clearformer_platform INTERFACE)
add_library(clearformer_options INTERFACE)
target_link_libraries(clearformer_options INTERFACE clearformer_platform)
target_include_directories(clearformer_options INTERFACE "${CMAKE_SOURCE_DIR}/engine")
target_compile_options(clearformer_options INTERFACE -Wall -Wextra
  $<$<BOOL:${CLEARFORMER_WERROR}>:-Werror>)
# Vectors wider than the machine's registers never cross a library's border. g++ warns where a
# template is instantiated, which no pragma in simd.h reaches.
target_compile_options(clearformer_options INTERFACE -Wno-psabi)
# g++ 12 sees overlaps in std::string that are not there: GCC bug 105651.
target_compile_options(clearformer_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# What is built names no path of the machine that built it.
target_compile_options(clearformer_platform INTERFACE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

# A product and a sum are fused only where the source says so, or bits differ between machines.
target_compile_options(clearformer_platform INTERFACE -ffp-contract=off)

if(EMSCRIPTEN)
  # What every browser with SIMD has as well.
  target_compile_options(clearformer_platform INTERFACE
    -msimd128 -mbulk-memory -mnontrapping-fptoint -msign-ext)
  if(CLEARFORMER_WASM_CLASS STREQUAL "relaxed")
    target_compile_options(clearformer_platform INTERFACE -mrelaxed-simd)
  elseif(NOT CLEARFORMER_WASM_CLASS STREQUAL "simd")
    message(FATAL_ERROR
      "CLEARFORMER_WASM_CLASS is '${CLEARFORMER_WASM_CLASS}'; it can be simd or relaxed.")
  endif()
  if(CLEARFORMER_WASM_THREADS)
    target_compile_options(clearformer_platform INTERFACE -pthread)
    target_link_options(clearformer_platform INTERFACE -pthread -Wno-pthreads-mem-growth)
  endif()
else()
  find_package(Threads REQUIRED)
  target_link_libraries(clearformer_platform INTERFACE Threads::Threads)
  if(CLEARFORMER_MARCH_NATIVE)
    target_compile_options(clearformer_platform INTERFACE -march=native)
  endif()
endif()

if(CLEARFORMER_SANITIZE)
  set(sanitize "-fsanitize=${CLEARFORMER_SANITIZE}")
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS "${sanitize}")
  check_cxx_source_compiles("int main() { return 0; }" CLEARFORMER_SANITIZER_LINKS)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT CLEARFORMER_SANITIZER_LINKS)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} has no runtime for ${sanitize}: install it "
      "(Debian: apt-get install libclang-rt-19-dev), or configure afresh with CXX=g++.")
  endif()
  target_compile_options(clearformer_platform INTERFACE
    ${sanitize} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(clearformer_platform INTERFACE ${sanitize})
  # What is checked is not measured: half of the time to compile.
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG")
endif()

# Fuzz targets are of the build with AddressSanitizer, where the compiler has libFuzzer.
set(CLEARFORMER_FUZZ OFF)
if(CLEARFORMER_SANITIZE MATCHES "address" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(CLEARFORMER_FUZZ ON)
endif()
