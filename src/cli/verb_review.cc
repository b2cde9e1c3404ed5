#include <span>
#include <utility>

#include "app/people.h"
#include "app/report.h"
#include "app/review.h"
#include "app/unknown_groups.h"
#include "base/number.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Result<std::vector<std::int64_t>> Numbers(const Invocation& invocation, const std::string& argument) {
  std::vector<std::int64_t> numbers;
  for (const std::string& text : invocation.arguments.Values(argument)) {
    const auto number = ParseNumber<std::int64_t>(text);
    if (!number || *number <= 0) {
      return Fail(ErrorCode::kInvalidArgument, "'{}' is no number that kinfolder review shows", text);
    }
    numbers.push_back(*number);
  }
  return numbers;
}

Json DistanceAsJson(const Library& library, const std::optional<PersonDistance>& distance) {
  if (!distance) return {};
  const LibraryPerson* const person = library.FindPerson(distance->person);
  return Json::Object(
      {{"person", person == nullptr ? Json() : Json(person->person.name)}, {"distance", distance->distance}});
}

Json FaceAsJson(const Library& library, const MatchedFace& face) {
  const LibraryPhoto& photo = *library.FindPhoto(face.face.photo);
  const Size size = photo.photo.info.upright_size;
  const Box box = Scaled(face.face.detection.box, static_cast<float>(size.width), static_cast<float>(size.height));
  const LibraryPerson* const person = face.match.person ? library.FindPerson(*face.match.person) : nullptr;
  return Json::Object({{"face", face.face.id.value},
                       {"photo", photo.files.front()},
                       {"box", Json::Array({box.x1, box.y1, box.x2, box.y2})},
                       {"person", person == nullptr ? Json() : Json(person->person.name)},
                       {"nearest", DistanceAsJson(library, face.match.nearest)},
                       {"runner_up", DistanceAsJson(library, face.match.runner_up)},
                       {"threshold", face.match.threshold}});
}

Result<ExitStatus> ListFaces(Invocation& invocation) {
  ASSIGN_OR_RETURN(const ReviewList list, ParseReviewList(invocation.arguments.Value("show").value_or("unknown")));
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const auto library, Library::Read(workspace.catalog()));
  std::vector<const MatchedFace*> faces;
  if (const auto name = invocation.arguments.Value("person")) {
    ASSIGN_OR_RETURN(const Person person, RequirePerson(workspace.catalog(), *name));
    faces = FacesOfPerson(*library, person.id);
  } else {
    faces = FacesToReview(*library, list);
  }
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Face", "Nearest", "Distance", "Photo"}};
  for (const MatchedFace* const face : faces) {
    if (invocation.json()) console.Print(FaceAsJson(*library, *face));
    const auto& nearest = face->match.nearest;
    const LibraryPerson* const person = nearest ? library->FindPerson(nearest->person) : nullptr;
    rows.push_back({fmt::format("{}", face->face.id.value), person == nullptr ? "-" : person->person.name,
                    nearest ? fmt::format("{:.2f}", nearest->distance) : "-",
                    library->FindPhoto(face->face.photo)->files.front().string()});
  }
  if (invocation.json()) return kAllDone;
  if (faces.empty()) {
    console.Print("No face is here.");
    return kAllDone;
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

Result<std::optional<PersonId>> PersonFor(Catalog& catalog, Decision decision, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<Person> known, catalog.FindPerson(name));
  if (known) return known->id;
  if (decision == Decision::kRejected) return Fail(RequirePerson(catalog, name).error());
  ASSIGN_OR_RETURN(const Person added, catalog.AddPerson(name, kUserOrigin));
  return added.id;
}

Result<ExitStatus> Decide(Invocation& invocation, Decision decision) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, Numbers(invocation, "face"));
  std::vector<FaceId> faces;
  faces.reserve(numbers.size());
  for (const std::int64_t number : numbers) faces.push_back(FaceId{number});
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  Catalog& catalog = workspace.catalog();
  std::vector<std::int64_t> facts;
  RETURN_IF_ERROR(catalog.InTransaction([&]() -> Status {
    std::optional<PersonId> person;
    if (const auto name = invocation.arguments.Value("name")) {
      ASSIGN_OR_RETURN(person, PersonFor(catalog, decision, *name));
    }
    ASSIGN_OR_RETURN(facts, DecideFaces(catalog, faces, decision, person));
    return {};
  }));
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(FactNumbersAsJson(facts));
    return kAllDone;
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    console.Print("Face {} is {}. To take this back: kinfolder review undo {}", faces[i].value,
                  decision == Decision::kConfirmed  ? *invocation.arguments.Value("name")
                  : decision == Decision::kRejected ? "not " + *invocation.arguments.Value("name")
                  : decision == Decision::kNotAFace ? "no face"
                  : decision == Decision::kStranger ? "a stranger"
                                                    : "left for later",
                  facts[i]);
  }
  return kAllDone;
}

