#include "app/report.h"

namespace kinfolder {

Json FailuresAsJson(const std::vector<FailedPhoto>& failed) {
  return Json::ArrayOf(failed, [](const FailedPhoto& photo) {
    return Json::Object({{"photo", photo.file.path}, {"reason", photo.error.message}});
  });
}

namespace {

// Which photo it is about is in the sentence.
std::vector<FailedPhoto> FailuresOf(const ApplyResult& applied) {
  std::vector<FailedPhoto> failed;
  failed.reserve(applied.failures.size());
  for (const Error& error : applied.failures) failed.push_back({FoundPhoto{}, error});
  return failed;
}

}  // namespace

std::vector<FailedPhoto> AllFailures(const RunOutcome& outcome) {
  std::vector<FailedPhoto> failed = outcome.intake.refused;
  failed.insert(failed.end(), outcome.scan.failed.begin(), outcome.scan.failed.end());
  const std::vector<FailedPhoto> not_filed = FailuresOf(outcome.applied);
  failed.insert(failed.end(), not_filed.begin(), not_filed.end());
  return failed;
}

namespace {

Json NamesAsJson(const std::vector<std::string>& names) {
  return Json::ArrayOf(names, [](const std::string& name) { return Json(name); });
}

Json MisplacedAsJson(const FilingPlan& plan) {
  return Json::ArrayOf(plan.misplaced, [](const FiledAlready& filed) {
    return Json::Object({{"person", filed.person}, {"target", filed.target}});
  });
}

}  // namespace

Json RunAsJson(const RunOutcome& outcome, const Settings& settings) {
  const Json people = Json::ArrayOf(outcome.people, [](const PersonOutcome& person) {
    return Json::Object({{"person", person.name},
                         {"photos", person.photos},
                         {"faces", person.faces},
                         {"new", person.added},
                         {"uncertain", person.uncertain}});
  });
  const RunSummary& run = outcome.applied.run;
  return Json::Object({{"run", run.id.empty() ? Json() : Json(run.id)},
                       {"photos", outcome.scan.files - static_cast<std::int64_t>(outcome.scan.failed.size())},
                       {"people", people},
                       {"new_people", NamesAsJson(outcome.intake.new_people)},
                       {"unknown_faces", outcome.unknown_faces},
                       {"folders_created", run.folders_created},
                       {"photos_filed", run.photos_filed},
                       {"packs_written", run.packs_written},
                       {"people_without_folder", NamesAsJson(outcome.plan.people_without_folder)},
                       {"misplaced", MisplacedAsJson(outcome.plan)},
                       {"people_folder", settings.people},
                       {"packs_folder", settings.packs},
                       {"failed", FailuresAsJson(AllFailures(outcome))}});
}

Json AppliedAsJson(const FilingPlan& plan, const ApplyResult& applied) {
  return Json::Object({{"run", applied.run.id.empty() ? Json() : Json(applied.run.id)},
                       {"folders_created", applied.run.folders_created},
                       {"photos_filed", applied.run.photos_filed},
                       {"packs_written", applied.run.packs_written},
                       {"already", plan.already.size()},
                       {"people_without_folder", NamesAsJson(plan.people_without_folder)},
                       {"misplaced", MisplacedAsJson(plan)},
                       {"failed", FailuresAsJson(FailuresOf(applied))}});
}

Json UndoneAsJson(const ApplyResult& undone) {
  const Json kept = Json::ArrayOf(undone.failures, [](const Error& error) { return Json(error.message); });
  return Json::Object({{"run", undone.run.id}, {"kept", kept}});
}

Json FactAsJson(const PastFact& fact) {
  return Json::Object({{"number", fact.number},
                       {"time", fact.time},
                       {"origin", fact.origin},
                       {"text", fact.text},
                       {"undone", fact.undone}});
}

Json FactNumbersAsJson(const std::vector<std::int64_t>& facts) {
  return Json::Object({{"facts", Json::ArrayOf(facts, [](std::int64_t fact) { return Json(fact); })}});
}

Json ForgottenAsJson(const ForgottenPerson& forgotten) {
  return Json::Object({{"person", forgotten.person.name},
                       {"faces", forgotten.erased.faces},
                       {"facts", forgotten.erased.facts},
                       {"left", Json::ArrayOf(forgotten.left, [](const auto& path) { return Json(path); })}});
}

}  // namespace kinfolder
