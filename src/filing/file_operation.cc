#include "filing/file_operation.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

// What lies at the path itself, link or not: its mode, or nothing. A disk that does not tell is an error.
Result<std::optional<mode_t>> Look(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return status.st_mode;
  Error error = FileError(errno, "look at", path);
  if (error.code == ErrorCode::kNotFound) return std::nullopt;
  return Fail(std::move(error));
}

bool SameFile(const fs::path& a, const fs::path& b) {
  struct stat first {};
  struct stat second {};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

// Do both lead to one file that has no other name, by way of a symbolic link or a second mount? Where either is taken
// away, nothing is left. One that the disk does not tell of counts as such.
bool IsOneName(const fs::path& a, const fs::path& b) {
  struct stat status {};
  if (!SameFile(a, b) || ::stat(a.c_str(), &status) != 0) return false;
  if (status.st_nlink == 1) return true;
  std::error_code first;
  std::error_code second;
  return fs::canonical(a, first) == fs::canonical(b, second) || first || second;
}

bool LinksTo(const fs::path& link, const fs::path& source) {
  std::error_code error;
  return fs::read_symlink(link, error) == source && !error;
}

Status Remove(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Fail(FileError(errno, "remove", path));
  return {};
}

Error Changed(const fs::path& source) {
  return {ErrorCode::kCorrupt, source.string() + " changed since it was scanned"};
}

// Permissions and times are kept where the file system has them.
void KeepModeAndTime(int descriptor, const struct stat& source) {
  const std::array<timespec, 2> times = {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, source.st_mtim};
  if (::fchmod(descriptor, source.st_mode & 0777) != 0 || ::futimens(descriptor, times.data()) != 0) errno = 0;
}

Status Copy(const FileOperation& operation, const StopFlag& stop) {
  struct stat source {};
  if (::stat(operation.source.c_str(), &source) != 0) return Fail(FileError(errno, "look at", operation.source));
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(operation.target));
  Sha256 hash;
  RETURN_IF_ERROR(ForEachBlock(operation.source, [&](std::span<const std::byte> block) -> Status {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "filing was interrupted");
    hash.Update(block);
    return file.Write(block);
  }));
  if (hash.Finish() != operation.content) return Fail(Changed(operation.source));
  KeepModeAndTime(file.descriptor(), source);
  return file.Commit(AtomicFile::IfExists::kFail);
}

Status Reflink(const FileOperation& operation, const StopFlag& stop) {
  RETURN_IF_ERROR(StampOf(operation.source));  // no FIFO
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(operation.target));
  const int source = ::open(operation.source.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return Fail(FileError(errno, "open", operation.source));
  struct stat status {};
  const bool cloned = ::fstat(source, &status) == 0 && ::ioctl(file.descriptor(), FICLONE, source) == 0;
  const int error_number = errno;
  ::close(source);
  if (!cloned && (error_number == ENOSPC || error_number == EDQUOT || error_number == EIO)) {
    return Fail(FileError(error_number, "write", operation.target));
  }
  if (!cloned) {
    return Fail(ErrorCode::kUnsupported, "the file system can't make {} share its data with {} (reflink): file by copy",
                operation.target.string(), operation.source.string());
  }
  if (Status same = CheckContent(file.temporary_path(), operation.content, stop); !same) {
    return Fail(same.error().code == ErrorCode::kCorrupt ? Changed(operation.source) : same.error());
  }
  KeepModeAndTime(file.descriptor(), status);
  return file.Commit(AtomicFile::IfExists::kFail);
}

Status HardLink(const FileOperation& operation) {
  if (::linkat(AT_FDCWD, operation.source.c_str(), AT_FDCWD, operation.target.c_str(), AT_SYMLINK_FOLLOW) == 0) {
    return {};
  }
  if (errno == EXDEV || errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK) {
    return Fail(ErrorCode::kUnsupported, "cannot hard-link {} to {} ({}): file by copy", operation.source.string(),
                operation.target.string(), std::generic_category().message(errno));
  }
  return Fail(FileError(errno, "write", operation.target));
}

Status Symlink(const FileOperation& operation) {
  if (::symlink(operation.source.c_str(), operation.target.c_str()) == 0) return {};
  if (errno == EPERM || errno == EOPNOTSUPP) {
    return Fail(ErrorCode::kUnsupported, "the file system of {} has no symbolic links: file by copy",
                operation.target.string());
  }
  return Fail(FileError(errno, "write", operation.target));
}

// What is read twice must not have been written to in between.
Status RemoveMovedSource(const FileOperation& operation, const StopFlag& stop) {
  if (IsOneName(operation.source, operation.target)) {
    return Fail(ErrorCode::kAlreadyExists, "{} is only a link to {}", operation.target.string(),
                operation.source.string());
  }
  if (!SameFile(operation.source, operation.target)) {  // two names of one file: a rename that was cut in half
    RETURN_IF_ERROR(CheckContent(operation.source, operation.content, stop));
  }
  return Remove(operation.source);
}

Status Move(const FileOperation& operation, const StopFlag& stop) {
  ASSIGN_OR_RETURN(const std::optional<mode_t> source, Look(operation.source));
  if (source && S_ISLNK(*source)) {
    return Fail(ErrorCode::kUnsupported, "{} is a symbolic link, which would lead nowhere elsewhere: file by copy",
                operation.source.string());
  }
  if (Status renamed = RenameNoReplace(operation.source, operation.target); renamed) return renamed;
  // Across file systems; any other reason comes up again here.
  RETURN_IF_ERROR(Copy(operation, stop));
  if (Status removed = RemoveMovedSource(operation, StopFlag()); !removed) {
    RETURN_IF_ERROR(Remove(operation.target));  // the photo stays where it was
    return removed;
  }
  return {};
}

