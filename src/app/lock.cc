#include "app/lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>
#include <utility>

#include "base/file.h"

namespace kinfolder {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "this machine";
  return name.data();
}

std::string Holder(std::string_view verb) {
  return fmt::format("PID {} on {}: kinfolder {}, started {:%Y-%m-%d %H:%M:%S}", ::getpid(), HostName(), verb,
                     fmt::localtime(std::time(nullptr)));
}

std::string ReadHolder(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
  return count > 0 ? std::string(text.data(), static_cast<std::size_t>(count)) : "it has not said which";
}

}  // namespace

Result<WorkspaceLock> WorkspaceLock::Acquire(const std::filesystem::path& file, std::string_view verb) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fail(FileError(errno, "open", file));
  WorkspaceLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Fail(FileError(errno, "lock", file));
    return Fail(ErrorCode::kLocked, "another run ({}) is at work", ReadHolder(descriptor));
  }
  const std::string holder = Holder(verb);
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) {
    return Fail(FileError(errno, "write", file));
  }
  return lock;
}

WorkspaceLock::WorkspaceLock(WorkspaceLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

WorkspaceLock& WorkspaceLock::operator=(WorkspaceLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

WorkspaceLock::~WorkspaceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace kinfolder
