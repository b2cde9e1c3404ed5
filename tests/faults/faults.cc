// For tests: preloaded into a program, it lets one file operation below a folder fail, or ends the program there.
//
//   FAULTS_BELOW  the folder; what is done elsewhere is not counted
//   FAULTS_LOG    gets a line for each counted operation: "NUMBER OPERATION PATH", and " !" where it was disturbed
//   FAULTS_AT     the number of the operation to disturb, from 1; 0 for none
//   FAULTS_KIND   once: enospc, eio, eacces, erofs; short, which writes half of the bytes and has no room for the rest;
//                 kill, before the operation. From there on: full, readonly, gone (reading fails as well).
//                 read-eio, read-eacces and read-gone count what only reads, and disturb that.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

enum class Does { kChange, kRead };
enum class Needs { kNothing, kSpace };

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string PathOf(int descriptor) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const long size = ::syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : "";
}

std::string PathOf(int folder, const char* path) {
  if (*path == '/') return path;
  std::array<char, PATH_MAX> current{};
  if (folder == AT_FDCWD)
    return ::syscall(SYS_getcwd, current.data(), current.size()) > 0 ? std::string(current.data()) + "/" + path : path;
  return PathOf(folder) + "/" + path;
}

// What happens to an operation: it goes on, fails with `error`, or does half of it.
struct Fate {
  int error = 0;
  bool half = false;
};

class Faults {
 public:
  Faults()
      : below_(Variable("FAULTS_BELOW") + "/"),
        kind_(Variable("FAULTS_KIND")),
        at_(std::atol(Variable("FAULTS_AT").c_str())) {
    counted_ = kind_.starts_with("read-") ? Does::kRead : Does::kChange;
    log_ = static_cast<int>(
        ::syscall(SYS_open, Variable("FAULTS_LOG").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }

  Fate Decide(Does does, Needs needs, const char* operation, const std::string& path) {
    if (!path.starts_with(below_)) return {};
    const bool is_counted = does == counted_;
    const long number = is_counted ? ++count_ : count_.load();
    if (at_ == 0 || number < at_) {
      if (is_counted) Tell(number, operation, path, "");
      return {};
    }
    const Fate fate = is_counted && number == at_ ? AtTheFault(number, operation, path, needs) : AfterIt(does, needs);
    const bool is_disturbed = fate.error != 0 || fate.half;
    if (is_counted || is_disturbed) Tell(number, operation, path, is_disturbed ? " !" : "");
    return fate;
  }

 private:
  Fate AtTheFault(long number, const char* operation, const std::string& path, Needs needs) {
    if (kind_ == "kill") {
      Tell(number, operation, path, " !");
      ::raise(SIGKILL);
    }
    if (kind_ == "short") {
      no_room_for_the_rest_ = true;
      return {0, true};
    }
    if (kind_ == "enospc") return {ENOSPC};
    if (kind_ == "eacces" || kind_ == "read-eacces") return {EACCES};
    if (kind_ == "erofs") return {EROFS};
    if (kind_ == "eio" || kind_ == "read-eio") return {EIO};
    return AfterIt(counted_, needs);
  }

  Fate AfterIt(Does does, Needs needs) {
    if (kind_ == "short" && needs == Needs::kSpace && no_room_for_the_rest_.exchange(false)) return {ENOSPC};
    if (kind_ == "full" && needs == Needs::kSpace) return {ENOSPC};
    if (kind_ == "readonly" && does == Does::kChange) return {EROFS};
    if (kind_ == "gone" || kind_ == "read-gone") return {EIO};
    return {};
  }

  void Tell(long number, const char* operation, const std::string& path, const char* mark) const {
    const std::string line = std::to_string(number) + " " + operation + " " + path + mark + "\n";
    ::syscall(SYS_write, log_, line.data(), line.size());
  }

  std::string below_;
  std::string kind_;
  long at_;
  Does counted_ = Does::kChange;
  int log_ = -1;
  std::atomic<long> count_ = 0;
  std::atomic<bool> no_room_for_the_rest_ = false;
};

Faults& TheFaults() {
  static auto* const faults = new Faults();  // operations go on after the program's own objects are gone
  return *faults;
}

int Failure(Does does, Needs needs, const char* operation, const std::string& path) {
  const Fate fate = TheFaults().Decide(does, needs, operation, path);
  return fate.half ? ENOSPC : fate.error;
}

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// The wrapped call, unless it is to fail.
template <class Result, class Call>
Result Unless(int error, Result failed, const Call& call) {
  if (error == 0) return call();
  errno = error;
  return failed;
}

int FailureOfOpen(const std::string& path, int flags) {
  const bool makes = (flags & O_CREAT) != 0 && ::syscall(SYS_faccessat, AT_FDCWD, path.c_str(), F_OK) != 0;
  if (makes) return Failure(Does::kChange, Needs::kSpace, "create", path);
  if ((flags & O_ACCMODE) != O_RDONLY) return Failure(Does::kChange, Needs::kNothing, "open-to-write", path);
  return Failure(Does::kRead, Needs::kNothing, "open", path);
}

template <class Call>
ssize_t Write(int descriptor, std::size_t bytes, const Call& write_first) {
  const Fate fate = TheFaults().Decide(Does::kChange, Needs::kSpace, "write", PathOf(descriptor));
  if (fate.error != 0 || (fate.half && bytes < 2)) {
    errno = fate.half ? ENOSPC : fate.error;
    return -1;
  }
  return write_first(fate.half ? bytes / 2 : bytes);
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  static auto* const real = Real<decltype(open)>("open");
  return Unless(FailureOfOpen(PathOf(AT_FDCWD, path), flags), -1, [&] { return real(path, flags, mode); });
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  static auto* const real = Real<decltype(openat)>("openat");
  return Unless(FailureOfOpen(PathOf(folder, path), flags), -1, [&] { return real(folder, path, flags, mode); });
}

int mkostemps(char* path, int suffix, int flags) {
  static auto* const real = Real<decltype(mkostemps)>("mkostemps");
  return Unless(Failure(Does::kChange, Needs::kSpace, "create", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path, suffix, flags); });
}

ssize_t write(int descriptor, const void* data, size_t bytes) {
  static auto* const real = Real<decltype(write)>("write");
  return Write(descriptor, bytes, [&](std::size_t count) { return real(descriptor, data, count); });
}

ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t offset) {
  static auto* const real = Real<decltype(pwrite)>("pwrite");
  return Write(descriptor, bytes, [&](std::size_t count) { return real(descriptor, data, count, offset); });
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static auto* const real = Real<decltype(writev)>("writev");
  return Write(descriptor, static_cast<std::size_t>(count),
               [&](std::size_t some) { return real(descriptor, parts, static_cast<int>(some)); });
}

