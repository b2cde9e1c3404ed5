#include <filesystem>
#include <utility>

#include "app/people.h"
#include "app/report.h"
#include "cli/verbs.h"
#include "filing/naming.h"

namespace kinfolder {
namespace {

constexpr auto kWrite = Workspace::Access::kWrite;

ExitStatus Report(Invocation& invocation, const IntakeResult& result) {
  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(Json::Object(
        {{"new_people", Json::ArrayOf(result.new_people, [](const std::string& name) { return Json(name); })},
         {"added", result.added},
         {"already", result.already},
         {"refused", FailuresAsJson(result.refused)}}));
  } else {
    for (const std::string& name : result.new_people) console.Print("New: {}", name);
    console.Print("{} added, {} known already.", Counted(result.added, "reference"), result.already);
  }
  for (const std::string& note : result.notes) console.Note("{}", note);
  NoteFailures(console, result.refused);
  return result.refused.empty() ? kAllDone : kDoneInPart;
}

Result<ExitStatus> Add(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  ASSIGN_OR_RETURN(const std::optional<int> face, arguments.Number("face"));
  const std::vector<std::string> given = arguments.Values("photo");
  if (face && given.size() != 1) {
    return Fail(ErrorCode::kInvalidArgument, "--face picks a face of one photo; {} were given", given.size());
  }
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  const std::vector<std::filesystem::path> photos(given.begin(), given.end());
  ASSIGN_OR_RETURN(const IntakeResult result,
                   AddReferences(workspace, *arguments.Value("name"), photos, face,
                                 invocation.console.Progress("Reference photos"), invocation.stop));
  return Report(invocation, result);
}

Result<ExitStatus> Import(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  const std::filesystem::path folder = *invocation.arguments.Value("dir");
  ASSIGN_OR_RETURN(const IntakeResult result,
                   TakeInPeople(workspace, folder, Intake::kAsked, invocation.console.Progress("Reference photos"),
                                invocation.stop));
  return Report(invocation, result);
}

Result<ExitStatus> ListPeople(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(const std::vector<PersonSummary> people, ListPeople(workspace.catalog()));
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Person", "References", "Photos"}};
  for (const PersonSummary& summary : people) {
    if (invocation.json()) {
      console.Print(Json::Object(
          {{"person", summary.person.name}, {"references", summary.references}, {"photos", summary.photos}}));
    }
    rows.push_back({summary.person.name, fmt::format("{}", summary.references), fmt::format("{}", summary.photos)});
  }
  if (invocation.json()) return kAllDone;
  if (people.empty()) {
    console.Print("Nobody is known yet. Tell who somebody is: kinfolder people add NAME PHOTO...");
    return kAllDone;
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  return kAllDone;
}

Result<ExitStatus> ListAlike(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  ASSIGN_OR_RETURN(const std::vector<AlikePeople> alike,
                   FindAlikePeople(workspace.catalog(), networks->embedder_id(), networks->threshold()));
  Console& console = invocation.console;
  std::vector<std::vector<std::string>> rows = {{"Person", "Looks like", "Distance"}};
  for (const AlikePeople& pair : alike) {
    if (invocation.json()) {
      console.Print(Json::Object({{"person", pair.a.name}, {"other", pair.b.name}, {"distance", pair.distance}}));
    }
    rows.push_back({pair.a.name, pair.b.name, fmt::format("{:.2f}", pair.distance)});
  }
  if (invocation.json()) return kAllDone;
  if (alike.empty()) {
    console.Print("No two people have references less apart than the threshold, {:.2f}.", networks->threshold());
    return kAllDone;
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  console.Note("Faces between two of them are left for review: kinfolder review list --show uncertain");
  return kAllDone;
}

// Folders are the user's: a person's old one is left where it is, and told of.
void NoteFolder(Invocation& invocation, const std::string& name) {
  const std::filesystem::path folder = invocation.settings().people / SafeName(name);
  std::error_code error;
  if (!invocation.settings().people.empty() && std::filesystem::is_directory(folder, error)) {
    invocation.console.Note("The folder {} stays as it is.", folder.string());
  }
}

Result<ExitStatus> Rename(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  ASSIGN_OR_RETURN(const Person person, RequirePerson(workspace.catalog(), *invocation.arguments.Value("name")));
  const std::string name = *invocation.arguments.Value("new-name");
  RETURN_IF_ERROR(workspace.catalog().RenamePerson(person.id, name, kUserOrigin));
  invocation.console.Print("{} is called {} now.", person.name, name);
  NoteFolder(invocation, person.name);
  return kAllDone;
}

Result<ExitStatus> Merge(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  ASSIGN_OR_RETURN(const Person from, RequirePerson(workspace.catalog(), *invocation.arguments.Value("name")));
  ASSIGN_OR_RETURN(const Person into, RequirePerson(workspace.catalog(), *invocation.arguments.Value("into")));
  if (from.id == into.id) return Fail(ErrorCode::kInvalidArgument, "{} can't be merged with themselves", from.name);
  RETURN_IF_ERROR(workspace.catalog().MergePeople(from.id, into.id, kUserOrigin));
  invocation.console.Print("All that was {}'s is {}'s now.", from.name, into.name);
  NoteFolder(invocation, from.name);
  return kAllDone;
}

Result<ExitStatus> Remove(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  Catalog& catalog = workspace.catalog();
  std::vector<Person> people;  // all are known before anybody is removed
  for (const std::string& name : invocation.arguments.Values("name")) {
    ASSIGN_OR_RETURN(people.emplace_back(), RequirePerson(catalog, name));
  }
  const Status removed = catalog.InTransaction([&]() -> Status {
    for (const Person& person : people) RETURN_IF_ERROR(catalog.RemovePerson(person.id, kUserOrigin));
    return {};
  });
  RETURN_IF_ERROR(removed);
  for (const Person& person : people) {
    invocation.console.Print("{} is no longer known.", person.name);
    NoteFolder(invocation, person.name);
  }
  return kAllDone;
}

Result<ExitStatus> Forget(Invocation& invocation) {
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(kWrite));
  ASSIGN_OR_RETURN(const Person person, RequirePerson(workspace.catalog(), *invocation.arguments.Value("name")));
  Console& console = invocation.console;
  if (!invocation.arguments.Has("yes")) {
    const std::string question =
        fmt::format("Forget {} for good? Names and faces are erased, and this can't be undone.", person.name);
    if (!console.IsInteractive()) return Fail(ErrorCode::kInvalidArgument, "{} Say so with --yes", question);
    if (!console.Ask(question)) return Fail(ErrorCode::kInterrupted, "nobody was forgotten");
  }
  ASSIGN_OR_RETURN(const ForgottenPerson forgotten, ForgetPerson(workspace, person));
  if (invocation.json()) {
    console.Print(ForgottenAsJson(forgotten));
    return kAllDone;
  }
  console.Print("{} is forgotten: the descriptions of {} and {} are erased from the catalogue.", person.name,
                Counted(forgotten.erased.faces, "face"), Counted(forgotten.erased.facts, "note"));
  for (const std::filesystem::path& path : forgotten.left) {
    console.Note("{} is still there; delete it if it should go, too.", path.string());
  }
  return kAllDone;
}

}  // namespace

std::vector<Verb> PeopleVerbs() {
  constexpr auto kOne = Argument::Kind::kPositional;
  constexpr auto kMany = Argument::Kind::kPositionals;
  const std::vector<std::string_view> scanning = {"detail",   "min-face", "ignore", "jobs",
                                                  "detector", "model",    "models"};
  return {
      {.name = "people add",
       .group = kPeopleGroup,
       .summary = "Tell who somebody is by photos of them alone",
       .details = "A photo with no face, several faces or a poor one is refused, with the reason.",
       .arguments = {{kOne, "name", "NAME", "The person, new or known", true},
                     {kMany, "photo", "PHOTO", "Photos, or folders of photos, of this person", true},
                     {Argument::Kind::kValue, "face", "N", "Which face of the photo, counted from the left"},
                     kJson},
       .settings = scanning,
       .run = Add},
      {.name = "people import",
       .group = kPeopleGroup,
       .summary = "Take in a folder that has a folder of photos for each person",
       .details = "",
       .arguments = {{kOne, "dir", "DIR", "Folder with DIR/NAME/PHOTO", true}, kJson},
       .settings = scanning,
       .run = Import},
      {.name = "people list",
       .group = kPeopleGroup,
       .summary = "Show who is known",
       .details = "",
       .arguments = {kJson},
       .settings = {},
       .run = ListPeople},
      {.name = "people alike",
       .group = kPeopleGroup,
       .summary = "Show who looks like whom: twins, siblings, one person under two names",
       .details = "Two people of whom two references are less apart than the threshold. Of a face that lies between\n"
                  "them nobody is sure; more references help. Who is one person can be merged: people merge.",
       .arguments = {kJson},
       .settings = {"model", "models", "threshold", "detector"},
       .run = ListAlike},
      {.name = "people rename",
       .group = kPeopleGroup,
       .summary = "Give somebody another name",
       .details = "",
       .arguments = {{kOne, "name", "NAME", "The person", true},
                     {kOne, "new-name", "NEW-NAME", "What to call them", true}},
       .settings = {"people", "out"},
       .run = Rename},
      {.name = "people merge",
       .group = kPeopleGroup,
       .summary = "Say that two people are one",
       .details = "",
       .arguments = {{kOne, "name", "NAME", "Who goes", true}, {kOne, "into", "INTO", "Who stays, and gets all", true}},
       .settings = {"people", "out"},
       .run = Merge},
      {.name = "people forget",
       .group = kPeopleGroup,
       .summary = "Erase all that is known of somebody, for good",
       .details = "Their name, what was said of them, and the descriptions of their faces leave the catalogue, which\n"
                  "describes these faces never again. Photos, folders and archives are yours, and stay; photos of\n"
                  "them in the folder of known people are refused from now on. The records of earlier runs name\n"
                  "their folder; backups, labels in files and names in photos that you made before stay, too.",
       .arguments = {{kOne, "name", "NAME", "The person", true},
                     {Argument::Kind::kSwitch, "yes", "", "Without asking"},
                     kJson},
       .settings = {"known", "people", "packs", "out"},
       .run = Forget},
      {.name = "people remove",
       .group = kPeopleGroup,
       .summary = "Take people out of those who are known; can be undone",
       .details = "",
       .arguments = {{kMany, "name", "NAME", "The people", true}},
       .settings = {"people", "out"},
       .run = Remove}};
}

}  // namespace kinfolder