template <Decision kDecision>
Result<ExitStatus> DecideAs(Invocation& invocation) {
  return Decide(invocation, kDecision);
}

Result<ExitStatus> UndoReview(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, Numbers(invocation, "number"));
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kWrite));
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> undone, UndoFacts(workspace.catalog(), numbers));
  if (invocation.json()) {
    invocation.console.Print(FactNumbersAsJson(undone));
    return kAllDone;
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    invocation.console.Print("Number {} is taken back. To bring it back: kinfolder review undo {}", numbers[i],
                             undone[i]);
  }
  return kAllDone;
}

Result<ExitStatus> ShowHistory(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const std::vector<PastFact> history, History(workspace.catalog()));
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Number", "Time (UTC)", "By", "What"}};
  for (const PastFact& fact : history) {
    if (invocation.json()) {
      console.Print(FactAsJson(fact));
    }
    rows.push_back({fmt::format("{}", fact.number), fact.time, fact.origin,
                    fact.undone ? fact.text + " (taken back)" : fact.text});
  }
  if (invocation.json()) return kAllDone;
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

// "12 15 18", as review confirm takes them.
std::string NumbersOf(const std::vector<const MatchedFace*>& faces) {
  std::string numbers;
  for (const MatchedFace* const face : faces) {
    numbers += fmt::format("{}{}", numbers.empty() ? "" : " ", face->face.id.value);
  }
  return numbers;
}

Result<ExitStatus> ListGroups(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ASSIGN_OR_RETURN(const auto library, Library::Read(workspace.catalog()));
  ASSIGN_OR_RETURN(
      const UnknownGroups unknown,
      GroupUnknownFaces(*library, workspace.catalog(), networks->embedder_id(), networks->model_threshold()));
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Best seen in", "Faces"}};
  for (const std::vector<const MatchedFace*>& group : unknown.groups) {
    if (invocation.json()) {
      const auto as_json = [&](const MatchedFace* face) { return FaceAsJson(*library, *face); };
      console.Print(Json::Object({{"faces", Json::ArrayOf(group, as_json)}}));
    }
    rows.push_back({library->FindPhoto(group.front()->face.photo)->files.front().string(), NumbersOf(group)});
  }
  if (invocation.json()) return kAllDone;
  if (rows.size() > 1) {
    for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  }
  console.Print("{} of unknown people; {} no other.",
                Counted(static_cast<std::int64_t>(unknown.groups.size()), "group"),
                Counted(static_cast<std::int64_t>(unknown.alone.size()), "face looks like", "faces look like"));
  return kAllDone;
}

}  // namespace

std::vector<Verb> ReviewVerbs() {
  constexpr auto kOne = Argument::Kind::kPositional;
  constexpr Argument kFaces{Argument::Kind::kPositionals, "face", "FACE", "Numbers that kinfolder review list shows",
                            true};
  constexpr Argument kName{kOne, "name", "NAME", "The person", true};
  const auto verb = [](std::string_view name, std::string_view summary, std::string_view details,
                       std::vector<Argument> arguments, Result<ExitStatus> (*run)(Invocation&)) {
    return Verb{name, kReviewGroup, summary, details, std::move(arguments), {}, run};
  };
  return {
      verb("review list", "Show the faces that wait for your word, or those of a person",
           "To split a person in two, give some of their faces to the other: review confirm NAME FACE...",
           {{Argument::Kind::kValue, "show", "LIST", "unknown (the default), uncertain or later"},
            {Argument::Kind::kValue, "person", "NAME", "The faces of this person instead"},
            kJson},
           ListFaces),
      {.name = "review groups",
       .group = kReviewGroup,
       .summary = "Show the faces without a name by who looks alike",
       .details = "Largest groups first, of each the face that shows best. To name one: review confirm NAME FACE...",
       .arguments = {kJson},
       .settings = {"model", "detector", "models"},
       .run = ListGroups},
      verb("review confirm", "Say who faces are", "Somebody new is added. The faces become references.",
           {{kOne, "name", "NAME", "The person, new or known", true}, kFaces, kJson}, DecideAs<Decision::kConfirmed>),
      verb("review reject", "Say who faces are not", "They are never taken for this person again.",
           {kName, kFaces, kJson}, DecideAs<Decision::kRejected>),
      verb("review not-a-face", "Say that what was found is no face", "", {kFaces, kJson},
           DecideAs<Decision::kNotAFace>),
      verb("review stranger", "Say that nobody needs to know who faces are", "", {kFaces, kJson},
           DecideAs<Decision::kStranger>),
      verb("review later", "Leave faces for later", "", {kFaces, kJson}, DecideAs<Decision::kLater>),
      verb("review undo", "Take back anything that was said, also after more was said", "",
           {{Argument::Kind::kPositionals, "number", "NUMBER", "As kinfolder review history shows them", true}, kJson},
           UndoReview),
      verb("review history", "Show all that was said of faces and people, the latest first", "", {kJson}, ShowHistory)};
}

}  // namespace kinfolder
