#include "nn/install.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <set>
#include <span>
#include <system_error>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "nn/convert.h"
#include "nn/download.h"
#include "nn/onnx.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr char kPartialSuffix[] = ".partial";

// Where one file comes from: a path or a URL.
struct Origin {
  std::string place;
  bool is_url = false;
};

// What is fetched, and from where: the package's own files, or those that they are made from.
struct Plan {
  std::vector<ModelFile> files;
  std::string source;  // a file, a folder, or the URL of either
  bool is_converted = false;
};

Result<Plan> PlanFor(const ModelManifest& manifest, const std::string& source) {
  if (source.empty()) {
    if (manifest.sources) return Plan{manifest.sources->files, manifest.sources->url, true};
    return Fail(ErrorCode::kInvalidArgument,
                "the model {} can't be downloaded: name the place of its files with --from", manifest.id);
  }
  Plan plan{{}, source, false};
  for (const auto& [role, file] : manifest.files) plan.files.push_back(file);
  std::error_code error;
  const auto has = [&](const ModelFile& file) { return fs::exists(fs::path(source) / file.name, error); };
  if (!manifest.sources || IsUrl(source) || has(plan.files.front()) || !has(manifest.sources->files.front()))
    return plan;
  return Plan{manifest.sources->files, source, true};
}

tl::unexpected<Error> NeedsFolder(const std::string& id, const Plan& plan) {
  return Fail(ErrorCode::kInvalidArgument,
              "{} is one file, but the model {} consists of {}: name the folder they are in", plan.source, id,
              plan.files.size());
}

Result<Origin> OriginOf(const ModelFile& file, const std::string& id, const Plan& plan) {
  const std::string& source = plan.source;
  if (IsUrl(source)) {
    ASSIGN_OR_RETURN(const std::string last, LastPartOf(source));
    if (!last.ends_with(".onnx")) {
      ASSIGN_OR_RETURN(std::string url, UrlInFolder(source, file.name));
      return Origin{std::move(url), true};
    }
    if (plan.files.size() > 1) return NeedsFolder(id, plan);
    return Origin{source, true};
  }
  std::error_code error;
  if (fs::is_directory(source, error)) {
    const fs::path path = fs::path(source) / file.name;
    if (!fs::exists(path, error)) return Fail(ErrorCode::kNotFound, "there is no {} in {}", file.name, source);
    return Origin{path.string(), false};
  }
  if (!fs::exists(source, error)) return Fail(ErrorCode::kNotFound, "there is no file or folder {}", source);
  if (plan.files.size() > 1) return NeedsFolder(id, plan);
  return Origin{source, false};
}

// The folder where a package grows until it is whole, held by one process at a time.
class Staging {
 public:
  static Result<Staging> Open(const fs::path& models_folder, const std::string& id) {
    const fs::path folder = models_folder / (".installing-" + id);
    RETURN_IF_ERROR(MakeFolders(folder));
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return Fail(FileError(errno, "open", folder));
    Staging staging(folder, descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      return Fail(ErrorCode::kLocked, "the model {} is being installed by another process already", id);
    }
    return staging;
  }

  Staging(Staging&& other) noexcept : folder_(std::move(other.folder_)), descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  Staging& operator=(Staging&&) = delete;
  ~Staging() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  const fs::path& folder() const { return folder_; }

 private:
  Staging(fs::path folder, int descriptor) : folder_(std::move(folder)), descriptor_(descriptor) {}

  fs::path folder_;
  int descriptor_;
};

// What an installation of another version of the package left behind.
void RemoveStrangers(const fs::path& staging, const Plan& plan) {
  std::set<std::string> wanted;
  for (const ModelFile& file : plan.files) wanted.insert({file.name, file.name + kPartialSuffix});
  std::error_code error;
  std::vector<fs::path> strangers;
  for (fs::directory_iterator entry(staging, error), end; !error && entry != end; entry.increment(error)) {
    if (!wanted.contains(entry->path().filename().string())) strangers.push_back(entry->path());
  }
  for (const fs::path& stranger : strangers) fs::remove_all(stranger, error);
}

using Arrived = std::function<void(std::uint64_t)>;

Status CopyLocal(const fs::path& from, const fs::path& to, const Arrived& arrived, const StopFlag& stop) {
  ASSIGN_OR_RETURN(AtomicFile copy, AtomicFile::Create(to));
  std::uint64_t bytes = 0;
  const auto append = [&](std::span<const std::byte> block) -> Status {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "the installation was interrupted");
    RETURN_IF_ERROR(copy.Write(block));
    arrived(bytes += block.size());
    return {};
  };
  RETURN_IF_ERROR(ForEachBlock(from, append));
  return copy.Commit();
}

