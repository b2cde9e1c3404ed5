#include "filing/lazy_rewrite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "filing/space.h"

namespace kinfolder {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

// Reads up to `bytes` from the descriptor's position; fewer only at the end of the file or after a failure.
std::vector<std::byte> ReadBlock(int descriptor, std::size_t bytes) {
  std::vector<std::byte> block(bytes);
  std::size_t filled = 0;
  while (filled < bytes) {
    const ssize_t count = ::read(descriptor, block.data() + filled, bytes - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  block.resize(filled);
  return block;
}

int OpenRegular(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (descriptor >= 0 && (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))) {
    ::close(descriptor);
    return -1;
  }
  return descriptor;
}

}  // namespace

LazyRewrite::LazyRewrite(std::filesystem::path target, std::uint64_t expected_bytes)
    : target_(std::move(target)), expected_bytes_(expected_bytes), old_(OpenRegular(target_)) {}

LazyRewrite::~LazyRewrite() {
  if (old_ >= 0) ::close(old_);
}

Status LazyRewrite::Write(std::span<const std::byte> bytes) {
  hash_.Update(bytes);
  if (!file_) {
    const std::vector<std::byte> old = old_ >= 0 ? ReadBlock(old_, bytes.size()) : std::vector<std::byte>();
    if (old_ < 0 || !std::equal(old.begin(), old.end(), bytes.begin(), bytes.end())) {
      RETURN_IF_ERROR(StartWriting(bytes_));
    }
  }
  if (file_) RETURN_IF_ERROR(file_->Write(bytes));
  bytes_ += bytes.size();
  return {};
}

Status LazyRewrite::StartWriting(std::uint64_t same_bytes) {
  RETURN_IF_ERROR(CheckFreeSpace(target_.parent_path(), std::max(expected_bytes_, same_bytes),
                                 fmt::format("writing {}", target_.string())));
  ASSIGN_OR_RETURN(file_, AtomicFile::Create(target_));
  if (old_ < 0) return {};
  ::lseek(old_, 0, SEEK_SET);
  while (same_bytes > 0) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(same_bytes, kBlockBytes));
    const std::vector<std::byte> block = ReadBlock(old_, wanted);
    if (block.size() != wanted) return Fail(ErrorCode::kIo, "{} changed while it was read", target_.string());
    RETURN_IF_ERROR(file_->Write(block));
    same_bytes -= wanted;
  }
  ::close(std::exchange(old_, -1));
  return {};
}

Result<bool> LazyRewrite::Changes() {
  if (!file_ && (old_ < 0 || !ReadBlock(old_, 1).empty())) RETURN_IF_ERROR(StartWriting(bytes_));
  return file_.has_value();
}

Status LazyRewrite::Commit(std::int64_t modified_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec modified = {.tv_sec = modified_ns / kSecond, .tv_nsec = modified_ns % kSecond};
  const std::array<timespec, 2> times = {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, modified};
  if (::futimens(file_ ? file_->descriptor() : old_, times.data()) != 0)
    return Fail(FileError(errno, "write", target_));
  return file_ ? file_->Commit() : Status();
}

}  // namespace kinfolder