int fsync(int descriptor) {
  static auto* const real = Real<decltype(fsync)>("fsync");
  return Unless(Failure(Does::kChange, Needs::kSpace, "flush", PathOf(descriptor)), -1,
                [&] { return real(descriptor); });
}

int fdatasync(int descriptor) {
  static auto* const real = Real<decltype(fdatasync)>("fdatasync");
  return Unless(Failure(Does::kChange, Needs::kSpace, "flush", PathOf(descriptor)), -1,
                [&] { return real(descriptor); });
}

int ftruncate(int descriptor, off_t bytes) {
  static auto* const real = Real<decltype(ftruncate)>("ftruncate");
  return Unless(Failure(Does::kChange, Needs::kSpace, "truncate", PathOf(descriptor)), -1,
                [&] { return real(descriptor, bytes); });
}

int rename(const char* from, const char* to) {
  static auto* const real = Real<decltype(rename)>("rename");
  return Unless(Failure(Does::kChange, Needs::kSpace, "rename", PathOf(AT_FDCWD, to)), -1,
                [&] { return real(from, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  static auto* const real = Real<decltype(renameat2)>("renameat2");
  return Unless(Failure(Does::kChange, Needs::kSpace, "rename", PathOf(to_folder, to)), -1,
                [&] { return real(from_folder, from, to_folder, to, flags); });
}

int link(const char* from, const char* to) {
  static auto* const real = Real<decltype(link)>("link");
  return Unless(Failure(Does::kChange, Needs::kSpace, "link", PathOf(AT_FDCWD, to)), -1,
                [&] { return real(from, to); });
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  static auto* const real = Real<decltype(linkat)>("linkat");
  return Unless(Failure(Does::kChange, Needs::kSpace, "link", PathOf(to_folder, to)), -1,
                [&] { return real(from_folder, from, to_folder, to, flags); });
}

int symlink(const char* to, const char* path) {
  static auto* const real = Real<decltype(symlink)>("symlink");
  return Unless(Failure(Does::kChange, Needs::kSpace, "link", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(to, path); });
}

int mkdir(const char* path, mode_t mode) {
  static auto* const real = Real<decltype(mkdir)>("mkdir");
  return Unless(Failure(Does::kChange, Needs::kSpace, "mkdir", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path, mode); });
}

int rmdir(const char* path) {
  static auto* const real = Real<decltype(rmdir)>("rmdir");
  return Unless(Failure(Does::kChange, Needs::kNothing, "rmdir", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path); });
}

int unlink(const char* path) {
  static auto* const real = Real<decltype(unlink)>("unlink");
  return Unless(Failure(Does::kChange, Needs::kNothing, "unlink", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path); });
}

