// The licences of what is compiled into the engine's WebAssembly, out of the sources that it is compiled
// from: web/src/licences adds those of the packages that the page is bundled from.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { librariesPrefix } from './paths.mjs';

// Where each says it: the whole file, or the comment that a source begins with.
const kParts = [
  {
    name: 'nlohmann-json',
    licence: 'MIT',
    from: 'https://github.com/nlohmann/json',
    file: () => join(librariesPrefix, 'usr/share/doc/nlohmann-json3-dev/copyright'),
  },
  {
    name: 'Emscripten',
    licence: 'MIT OR NCSA',
    from: 'https://github.com/emscripten-core/emscripten/blob/main/LICENSE',
    file: (home) => join(home, 'system/lib/embind/bind.cpp'),
  },
  {
    name: 'musl',
    licence: 'MIT',
    from: 'https://musl.libc.org',
    file: (home) => join(home, 'system/lib/libc/musl/COPYRIGHT'),
  },
  {
    name: 'LLVM: libc++, libc++abi, compiler-rt',
    licence: 'Apache-2.0 WITH LLVM-exception',
    from: 'https://llvm.org/LICENSE.txt',
    file: (home) => join(home, 'system/lib/libcxx/include/__config'),
  },
];

/** @param env of a WebAssembly build (toolchain.mjs). @returns {{name, licence, text}[]} */
export function engineLicences({ EMSCRIPTEN: home }) {
  return kParts.map(({ name, licence, from, file }) => {
    const said = existsSync(file(home)) ? words(readFileSync(file(home), 'utf8')) : '';
    return { name, licence, text: `${from}\n\n${said}`.trim() };
  });
}

// Of a source only the lines before its first line of code, without their slashes.
function words(text) {
  if (!text.startsWith('//')) return text;
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .filter((line) => !/^[-+*= ]*(C\+\+)?[-+*= ]*$/.test(line))
    .join('\n');
}
