#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace clearformer {

// All bytes of a file or a pipe. Error "file" names the path and the reason: it cannot be read, it
// changed meanwhile, or it holds more than max_bytes, of which no more than that is read.
Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::uint64_t max_bytes);

// Puts bytes into a file, all or nothing: they are written to a new file beside it and brought to
// the disk before that takes the old one's place. After an error "file" the old file is whole and
// the new one gone; after an end without a word too, where the file system has files without names
// (Linux's O_TMPFILE). A file keeps its permissions; a symbolic link stays one.
Status write_file_atomically(const std::string& path, std::span<const std::uint8_t> bytes);

// A file of a folder.
struct NamedFile {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

// Puts files into a folder. One that is not there comes to be with all of them or not at all; in
// one that is, each takes its place as write_file_atomically says, and other files stay. Error
// "file".
Status write_folder(const std::string& path, std::span<const NamedFile> files);

}  // namespace clearformer
