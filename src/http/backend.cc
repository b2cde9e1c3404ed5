#include "http/backend.h"

#include <sys/stat.h>

#include <utility>

#include "app/config_file.h"
#include "app/job_work.h"
#include "base/file.h"

namespace kinfolder {
namespace {

// Tells the catalogue that is open from one that took its place since: `catalog restore` does that. 0 where none is.
std::uint64_t InodeOf(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Result<std::unique_ptr<Backend>> Backend::Open(std::map<std::string, std::string> flags, Environment environment) {
  std::unique_ptr<Backend> backend(new Backend(std::move(flags), std::move(environment)));
  RETURN_IF_ERROR(backend->LoadSettingsAgain());
  ASSIGN_OR_RETURN(const std::filesystem::path data, Chosen(backend->settings_.settings.data, "data"));
  RETURN_IF_ERROR(backend->WorkspaceOf(backend->reader_));
  SweepTemporaryFiles(data / "sent");  // photos sent to a program that was killed
  Backend* const self = backend.get();
  backend->jobs_ =
      std::make_unique<JobRunner>(data / "job.json", [self](const JobRequest& request, const StepFunction& step,
                                                            const ProgressFunction& progress, const StopFlag& stop) {
        return DoJob(request, self->settings(), self->environment_, step, progress, stop);
      });
  return backend;
}

LoadedSettings Backend::settings() const {
  const std::lock_guard lock(settings_mutex_);
  return settings_;
}

Status Backend::ChangeSetting(const std::string& name, const std::string& value) {
  const SettingInfo* const setting = FindSetting(name);
  if (setting == nullptr) return Fail(ErrorCode::kNotFound, "there is no setting '{}'", name);
  const LoadedSettings now = settings();
  const ValueSource source = now.sources.at(name);
  if (source == ValueSource::kFlag || source == ValueSource::kVariable) {
    return Fail(ErrorCode::kInvalidArgument, "{} was set where Kinfolder was started, by {}", name,
                source == ValueSource::kFlag ? fmt::format("--{}", name) : VariableOf(*setting));
  }
  if (value.empty()) {
    RETURN_IF_ERROR(UnsetInConfigFile(now.config_file, name));
  } else {
    ASSIGN_OR_RETURN(const std::string checked, CheckedValue(*setting, value, environment_));
    RETURN_IF_ERROR(SetInConfigFile(now.config_file, name, checked));
  }
  return LoadSettingsAgain();
}

Status Backend::LoadSettingsAgain() {
  ASSIGN_OR_RETURN(LoadedSettings loaded, LoadSettings(flags_, environment_));
  {
    const std::lock_guard lock(settings_mutex_);
    settings_ = std::move(loaded);
  }
  // What was opened with the old ones is opened anew at the next use.
  for (Reader* const reader : {&reader_, &slow_reader_}) {
    const std::lock_guard lock(reader->mutex);
    reader->workspace.reset();
  }
  const std::lock_guard lock(unknown_mutex_);
  unknown_.reset();
  return {};
}

Result<Workspace*> Backend::WorkspaceOf(Reader& reader) {
  const LoadedSettings now = settings();
  const std::filesystem::path catalog = CatalogFileIn(now.settings.data);
  if (reader.workspace && InodeOf(catalog) != reader.inode) reader.workspace.reset();
  if (!reader.workspace) {
    ASSIGN_OR_RETURN(reader.workspace, Workspace::Open(now.settings, environment_, Workspace::Access::kRead, "serve"));
    reader.inode = InodeOf(catalog);
  }
  return &*reader.workspace;
}

Status Backend::Write(std::string_view verb, const std::function<Status(Workspace&)>& change) {
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(settings().settings, environment_, Workspace::Access::kWrite, verb));
  return change(workspace);
}

Status Backend::Decide(std::string_view verb, const std::function<Status(Workspace&)>& change) {
  if (!jobs_->HasWork()) return Write(verb, change);
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(settings().settings, environment_, Workspace::Access::kRead, verb));
  return change(workspace);
}

Result<std::shared_ptr<const Library>> Backend::library() {
  constexpr std::chrono::seconds kRestDuringJobs{3};
  const std::lock_guard library_lock(library_mutex_);
  const std::optional<JobStatus> job = jobs_->Now();
  const bool at_work = job && job->state == JobState::kRunning;
  if (library_ && at_work && std::chrono::steady_clock::now() - library_read_ < kRestDuringJobs) return library_;
  const auto read = [&](Workspace& workspace) -> Result<std::shared_ptr<const Library>> {
    ASSIGN_OR_RETURN(const std::string revision, LibraryState(workspace.catalog()));
    std::string state = fmt::format("{} {}", reader_.inode, revision);
    if (library_ && state == library_state_) return library_;
    ASSIGN_OR_RETURN(library_, Library::Read(workspace.catalog()));
    library_state_ = std::move(state);
    return library_;
  };
  ASSIGN_OR_RETURN(std::shared_ptr<const Library> library, Read<std::shared_ptr<const Library>>(read));
  library_read_ = std::chrono::steady_clock::now();
  return library;
}

Result<std::shared_ptr<const Backend::Unknown>> Backend::unknown() {
  const std::lock_guard unknown_lock(unknown_mutex_);
  ASSIGN_OR_RETURN(const auto now, library());
  if (unknown_ && unknown_->library == now) return unknown_;
  const auto group = [&](Workspace& workspace) -> Result<UnknownGroups> {
    ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
    return GroupUnknownFaces(*now, workspace.catalog(), networks->embedder_id(), networks->model_threshold());
  };
  ASSIGN_OR_RETURN(UnknownGroups faces, ReadAtLength<UnknownGroups>(group));
  unknown_ = std::make_shared<const Unknown>(Unknown{now, std::move(faces)});
  return unknown_;
}

}  // namespace kinfolder
