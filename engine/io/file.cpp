#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "text/words.h"

namespace clearformer {
namespace {

// Calls a system function again for as long as a signal interrupts it.
template <class Call>
auto retry(Call&& call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return fd_; }
  bool is_open() const { return fd_ != -1; }
  // Some file systems report a failed write only here. Never retried: after an interrupt Linux has
  // closed it all the same.
  bool close() { return fd_ == -1 || ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

Error file_error(const char* verb, const std::string& path, const std::string& reason) {
  constexpr std::size_t kLongestPath = 4096;
  return {
      "file", "",
      std::string("Cannot ") + verb + " " + in_quotes(path, kLongestPath) + ": " + reason + "."};
}

std::string system_reason() {
  return std::strerror(errno);
}

bool write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = retry([&] { return write(fd, bytes.data(), bytes.size()); });
    if (n == -1) return false;
    bytes = bytes.subspan(n);
  }
  return true;
}

// Calls create(name) with names beside `path` until one was not there before, which `temporary`
// then is. What the last call gave: -1 for an error.
template <class Create>
int create_beside(const std::string& path, std::string& temporary, Create&& create) {
  constexpr int kAttempts = 100;
  int result = -1;
  for (int i = 0; i < kAttempts; ++i) {
    temporary = path + ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(i);
    result = retry([&] { return create(temporary.c_str()); });
    if (result != -1 || errno != EEXIST) break;
  }
  return result;
}

constexpr mode_t kUsualMode = 0666;  // less the umask

int create_file(const char* name) {
  return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kUsualMode);
}
int create_folder(const char* name) {
  constexpr mode_t kUsual = 0777;
  return mkdir(name, kUsual);
}

// What a symbolic link leads to; the path itself where nothing is there yet.
std::string resolve(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  std::string resolved = real ? real : path;
  std::free(real);
  return resolved;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Brings a rename to the disk. Not every file system can: then the file is there, only less surely.
void sync_directory_of(const std::string& path) {
  const FileDescriptor fd(open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) fsync(fd.get());
}

// A file that takes another's place once it is written, and is gone if it does not.
class Replacement {
 public:
  enum class Kind {
    nameless,  // until it is whole: a program that is killed leaves nothing. Not every system can
    named,
  };

  Replacement(const std::string& target, Kind kind)
      : target_(target), file_(kind == Kind::named ? named(create_file) : nameless()) {}
  ~Replacement() {
    if (!name_.empty()) unlink(name_.c_str());
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  // Writes, brings to the disk and takes the place; false, with errno, where that cannot be.
  bool write(std::span<const std::uint8_t> bytes, std::optional<mode_t> permissions) {
    return file_.is_open() && (!permissions || fchmod(file_.get(), *permissions) == 0) &&
           write_all(file_.get(), bytes) && retry([&] { return fsync(file_.get()); }) == 0 &&
           take_place();
  }

 private:
  bool take_place() {
    const std::string file = "/proc/self/fd/" + std::to_string(file_.get());
    const auto link = [&](const char* name) {
      return linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW);
    };
    if (name_.empty() && named(link) == -1) return false;
    if (!file_.close() || std::rename(name_.c_str(), target_.c_str()) != 0) return false;
    name_.clear();
    return true;
  }

  int nameless() const {
#ifdef __linux__
    return open(directory_of(target_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, kUsualMode);
#else
    return -1;
#endif
  }
  template <class Create>
  int named(Create&& create) {
    std::string name;
    const int result = create_beside(target_, name, create);
    if (result != -1) name_ = name;
    return result;
  }

  const std::string& target_;
  std::string name_;  // beside the target; empty while it has none
  FileDescriptor file_;
};

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::uint64_t max_bytes) {
  const FileDescriptor file(retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  struct stat info = {};
  if (!file.is_open() || fstat(file.get(), &info) != 0) {
    return file_error("read", path, system_reason());
  }
  if (S_ISDIR(info.st_mode)) return file_error("read", path, "it is a directory");
  const auto too_large = [&](const std::string& size) {
    return file_error("read", path,
                      "it is " + size + "; at most " + with_commas(max_bytes) + " are allowed");
  };
  const auto known_size = static_cast<std::uint64_t>(S_ISREG(info.st_mode) ? info.st_size : 0);
  if (known_size > max_bytes) return too_large(counted(known_size, "byte"));

  // The size is only a hint: a pipe has none.
  std::vector<std::uint8_t> bytes;
  bytes.reserve(known_size + 1);
  for (;;) {
    constexpr std::uint64_t kChunk = 1 << 16;
    const std::size_t size = bytes.size();
    const std::uint64_t room = std::max<std::uint64_t>(kChunk, bytes.capacity() - size);
    bytes.resize(size + std::min(room - 1, max_bytes - size) + 1);  // one too many tells
    const ssize_t n =
        retry([&] { return read(file.get(), bytes.data() + size, bytes.size() - size); });
    if (n == -1) return file_error("read", path, system_reason());
    bytes.resize(size + n);
    if (bytes.size() > max_bytes) return too_large("more than " + counted(max_bytes, "byte"));
    if (n == 0) break;
  }
  struct stat after = {};
  const bool unchanged = fstat(file.get(), &after) == 0 && after.st_size == info.st_size &&
                         after.st_mtim.tv_sec == info.st_mtim.tv_sec &&
                         after.st_mtim.tv_nsec == info.st_mtim.tv_nsec;
  if (S_ISREG(info.st_mode) && !unchanged)
    return file_error("read", path, "it changed while it was read; try it again");
  return bytes;
}

Status write_file_atomically(const std::string& path, std::span<const std::uint8_t> bytes) {
  const std::string target = resolve(path);
  struct stat old = {};
  const bool exists = stat(target.c_str(), &old) == 0;
  // A rename would put a file in the place of a device or a pipe.
  if (exists && !S_ISREG(old.st_mode)) {
    return file_error("write", path,
                      S_ISDIR(old.st_mode) ? "it is a directory" : "it is not a regular file");
  }

  std::optional<mode_t> permissions;
  if (exists) permissions = old.st_mode & 07777;
  using Kind = Replacement::Kind;
  if (!Replacement(target, Kind::nameless).write(bytes, permissions) &&
      !Replacement(target, Kind::named).write(bytes, permissions))
    return file_error("write", path, system_reason());
  sync_directory_of(target);
  return {};
}

Status write_folder(const std::string& path, std::span<const NamedFile> files) {
  std::string target = path;
  while (target.size() > 1 && target.back() == '/') target.pop_back();
  struct stat old = {};
  const bool exists = stat(target.c_str(), &old) == 0;
  if (exists && !S_ISDIR(old.st_mode)) return file_error("write", path, "it is not a folder");

  std::string folder = target;
  if (!exists && create_beside(target, folder, create_folder) == -1)
    return file_error("write", path, system_reason());
  Status status;
  for (const NamedFile& file : files)
    if (status.ok()) status = write_file_atomically(folder + "/" + file.name, file.bytes);
  if (exists) return status;
  if (status.ok() && std::rename(folder.c_str(), target.c_str()) != 0)
    status = file_error("write", path, system_reason());
  if (status.ok()) {
    sync_directory_of(target);
    return status;
  }
  for (const NamedFile& file : files) unlink((folder + "/" + file.name).c_str());
  rmdir(folder.c_str());
  return status;
}

}  // namespace clearformer
