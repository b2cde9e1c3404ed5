#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".kinfolder-";
constexpr std::string_view kTemporarySuffix = ".tmp";
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

Status CheckRegular(const struct stat& status, const fs::path& path) {
  if (S_ISREG(status.st_mode)) return {};
  return Fail(ErrorCode::kUnsupported, "{} is {}, not a file", path.string(),
              S_ISDIR(status.st_mode)    ? "a folder"
              : S_ISFIFO(status.st_mode) ? "a pipe between programs (FIFO)"
              : S_ISSOCK(status.st_mode) ? "a socket of a program"
                                         : "a device");
}

// O_NONBLOCK so that opening a FIFO returns; it has no effect on regular files.
Result<struct stat> StatRegular(int descriptor, const fs::path& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return Fail(FileError(errno, "look at", path));
  RETURN_IF_ERROR(CheckRegular(status, path));
  return status;
}

ErrorCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case EEXIST:
    case ENOTEMPTY:
      return ErrorCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kNoSpace;
    case EFBIG:
      return ErrorCode::kTooLarge;
    case ENAMETOOLONG:
    case ELOOP:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Error FileError(int error_number, std::string_view action, const fs::path& path) {
  return {CodeOf(error_number),
          fmt::format("cannot {} {}: {}", action, path.string(), std::generic_category().message(error_number))};
}

Error About(const fs::path& path, const Error& error) {
  return {error.code, fmt::format("{}: {}", path.string(), error.message)};
}

bool IsMissing(const std::error_code& error) { return CodeOf(error.value()) == ErrorCode::kNotFound; }

Result<FileStamp> StampOf(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Fail(FileError(errno, "look at", path));
  RETURN_IF_ERROR(CheckRegular(status, path));
  return FileStamp{static_cast<std::uint64_t>(status.st_size),
                   std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

Status ForEachBlock(const fs::path& path, const std::function<Status(std::span<const std::byte>)>& visit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.value() < 0) return Fail(FileError(errno, "open", path));
  RETURN_IF_ERROR(StatRegular(file.value(), path));
  std::vector<std::byte> block(kBlockBytes);
  for (;;) {
    const ssize_t count = ::read(file.value(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FileError(errno, "read", path));
    if (count == 0) return {};
    RETURN_IF_ERROR(visit(std::span(block).first(static_cast<std::size_t>(count))));
  }
}

Result<std::vector<std::byte>> ReadFile(const fs::path& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.value() < 0) return Fail(FileError(errno, "open", path));
  ASSIGN_OR_RETURN(const struct stat status, StatRegular(file.value(), path));
  const auto too_large = [&] {
    return Fail(ErrorCode::kTooLarge, "{} is larger than the limit of {} bytes", path.string(), max_bytes);
  };
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes) return too_large();
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  for (;;) {  // on past the size first seen: a file may grow while it is read
    if (filled == bytes.size()) bytes.resize(bytes.size() + 4096);
    const ssize_t count = ::read(file.value(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FileError(errno, "read", path));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > max_bytes) return too_large();
  }
  bytes.resize(filled);
  return bytes;
}

Result<std::string> ReadTextFile(const fs::path& path, std::uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const auto bytes, ReadFile(path, max_bytes));
  return std::string(AsText(bytes));
}

Result<AtomicFile> AtomicFile::Create(const fs::path& target) {
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::string name = (folder / fmt::format("{}XXXXXX{}", kTemporaryPrefix, kTemporarySuffix)).string();
  const int descriptor = ::mkostemps(name.data(), static_cast<int>(kTemporarySuffix.size()), O_CLOEXEC);
  if (descriptor < 0) return Fail(FileError(errno, "write", target));
  // mkostemps gives 0600; a finished file should look like any other that the user makes.
  static const mode_t mask = [] {
    const mode_t current = ::umask(022);  // the only way to ask is to set
    ::umask(current);
    return current;
  }();
  ::fchmod(descriptor, 0666 & ~mask);
  return AtomicFile(target, name, descriptor);
}

AtomicFile::AtomicFile(fs::path target, fs::path temporary, int descriptor)
    : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this != &other) {
    Discard();
    target_ = std::move(other.target_);
    temporary_ = std::move(other.temporary_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() {
  if (descriptor_ < 0) return;
  ::close(std::exchange(descriptor_, -1));
  ::unlink(temporary_.c_str());
}

Status AtomicFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(FileError(errno, "write", target_));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status AtomicFile::Write(std::string_view text) { return Write(AsBytes(text)); }

Status AtomicFile::TakeAttributesOf(const fs::path& original) {
  struct stat status {};
  struct stat own {};
  if (::stat(original.c_str(), &status) != 0) return Fail(FileError(errno, "look at", original));
  if (::fstat(descriptor_, &own) != 0) return Fail(FileError(errno, "write", target_));
  const bool same_owner = own.st_uid == status.st_uid && own.st_gid == status.st_gid;
  if (!same_owner && ::fchown(descriptor_, status.st_uid, status.st_gid) != 0) {
    return Fail(FileError(errno, "keep the owner of", original));
  }
  if (::fchmod(descriptor_, status.st_mode & 07777) != 0) return Fail(FileError(errno, "keep the mode of", original));
  std::vector<char> names(std::size_t{1} << 16);  // Linux lets a file have no more
  const ssize_t size = ::listxattr(original.c_str(), names.data(), names.size());
  std::vector<char> value(names.size());
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(names.data() + at)) + 1) {
    const char* const name = names.data() + at;
    const ssize_t length = ::getxattr(original.c_str(), name, value.data(), value.size());
    // Those of the system that only it may set are not the user's.
    if (length >= 0 && ::fsetxattr(descriptor_, name, value.data(), static_cast<std::size_t>(length), 0) != 0 &&
        std::string_view(name).starts_with("user.")) {
      return Fail(FileError(errno, "keep the extended attributes of", original));
    }
  }
  return {};
}

