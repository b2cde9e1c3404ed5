#include "app/doctor.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

Result<ExitStatus> Doctor(Invocation& invocation) {
  Console& console = invocation.console;
  std::vector<Finding> findings = Examine(invocation.settings(), invocation.environment);
  findings.insert(findings.begin(), {"Kinfolder", KINFOLDER_VERSION, false});
  ExitStatus status = kAllDone;
  std::vector<std::vector<std::string>> rows = {{"", "", ""}};
  for (const Finding& finding : findings) {
    if (finding.is_problem) status = kDoneInPart;
    if (invocation.json()) {
      console.Print(
          Json::Object({{"subject", finding.subject}, {"text", finding.text}, {"problem", finding.is_problem}}));
    }
    rows.push_back({finding.is_problem ? "!" : "", finding.subject, finding.text});
  }
  if (invocation.json()) return status;
  const std::vector<std::string> lines = TableLines(rows);
  for (std::size_t i = 1; i < lines.size(); ++i) console.PrintLine(lines[i]);
  return status;
}

}  // namespace

std::vector<Verb> DoctorVerbs() {
  return {{.name = "doctor",
           .group = kSetupGroup,
           .summary = "Check that everything needed is there and sound",
           .details = "Ends with status 1 when something is wrong; such lines begin with !.",
           .arguments = {kJson},
           .settings = {"photos", "known", "out", "people", "packs", "detector", "model", "models"},
           .run = Doctor}};
}

}  // namespace kinfolder