// Leaves the file, checked, in the staging folder under its own name.
Status Fetch(const ModelFile& file, const std::string& id, const Plan& plan, const fs::path& staging,
             Downloader& downloader, const Arrived& arrived, const StopFlag& stop) {
  const fs::path whole = staging / file.name;
  const fs::path partial = staging / (file.name + kPartialSuffix);
  if (VerifyFile(whole, file)) return {};
  ASSIGN_OR_RETURN(const Origin origin, OriginOf(file, id, plan));
  if (origin.is_url) {
    RETURN_IF_ERROR(downloader.Download(origin.place, partial, file.bytes, arrived, stop));
  } else {
    RETURN_IF_ERROR(CopyLocal(origin.place, partial, arrived, stop));
  }
  Status verified = VerifyFile(partial, file);
  if (!verified) {
    if (verified.error().code != ErrorCode::kCorrupt) return verified;
    ASSIGN_OR_RETURN(const Sha256Digest digest, Sha256OfFile(partial));
    return Fail(ErrorCode::kCorrupt,
                "{} is not the file that the manifest of {} means: its SHA-256 is {} instead of {}", origin.place, id,
                ToHex(digest), ToHex(file.sha256));
  }
  std::error_code error;
  fs::rename(partial, whole, error);
  if (error) return Fail(FileError(error.value(), "rename", partial));
  return {};
}

Status FetchAll(const std::string& id, const Plan& plan, const fs::path& staging, const ProgressFunction& progress,
                const StopFlag& stop) {
  ProgressUpdate update;
  for (const ModelFile& file : plan.files) update.total += file.bytes;
  Downloader downloader;
  std::uint64_t before = 0;
  for (const ModelFile& file : plan.files) {
    if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "the installation was interrupted");
    update.current = file.name;
    const auto report = [&](std::uint64_t bytes) {
      update.done = before + bytes;
      if (progress) progress(update);
    };
    RETURN_IF_ERROR(Fetch(file, id, plan, staging, downloader, report, stop));
    report(file.bytes);
    before += file.bytes;
  }
  return {};
}

// Puts the package's files in the place of those that they are made from, with a manifest of their own.
Result<std::string> Convert(const ModelManifest& manifest, const std::string& text, const fs::path& staging) {
  ASSIGN_OR_RETURN(const auto graphs, ConvertSources(*manifest.sources, staging));
  std::map<std::string, ModelFile> files = manifest.files;
  for (auto& [role, file] : files) {
    const auto graph = graphs.find(role);
    CHECK(graph != graphs.end());
    ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, WriteOnnx(graph->second));
    file.bytes = bytes.size();
    file.sha256 = Sha256Of(bytes);
    RETURN_IF_ERROR(WriteFileAtomically(staging / file.name, std::span(bytes)));
  }
  for (const ModelFile& file : manifest.sources->files) {
    std::error_code error;
    if (!fs::remove(staging / file.name, error)) return Fail(FileError(error.value(), "remove", staging / file.name));
  }
  return WithFiles(text, files);
}

// Leaves the package whole in the staging folder.
Status Fill(const ModelManifest& manifest, const std::string& text, const Plan& plan, const fs::path& staging,
            const ProgressFunction& progress, const StopFlag& stop) {
  RETURN_IF_ERROR(FetchAll(manifest.id, plan, staging, progress, stop));
  if (!plan.is_converted) return WriteFileAtomically(staging / kManifestName, text);
  ASSIGN_OR_RETURN(const std::string converted, Convert(manifest, text, staging));
  return WriteFileAtomically(staging / kManifestName, converted);
}

// The finished folder takes the place of what was there, at one stroke where the file system can.
Status PutInPlace(const fs::path& staging, const fs::path& target) {
  RETURN_IF_ERROR(SyncFolder(staging));
  std::error_code error;
  if (::rename(staging.c_str(), target.c_str()) != 0) {
    if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return Fail(FileError(errno, "rename", staging));
    if (::renameat2(AT_FDCWD, staging.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0) {
      if (errno != EINVAL && errno != ENOSYS) return Fail(FileError(errno, "replace", target));
      fs::remove_all(target, error);
      if (error) return Fail(FileError(error.value(), "replace", target));
      fs::rename(staging, target, error);
      if (error) return Fail(FileError(error.value(), "rename", staging));
    }
    fs::remove_all(staging, error);  // now the former package; if it stays, the next installation removes it
  }
  return SyncFolder(target.parent_path());
}

}  // namespace

Status InstallPackage(const ModelPackage& manifest_package, const std::string& source, const fs::path& models_folder,
                      const ProgressFunction& progress, const StopFlag& stop) {
  const ModelManifest& manifest = manifest_package.manifest;
  ASSIGN_OR_RETURN(const std::string text, ReadTextFile(manifest_package.folder / kManifestName, kMaxManifestBytes));
  ASSIGN_OR_RETURN(const Plan plan, PlanFor(manifest, source));
  ASSIGN_OR_RETURN(const Staging staging, Staging::Open(models_folder, manifest.id));
  RemoveStrangers(staging.folder(), plan);
  Status filled = Fill(manifest, text, plan, staging.folder(), progress, stop);
  if (!filled) {
    const ErrorCode code = filled.error().code;
    const bool can_resume = code == ErrorCode::kNetwork || code == ErrorCode::kInterrupted;
    std::error_code ignored;
    if (!can_resume) fs::remove_all(staging.folder(), ignored);
    fs::remove(staging.folder(), ignored);  // goes only where nothing has arrived
    return filled;
  }
  return PutInPlace(staging.folder(), models_folder / manifest.id);
}

}  // namespace kinfolder
