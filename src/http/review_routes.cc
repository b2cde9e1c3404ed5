#include <optional>
#include <vector>

#include "app/drawn_face.h"
#include "app/report.h"
#include "app/review.h"
#include "http/backend.h"
#include "http/json_body.h"
#include "http/routes.h"

namespace kinfolder {
namespace {

Result<Reply> Decide(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const auto numbers, body.Numbers("faces"));
  ASSIGN_OR_RETURN(const std::string name, body.Text("decision"));
  ASSIGN_OR_RETURN(const Decision decision, ParseDecision(name));
  std::optional<PersonId> person;
  if (body.Has("person")) {
    ASSIGN_OR_RETURN(const std::int64_t id, body.Number("person"));
    person = PersonId{id};
  }
  std::vector<FaceId> faces;
  faces.reserve(numbers.size());
  for (const std::int64_t number : numbers) faces.push_back(FaceId{number});
  std::vector<std::int64_t> facts;
  RETURN_IF_ERROR(backend.Decide("review", [&](Workspace& workspace) -> Status {
    ASSIGN_OR_RETURN(facts, DecideFaces(workspace.catalog(), faces, decision, person));
    return {};
  }));
  return Reply::OfJson(FactNumbersAsJson(facts), 201);
}

// A face that was missed: where it is, and who.
Result<Reply> DrawFace(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const std::int64_t id, request.Id());
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const auto edges, body.Edges("box"));
  ASSIGN_OR_RETURN(const std::int64_t person, body.Number("person"));
  const Box box{static_cast<float>(edges[0]), static_cast<float>(edges[1]), static_cast<float>(edges[2]),
                static_cast<float>(edges[3])};
  const auto look = [&](Workspace& workspace) -> Result<ScannedFace> {
    ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
    return LookAtDrawnFace(workspace.catalog(), *networks, PhotoId{id}, box);
  };
  ASSIGN_OR_RETURN(const ScannedFace face, backend.ReadAtLength<ScannedFace>(look));
  DrawnFace named;
  RETURN_IF_ERROR(backend.Decide("review", [&](Workspace& workspace) -> Status {
    ASSIGN_OR_RETURN(named, AddDrawnFace(workspace.catalog(), PhotoId{id}, face, PersonId{person}));
    return {};
  }));
  return Reply::OfJson(Json::Object({{"face", named.face.value}, {"fact", named.fact}}), 201);
}

Result<Reply> Undo(Backend& backend, const Request& request) {
  ASSIGN_OR_RETURN(const JsonBody body, JsonBody::Of(request));
  ASSIGN_OR_RETURN(const auto numbers, body.Numbers("facts"));
  std::vector<std::int64_t> facts;
  RETURN_IF_ERROR(backend.Decide("review", [&](Workspace& workspace) -> Status {
    ASSIGN_OR_RETURN(facts, UndoFacts(workspace.catalog(), numbers));
    return {};
  }));
  return Reply::OfJson(FactNumbersAsJson(facts), 201);
}

Result<Reply> ListFacts(Backend& backend, const Request& /*request*/) {
  const auto read = [](Workspace& workspace) { return History(workspace.catalog()); };
  ASSIGN_OR_RETURN(const auto history, backend.Read<std::vector<PastFact>>(read));
  return Reply::OfJson(Json::ArrayOf(history, FactAsJson));
}

}  // namespace

std::vector<Route> ReviewRoutes() {
  return {{"POST", "/api/decisions", Decide},
          {"POST", "/api/photos/{}/faces", DrawFace},
          {"GET", "/api/facts", ListFacts},
          {"POST", "/api/facts/undo", Undo}};
}

}  // namespace kinfolder
