// What the routes work with: the settings as they are now, the catalogue for reading and for deciding, the job at work,
// pictures.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/job_runner.h"
#include "app/library.h"
#include "app/pictures.h"
#include "app/settings.h"
#include "app/unknown_groups.h"
#include "app/workspace.h"
#include "base/result.h"
#include "http/remade.h"
#include "http/time_budget.h"

namespace kinfolder {

// Safe to use from many threads at once.
class Backend {
 public:
  // `flags` are what the command line says; they go before everything else for as long as the program runs.
  static Result<std::unique_ptr<Backend>> Open(std::map<std::string, std::string> flags, Environment environment);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  const Environment& environment() const { return environment_; }
  LoadedSettings settings() const;
  // Writes the setting into the config file ("" takes it out) and works with it from now on. kInvalidArgument with what
  // would be right, or when a flag or variable has the say.
  Status ChangeSetting(const std::string& name, const std::string& value);

  // The program should end.
  void Quit() { quit_ = true; }
  bool quit() const { return quit_; }

  JobRunner& jobs() { return *jobs_; }
  std::shared_ptr<PictureCache> pictures() const;
  // Calls `make`; during a job for one caller at a time, who may have to wait so that little of the machine's time goes
  // into pictures.
  Result<Picture> MakePicture(const std::function<Result<Picture>()>& make);

  // As it is now; read anew when the catalogue changed, but during a job only now and then, unless the user said
  // something.
  Result<std::shared_ptr<const Library>> library();

  // The library's faces without a name, by who looks alike.
  struct Unknown {
    std::shared_ptr<const Library> library;  // whose faces these are
    UnknownGroups faces;
  };
  Result<std::shared_ptr<const Unknown>> unknown();

  // Calls `use` with the workspace open for reading, one caller at a time.
  template <class T>
  Result<T> Read(const std::function<Result<T>(Workspace&)>& use) {
    return ReadWith(reader_, use);
  }
  // The same for what takes as long as a network does: callers of Read do not wait for it.
  template <class T>
  Result<T> ReadAtLength(const std::function<Result<T>(Workspace&)>& use) {
    return ReadWith(slow_reader_, use);
  }
  // Calls `change` with the workspace locked for writing. kLocked while a job or another run is at work.
  Status Write(std::string_view verb, const std::function<Status(Workspace&)>& change);
  // The same for what the user says of faces and people, which is said beside a job of this program, too: each writes
  // in transactions of its own, and what a job makes of decisions it makes again when others came meanwhile.
  Status Decide(std::string_view verb, const std::function<Status(Workspace&)>& change);

 private:
  Backend(std::map<std::string, std::string> flags, Environment environment);

  struct Reader {
    std::mutex mutex;
    std::optional<Workspace> workspace;
    std::uint64_t inode = 0;  // of its catalogue's file
  };

  static constexpr std::uint64_t kPictureBytes = std::uint64_t{1} << 30;

  Status LoadSettingsAgain();
  // During a job, what is shown may be some seconds old.
  bool MayBeOld() const;
  Result<Workspace*> WorkspaceOf(Reader& reader);

  template <class T>
  Result<T> ReadWith(Reader& reader, const std::function<Result<T>(Workspace&)>& use) {
    const std::lock_guard lock(reader.mutex);
    ASSIGN_OR_RETURN(Workspace* const workspace, WorkspaceOf(reader));
    return use(*workspace);
  }

  const std::map<std::string, std::string> flags_;
  const Environment environment_;
  std::mutex changing_mutex_;  // of the config file, from reading to writing
  mutable std::mutex settings_mutex_;
  LoadedSettings settings_;
  std::shared_ptr<PictureCache> pictures_;
  Reader reader_;
  Reader slow_reader_;
  Reader library_reader_;
  std::string library_state_;  // of the last library
  Remade<Library> library_;
  Remade<Unknown> unknown_;
  std::atomic<std::int64_t> changes_{0};  // of the user's
  std::mutex making_mutex_;
  TimeBudget making_budget_;  // of pictures, during a job
  std::atomic<bool> quit_{false};
  std::unique_ptr<JobRunner> jobs_;  // the last to be made, the first to go
};

}  // namespace kinfolder
