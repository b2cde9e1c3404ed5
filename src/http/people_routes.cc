#include <filesystem>

#include "app/people.h"
#include "app/report.h"
#include "base/file.h"
#include "filing/naming.h"
#include "filing/new_file.h"
#include "http/backend.h"
#include "http/json_body.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

Json ReferenceAsJson(const CatalogReference& reference) {
  return Json::Object({{"face", reference.face.value},
                       {"photo", reference.photo.value},
                       {"width", reference.quality.width_px},
                       {"sharpness", reference.quality.sharpness},
                       {"brightness", reference.quality.brightness},
                       {"yaw", reference.quality.yaw_degrees}});
}

Json CoverAsJson(const std::optional<FaceOnPhoto>& cover) {
  if (!cover) return {};
  return Json::Object({{"face", cover->face.value}, {"photo", cover->photo.value}});
}

Json PersonAsJson(const LibraryPerson& person) {
  return Json::Object({{"id", person.person.id.value},
                       {"name", person.person.name},
                       {"photos", person.photos},
                       {"faces", person.faces},
                       {"uncertain", person.uncertain},
                       {"cover", CoverAsJson(person.cover)},
                       {"references", Json::ArrayOf(person.references, ReferenceAsJson)}});
}

Result<Reply> ShowPerson(Backend& backend, PersonId id, int status = 200) {
  ASSIGN_OR_RETURN(const auto library, backend.library());
  const LibraryPerson* const person = library->FindPerson(id);
  if (person == nullptr) return Fail(ErrorCode::kNotFound, "nobody has the number {}", id.value);
  return Reply::OfJson(PersonAsJson(*person), status);
}

Result<Reply> ListPeople(Backend& backend, const Request& /*request*/) {
  ASSIGN_OR_RETURN(const auto library, backend.library());
  return Reply::OfJson(Json::ArrayOf(library->people(), PersonAsJson));
}

Result<Reply> GetPerson(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  return ShowPerson(backend, PersonId{id});
}

Result<Reply> AddPerson(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const std::string name, body.Text("name"));
  PersonId id;
  RETURN_IF_ERROR(backend.Decide("people", [&](Workspace& workspace) -> Status {
    ASSIGN_OR_RETURN(const Person person, workspace.catalog().AddPerson(name, kUserOrigin));
    id = person.id;
    return {};
  }));
  return ShowPerson(backend, id, 201);
}

Result<Reply> RenamePerson(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const std::string name, body.Text("name"));
  RETURN_IF_ERROR(backend.Decide("people", [&](Workspace& workspace) {
    return workspace.catalog().RenamePerson(PersonId{id}, name, kUserOrigin);
  }));
  return ShowPerson(backend, PersonId{id});
}

Result<Reply> RemovePerson(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  RETURN_IF_ERROR(backend.Decide(
      "people", [&](Workspace& workspace) { return workspace.catalog().RemovePerson(PersonId{id}, kUserOrigin); }));
  return Reply::Nothing();
}

Result<Reply> ForgetPerson(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  ASSIGN_OR_RETURN(const auto library, backend.library());
  const LibraryPerson* const person = library->FindPerson(PersonId{id});
  if (person == nullptr) return Fail(ErrorCode::kNotFound, "nobody has the number {}", id);
  ForgottenPerson forgotten;
  RETURN_IF_ERROR(backend.Write("people", [&](Workspace& workspace) -> Status {
    ASSIGN_OR_RETURN(forgotten, ForgetPerson(workspace, person->person));
    return {};
  }));
  return Reply::OfJson(ForgottenAsJson(forgotten));
}

Result<Reply> MergePeople(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t from, request.Id());
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const std::int64_t into, body.Number("into"));
  if (from == into) return Fail(ErrorCode::kInvalidArgument, "nobody can be merged with themselves");
  RETURN_IF_ERROR(backend.Decide("people", [&](Workspace& workspace) {
    return workspace.catalog().MergePeople(PersonId{from}, PersonId{into}, kUserOrigin);
  }));
  return ShowPerson(backend, PersonId{into});
}

Result<Reply> RemoveReference(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t face, request.Id());
  const Status removed = backend.Decide("people", [&](Workspace& workspace) -> Status {
    RETURN_IF_ERROR(workspace.catalog().RemoveReference(FaceId{face}, kUserOrigin));
    return {};
  });
  RETURN_IF_ERROR(removed);
  return Reply::Nothing();
}

Status MakeReference(Backend& backend, const Person& person, const fs::path& photo) {
  const auto look = [&](Workspace& workspace) -> Result<ScannedPhoto> {
    ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
    ASSIGN_OR_RETURN(const LoadedPhoto loaded, LoadPhotoFile(photo, networks->decode_options()));
    ASSIGN_OR_RETURN(const FaceScanner* const scanner, networks->Scanner());
    return scanner->Scan(loaded);
  };
  ASSIGN_OR_RETURN(const ScannedPhoto scanned, backend.ReadAtLength<ScannedPhoto>(look));
  return backend.Decide("people",
                        [&](Workspace& workspace) { return AddReferencePhoto(workspace.catalog(), person, scanned); });
}

// Keeps a photo of a person below KNOWN, and makes it their reference.
Result<Reply> AddPersonPhoto(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  const std::string name = SafeName(request.Query("name").value_or("photo.jpg"));
  if (request.body.empty()) return Fail(ErrorCode::kInvalidArgument, "the photo is empty");
  ASSIGN_OR_RETURN(const auto library, backend.library());
  const LibraryPerson* const person = library->FindPerson(PersonId{id});
  if (person == nullptr) return Fail(ErrorCode::kNotFound, "nobody has the number {}", id);
  ASSIGN_OR_RETURN(const fs::path known, Chosen(backend.settings().settings.known, "known"));
  ASSIGN_OR_RETURN(const fs::path folder, backend.Read<fs::path>([&](Workspace& workspace) {
    return KnownFolderOf(workspace.catalog(), known, person->person);
  }));
  ASSIGN_OR_RETURN(const fs::path path, WriteNewFile(folder, name, AsBytes(request.body)));
  const Status taken = MakeReference(backend, person->person, path);
  if (!taken) {
    std::error_code ignored;
    fs::remove(path, ignored);
    return Fail(taken.error());
  }
  return Reply::OfJson(Json::Object({{"path", path}}), 201);
}

}  // namespace

std::vector<Route> PeopleRoutes() {
  return {{"GET", "/api/people", ListPeople},
          {"POST", "/api/people", AddPerson},
          {"GET", "/api/people/{}", GetPerson},
          {"PATCH", "/api/people/{}", RenamePerson},
          {"DELETE", "/api/people/{}", RemovePerson},
          {"POST", "/api/people/{}/forget", ForgetPerson},
          {"POST", "/api/people/{}/merge", MergePeople},
          {"POST", "/api/people/{}/photos", AddPersonPhoto},
          {"DELETE", "/api/references/{}", RemoveReference}};
}

}  // namespace kinfolder
