#include "io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#ifndef __EMSCRIPTEN__
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>
#endif

namespace clearformer {
namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// A folder of the test's own.
class File : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = testing::TempDir() + "clearformer-" + std::to_string(getpid()) + "-" + test->name();
    std::error_code error;
    fs::remove_all(folder_, error);
    ASSERT_TRUE(fs::create_directories(folder_, error)) << error.message();
  }
  void TearDown() override {
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  void write(const std::string& name, const Bytes& bytes) {
    const Status status = write_file_atomically(path(name), bytes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  Bytes read(const std::string& name) {
    const auto bytes = read_file(path(name), 1 << 20);
    EXPECT_TRUE(bytes.ok()) << bytes.error().message;
    return bytes.ok() ? bytes.value() : Bytes();
  }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.insert(entry.path().filename());
    return names;
  }

  std::string folder_;
};

template <class R>
std::string error_of(const R& result) {
  if (result.ok()) return "";
  EXPECT_EQ(result.error().code, "file");
  return result.error().message;
}

TEST_F(File, WhatIsWrittenIsRead) {
  Bytes large(300'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * i >> 3);
  for (const Bytes& bytes : {Bytes(), bytes_of("a\0b"), large}) {
    write("run", bytes);
    EXPECT_EQ(read("run"), bytes);
  }
  EXPECT_EQ(names(), std::set<std::string>{"run"});
}

TEST_F(File, AtMostSoManyBytesAreRead) {
  write("run", Bytes(2000));
  EXPECT_EQ(read_file(path("run"), 2000).value().size(), 2000u);
  EXPECT_EQ(read_file(path("run"), ~std::uint64_t{0}).value().size(), 2000u);
  EXPECT_EQ(error_of(read_file(path("run"), 1999)),
            "Cannot read \"" + path("run") + "\": it is 2,000 bytes; at most 1,999 are allowed.");
  // A device's size is not known before it is read, and this one has no end.
  EXPECT_EQ(error_of(read_file("/dev/zero", 100'000)),
            "Cannot read \"/dev/zero\": it is more than 100,000 bytes; at most 100,000 are "
            "allowed.");
}

TEST_F(File, ReadingNamesPathAndReason) {
  EXPECT_EQ(error_of(read_file(path("none"), 1)),
            "Cannot read \"" + path("none") + "\": No such file or directory.");
  EXPECT_EQ(error_of(read_file(folder_, 1)), "Cannot read \"" + folder_ + "\": it is a directory.");
  EXPECT_NE(error_of(read_file("", 1)), "");
}

TEST_F(File, WritingNamesPathAndReason) {
  EXPECT_EQ(error_of(write_file_atomically(path("no/run"), {})),
            "Cannot write \"" + path("no/run") + "\": No such file or directory.");
  EXPECT_EQ(error_of(write_file_atomically(folder_, {})),
            "Cannot write \"" + folder_ + "\": it is a directory.");
  EXPECT_EQ(error_of(write_file_atomically("/dev/null", {})),
            "Cannot write \"/dev/null\": it is not a regular file.");
  EXPECT_TRUE(names().empty());
}

TEST_F(File, KeepsPermissionsAndLinks) {
  write("run", bytes_of("old"));
  ASSERT_EQ(chmod(path("run").c_str(), 0640), 0);
  ASSERT_EQ(symlink("run", path("link").c_str()), 0);
  write("link", bytes_of("new"));
  EXPECT_EQ(read("run"), bytes_of("new"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  struct stat info = {};
  ASSERT_EQ(stat(path("run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  EXPECT_EQ(names(), (std::set<std::string>{"link", "run"}));
}

TEST_F(File, LeavesFilesOfOthersAlone) {
  // The name that the temporary file would have.
  const std::string taken = "run.tmp-" + std::to_string(getpid()) + "-0";
  write(taken, bytes_of("mine"));
  write("run", bytes_of("new"));
  EXPECT_EQ(read(taken), bytes_of("mine"));
  EXPECT_EQ(read("run"), bytes_of("new"));
}

TEST_F(File, AFolderComesToBeWithAllOfItsFiles) {
  const NamedFile files[] = {{"a", bytes_of("one")}, {"b", bytes_of("two")}};
  ASSERT_TRUE(write_folder(path("folder/"), files).ok());
  EXPECT_EQ(names(), std::set<std::string>{"folder"});
  EXPECT_EQ(read("folder/a"), bytes_of("one"));
  EXPECT_EQ(read("folder/b"), bytes_of("two"));
}

TEST_F(File, AFolderThatIsThereKeepsItsOtherFiles) {
  std::error_code error;
  fs::create_directory(path("folder"), error);
  write("folder/mine", bytes_of("mine"));
  write("folder/a", bytes_of("old"));
  const NamedFile files[] = {{"a", bytes_of("one")}, {"b", bytes_of("two")}};
  ASSERT_TRUE(write_folder(path("folder"), files).ok());
  EXPECT_EQ(read("folder/mine"), bytes_of("mine"));
  EXPECT_EQ(read("folder/a"), bytes_of("one"));
  EXPECT_EQ(read("folder/b"), bytes_of("two"));
}

TEST_F(File, AFolderThatCannotBeWholeDoesNotComeToBe) {
  const NamedFile files[] = {{"a", bytes_of("one")}, {"no/b", bytes_of("two")}};
  EXPECT_THAT(error_of(write_folder(path("folder"), files)),
              testing::EndsWith("/no/b\": No such file or directory."));
  EXPECT_TRUE(names().empty());
  write("run", bytes_of("old"));
  EXPECT_EQ(error_of(write_folder(path("run"), files)),
            "Cannot write \"" + path("run") + "\": it is not a folder.");
  EXPECT_EQ(error_of(write_folder(path("no/folder"), files)),
            "Cannot write \"" + path("no/folder") + "\": No such file or directory.");
  EXPECT_EQ(names(), std::set<std::string>{"run"});
}

#ifndef __EMSCRIPTEN__  // which has no limits to resources
TEST_F(File, AFailedWriteLeavesTheOldFileWhole) {
  write("run", bytes_of("old"));
  struct rlimit old_limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  struct rlimit limit = old_limit;
  limit.rlim_cur = 1000;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::string message = error_of(write_file_atomically(path("run"), Bytes(2000)));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_EQ(message, "Cannot write \"" + path("run") + "\": File too large.");
  EXPECT_EQ(read("run"), bytes_of("old"));
  EXPECT_EQ(names(), std::set<std::string>{"run"});
}

// Cut to half at some time before, while or after it is read: then it is the one, the other, or an
// error, never what lies between.
TEST_F(File, AFileThatBecomesShorterWhileItIsReadIsNoShorterFile) {
  constexpr std::size_t kSize = 8 << 20;
  constexpr int kTries = 1000;
  const Bytes whole(kSize, 'a');
  int seen = 0;
  for (int i = 0; i < kTries && seen < 3; ++i) {
    write("text", whole);
    std::atomic<bool> begun = false;
    std::thread other([&] {
      begun = true;
      std::this_thread::sleep_for(std::chrono::microseconds(i % 20 * 200));
      fs::resize_file(path("text"), kSize / 2);
    });
    while (!begun) std::this_thread::yield();
    const auto bytes = read_file(path("text"), kSize);
    other.join();
    if (bytes.ok()) {
      EXPECT_THAT(bytes.value().size(), testing::AnyOf(kSize, kSize / 2));
    } else {
      EXPECT_EQ(error_of(bytes), "Cannot read \"" + path("text") +
                                     "\": it changed while it was read; try it again.");
      ++seen;
    }
  }
  EXPECT_GT(seen, 0);
}

TEST_F(File, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "through a pipe", 14), 14);
  close(ends[1]);
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(ends[0]), 14).value(),
            bytes_of("through a pipe"));
  close(ends[0]);
}
#endif

}  // namespace
}  // namespace clearformer
