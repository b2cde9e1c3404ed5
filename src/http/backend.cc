#include "http/backend.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "app/config_file.h"
#include "app/job_work.h"
#include "base/file.h"
#include "base/processors.h"

namespace kinfolder {
namespace {

// Tells the catalogue that is open from one that took its place since: `catalog restore` does that. 0 where none is.
std::uint64_t InodeOf(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

// In seconds a second.
double ShareOfPictures() {
  constexpr double kShareOfMachine = 0.08;  // while it waits for processors, too
  return kShareOfMachine * ProcessorCount();
}

}  // namespace

Backend::Backend(std::map<std::string, std::string> flags, Environment environment)
    : flags_(std::move(flags)),
      environment_(std::move(environment)),
      making_budget_(ShareOfPictures(), std::chrono::seconds(1)) {}

// What is made meanwhile asks for jobs, which go first.
Backend::~Backend() {
  unknown_.Wait();
  library_.Wait();
}

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
  const std::lock_guard one_at_a_time(changing_mutex_);
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
    pictures_ = std::make_shared<PictureCache>(PictureFolderIn(settings_.settings.data), kPictureBytes);
  }
  // What was opened with the old ones is opened anew at the next use.
  for (Reader* const reader : {&reader_, &slow_reader_, &library_reader_}) {
    const std::lock_guard lock(reader->mutex);
    reader->workspace.reset();
  }
  unknown_.Forget();
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
  Status changed = change(workspace);
  ++changes_;
  return changed;
}

Status Backend::Decide(std::string_view verb, const std::function<Status(Workspace&)>& change) {
  if (!jobs_->HasWork()) return Write(verb, change);
  ASSIGN_OR_RETURN(Workspace workspace,
                   Workspace::Open(settings().settings, environment_, Workspace::Access::kRead, verb));
  Status changed = change(workspace);
  ++changes_;
  return changed;
}

bool Backend::MayBeOld() const {
  const std::optional<JobStatus> job = jobs_->Now();
  return job && job->state == JobState::kRunning;
}

Result<std::shared_ptr<const Library>> Backend::library() {
  return library_.Get(changes_, MayBeOld(), [this](const std::shared_ptr<const Library>& last) {
    const auto read = [&](Workspace& workspace) -> Result<std::shared_ptr<const Library>> {
      ASSIGN_OR_RETURN(const std::string revision, LibraryState(workspace.catalog()));
      std::string state = fmt::format("{} {}", library_reader_.inode, revision);
      if (last && state == library_state_) return last;
      ASSIGN_OR_RETURN(std::shared_ptr<const Library> library, Library::Read(workspace.catalog()));
      library_state_ = std::move(state);
      return library;
    };
    return ReadWith<std::shared_ptr<const Library>>(library_reader_, read);
  });
}

Result<std::shared_ptr<const Backend::Unknown>> Backend::unknown() {
  using Value = std::shared_ptr<const Unknown>;
  return unknown_.Get(changes_, MayBeOld(), [this](const Value& last) -> Result<Value> {
    ASSIGN_OR_RETURN(const auto now, library());
    if (last && last->library == now) return last;
    const auto group = [&](Workspace& workspace) -> Result<UnknownGroups> {
      ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
      return GroupUnknownFaces(*now, workspace.catalog(), networks->embedder_id(), networks->model_threshold());
    };
    ASSIGN_OR_RETURN(UnknownGroups faces, ReadAtLength<UnknownGroups>(group));
    return std::make_shared<const Unknown>(Unknown{now, std::move(faces)});
  });
}

std::shared_ptr<PictureCache> Backend::pictures() const {
  const std::lock_guard lock(settings_mutex_);
  return pictures_;
}

Result<Picture> Backend::MakePicture(const std::function<Result<Picture>()>& make) {
  if (!jobs_->HasWork()) return make();
  const std::lock_guard one_at_a_time(making_mutex_);
  std::this_thread::sleep_for(making_budget_.Wait(TimeBudget::Clock::now()));
  const auto began = TimeBudget::Clock::now();
  Result<Picture> picture = make();
  const auto now = TimeBudget::Clock::now();
  making_budget_.Spend(now - began, now);
  return picture;
}

}  // namespace kinfolder