int remove(const char* path) {
  static auto* const real = Real<decltype(remove)>("remove");
  return Unless(Failure(Does::kChange, Needs::kNothing, "unlink", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path); });
}

int fchmod(int descriptor, mode_t mode) {
  static auto* const real = Real<decltype(fchmod)>("fchmod");
  return Unless(Failure(Does::kChange, Needs::kNothing, "chmod", PathOf(descriptor)), -1,
                [&] { return real(descriptor, mode); });
}

int fchown(int descriptor, uid_t user, gid_t group) {
  static auto* const real = Real<decltype(fchown)>("fchown");
  return Unless(Failure(Does::kChange, Needs::kNothing, "chown", PathOf(descriptor)), -1,
                [&] { return real(descriptor, user, group); });
}

int fsetxattr(int descriptor, const char* name, const void* value, size_t bytes, int flags) {
  static auto* const real = Real<decltype(fsetxattr)>("fsetxattr");
  return Unless(Failure(Does::kChange, Needs::kSpace, "set-attribute", PathOf(descriptor)), -1,
                [&] { return real(descriptor, name, value, bytes, flags); });
}

int futimens(int descriptor, const timespec times[2]) {
  static auto* const real = Real<decltype(futimens)>("futimens");
  return Unless(Failure(Does::kChange, Needs::kNothing, "set-time", PathOf(descriptor)), -1,
                [&] { return real(descriptor, times); });
}

// Only the call that lets two files share their data is of interest.
int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  static auto* const real = Real<int(int, unsigned long, ...)>("ioctl");
  constexpr unsigned long kClone = 0x40049409;
  const int error = request == kClone ? Failure(Does::kChange, Needs::kSpace, "clone", PathOf(descriptor)) : 0;
  return Unless(error, -1, [&] { return real(descriptor, request, argument); });
}

ssize_t read(int descriptor, void* data, size_t bytes) {
  static auto* const real = Real<decltype(read)>("read");
  return Unless<ssize_t>(Failure(Does::kRead, Needs::kNothing, "read", PathOf(descriptor)), -1,
                         [&] { return real(descriptor, data, bytes); });
}

ssize_t pread(int descriptor, void* data, size_t bytes, off_t offset) {
  static auto* const real = Real<decltype(pread)>("pread");
  return Unless<ssize_t>(Failure(Does::kRead, Needs::kNothing, "read", PathOf(descriptor)), -1,
                         [&] { return real(descriptor, data, bytes, offset); });
}

dirent* readdir(DIR* folder) {
  static auto* const real = Real<decltype(readdir)>("readdir");
  return Unless<dirent*>(Failure(Does::kRead, Needs::kNothing, "list", PathOf(::dirfd(folder))), nullptr,
                         [&] { return real(folder); });
}

int stat(const char* path, struct stat* status) noexcept {
  static auto* const real = Real<int(const char*, struct stat*)>("stat");
  return Unless(Failure(Does::kRead, Needs::kNothing, "look", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path, status); });
}

int lstat(const char* path, struct stat* status) noexcept {
  static auto* const real = Real<int(const char*, struct stat*)>("lstat");
  return Unless(Failure(Does::kRead, Needs::kNothing, "look", PathOf(AT_FDCWD, path)), -1,
                [&] { return real(path, status); });
}

int fstat(int descriptor, struct stat* status) noexcept {
  static auto* const real = Real<int(int, struct stat*)>("fstat");
  return Unless(Failure(Does::kRead, Needs::kNothing, "look", PathOf(descriptor)), -1,
                [&] { return real(descriptor, status); });
}

}  // extern "C"

// The names that programs built with large-file support use: on 64-bit machines the same functions.
#define SAME(name, as) __asm__(".globl " name "\n.set " name ", " as)
SAME("open64", "open");
SAME("openat64", "openat");
SAME("mkostemps64", "mkostemps");
SAME("pwrite64", "pwrite");
SAME("pread64", "pread");
SAME("ftruncate64", "ftruncate");
SAME("readdir64", "readdir");
SAME("stat64", "stat");
SAME("lstat64", "lstat");
SAME("fstat64", "fstat");