// The target is there: from this operation, cut short, or from somebody else.
Status FinishExisting(const FileOperation& operation, FilingMethod method, const StopFlag& stop) {
  const auto in_the_way = [&] {
    return Fail(ErrorCode::kAlreadyExists, "{} is there already with other content", operation.target.string());
  };
  if (method == FilingMethod::kSymlink) {
    if (LinksTo(operation.target, operation.source)) return {};
    return in_the_way();
  }
  const Result<FileStamp> stamp = StampOf(operation.target);
  if (!stamp && stamp.error().code == ErrorCode::kIo) return Fail(stamp.error());
  if (!stamp || stamp->bytes != operation.bytes) return in_the_way();
  if (Status same = CheckContent(operation.target, operation.content, stop); !same) {
    if (same.error().code != ErrorCode::kCorrupt) return same;
    return in_the_way();
  }
  if (method != FilingMethod::kMove) return {};
  ASSIGN_OR_RETURN(const std::optional<mode_t> source, Look(operation.source));
  return source ? RemoveMovedSource(operation, stop) : Status();
}

Status DoMissing(const FileOperation& operation, FilingMethod method, const StopFlag& stop) {
  if (method == FilingMethod::kCopy) return Copy(operation, stop);
  if (method == FilingMethod::kReflink) return Reflink(operation, stop);
  if (Status same = CheckContent(operation.source, operation.content, stop); !same) {
    return Fail(same.error().code == ErrorCode::kCorrupt ? Changed(operation.source) : same.error());
  }
  if (method == FilingMethod::kHardLink) return HardLink(operation);
  if (method == FilingMethod::kSymlink) return Symlink(operation);
  return Move(operation, stop);
}

Error Stays(const fs::path& path, std::string_view reason) {
  return {ErrorCode::kAlreadyExists, fmt::format("{} stays: {}", path.string(), reason)};
}

Status MoveBack(const FileOperation& operation, const StopFlag& stop) {
  FileOperation back = operation;
  std::swap(back.source, back.target);
  RETURN_IF_ERROR(MakeFolders(back.target.parent_path()));
  RETURN_IF_ERROR(DoFileOperation(back, FilingMethod::kMove, stop));
  return {};
}

}  // namespace

Status CheckContent(const fs::path& path, const ContentHash& content, const StopFlag& stop) {
  Sha256 hash;
  RETURN_IF_ERROR(ForEachBlock(path, [&](std::span<const std::byte> block) -> Status {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "filing was interrupted");
    hash.Update(block);
    return {};
  }));
  if (hash.Finish() != content) return Fail(ErrorCode::kCorrupt, "{} has other content", path.string());
  return {};
}

Result<FileStamp> DoFileOperation(const FileOperation& operation, FilingMethod method, const StopFlag& stop) {
  ASSIGN_OR_RETURN(const std::optional<mode_t> target, Look(operation.target));
  RETURN_IF_ERROR(target ? FinishExisting(operation, method, stop) : DoMissing(operation, method, stop));
  return StampOf(operation.target);
}

Status UndoFileOperation(const FileOperation& operation, FilingMethod method, const StopFlag& stop) {
  ASSIGN_OR_RETURN(const std::optional<mode_t> target, Look(operation.target));
  if (!target) {
    if (method != FilingMethod::kMove) return {};
    ASSIGN_OR_RETURN(const std::optional<mode_t> source, Look(operation.source));
    if (source) return {};
    return Fail(ErrorCode::kNotFound, "{} can't come back: {} is gone", operation.source.string(),
                operation.target.string());
  }
  if (method == FilingMethod::kSymlink) {
    if (LinksTo(operation.target, operation.source)) return Remove(operation.target);
    return Fail(Stays(operation.target, "it was changed since it was filed"));
  }
  if (method != FilingMethod::kMove && IsOneName(operation.source, operation.target)) {
    return Fail(
        Stays(operation.target, fmt::format("its original {} is only a link to it", operation.source.string())));
  }
  // Another name of the original: taking it away loses nothing, whatever was done to the photo.
  if (method == FilingMethod::kHardLink && SameFile(operation.source, operation.target)) {
    return Remove(operation.target);
  }
  if (Status same = CheckContent(operation.target, operation.content, stop); !same) {
    if (same.error().code == ErrorCode::kInterrupted) return same;
    return Fail(Stays(operation.target, same.error().code == ErrorCode::kCorrupt ? "it was changed since it was filed"
                                                                                 : same.error().message));
  }
  if (method == FilingMethod::kMove) {
    Status back = MoveBack(operation, stop);
    if (back || back.error().code == ErrorCode::kInterrupted) return back;
    return Fail(Stays(operation.target, back.error().message));
  }
  if (Status same = CheckContent(operation.source, operation.content, stop); !same) {
    if (same.error().code == ErrorCode::kInterrupted) return same;
    const bool is_other = same.error().code == ErrorCode::kCorrupt || same.error().code == ErrorCode::kNotFound;
    return Fail(Stays(operation.target, is_other
                                            ? "its original " + operation.source.string() + " is gone or was changed"
                                            : same.error().message));
  }
  return Remove(operation.target);
}

}  // namespace kinfolder