Status AtomicFile::TakeTimesOf(const fs::path& original) {
  struct stat status {};
  if (::stat(original.c_str(), &status) != 0) return Fail(FileError(errno, "look at", original));
  const std::array<struct timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(descriptor_, times.data()) != 0) return Fail(FileError(errno, "keep the times of", original));
  return {};
}

Status AtomicFile::Commit(IfExists if_exists) {
  if (::fsync(descriptor_) != 0) return Fail(FileError(errno, "write", target_));
  if (if_exists == IfExists::kFail) {
    RETURN_IF_ERROR(RenameNoReplace(temporary_, target_));
  } else if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return Fail(FileError(errno, "write", target_));
  }
  ::close(std::exchange(descriptor_, -1));
  Status synced = SyncFolder(target_.parent_path());
  if (!synced && if_exists == IfExists::kFail) ::unlink(target_.c_str());  // what is told as failed is not there
  return synced;
}

Status AtomicFile::CommitUnflushed() {
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return Fail(FileError(errno, "write", target_));
  ::close(std::exchange(descriptor_, -1));
  return {};
}

bool IsTemporaryName(std::string_view file_name) {
  for (const std::string_view ending : {"-wal", "-shm", "-journal"}) {
    if (file_name.ends_with(ending)) file_name.remove_suffix(ending.size());
  }
  return file_name.size() == kTemporaryPrefix.size() + 6 + kTemporarySuffix.size() &&
         file_name.starts_with(kTemporaryPrefix) && file_name.ends_with(kTemporarySuffix);
}

void SweepTemporaryFiles(const fs::path& folder, std::chrono::seconds untouched) {
  const std::time_t latest = std::time(nullptr) - untouched.count();
  // The time of the last change to the file or what is known of it, which, unlike the other times, nobody can set.
  const auto is_abandoned = [&](const fs::path& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_ctim.tv_sec <= latest;
  };
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (IsTemporaryName(entry->path().filename().native()) && is_abandoned(*entry)) found.push_back(entry->path());
  }
  for (const fs::path& path : found) ::unlink(path.c_str());
}

Status WriteFileAtomically(const fs::path& target, std::span<const std::byte> bytes) {
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(target));
  RETURN_IF_ERROR(file.Write(bytes));
  return file.Commit();
}

Status WriteFileAtomically(const fs::path& target, std::string_view text) {
  return WriteFileAtomically(target, AsBytes(text));
}

Status WriteSecretFile(const fs::path& target, std::string_view text) {
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(target));
  if (::fchmod(file.descriptor(), S_IRUSR | S_IWUSR) != 0) return Fail(FileError(errno, "close to others", target));
  RETURN_IF_ERROR(file.Write(text));
  return file.Commit();
}

Status RenameNoReplace(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EINVAL || errno == ENOSYS) {
    // File systems without the flag (some network and FUSE ones): a hard link fails where the name is taken.
    if (::link(from.c_str(), to.c_str()) == 0) {
      ::unlink(from.c_str());
      return {};
    }
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
      // Nor hard links (exFAT): look first, then rename; only a program outside Kinfolder's lock can come between.
      struct stat status {};
      if (::lstat(to.c_str(), &status) == 0) return Fail(FileError(EEXIST, "write", to));
      if (::rename(from.c_str(), to.c_str()) == 0) return {};
    }
  }
  return Fail(FileError(errno, "write", to));
}

Status MakeFolders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Fail(FileError(error.value(), "create folder", folder));
  if (!fs::is_directory(folder, error)) {
    return Fail(FileError(error ? error.value() : ENOTDIR, "create folder", folder));
  }
  return {};
}

Status SyncFolder(const fs::path& folder) {
  const fs::path name = folder.empty() ? fs::path(".") : folder;
  const Descriptor descriptor(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.value() < 0) return Fail(FileError(errno, "open", name));
  // Some file systems can't flush a folder (EINVAL); they then order renames themselves.
  if (::fsync(descriptor.value()) != 0 && errno != EINVAL) return Fail(FileError(errno, "write", name));
  return {};
}

std::span<const std::byte> AsBytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace kinfolder
