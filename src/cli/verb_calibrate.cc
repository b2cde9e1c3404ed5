// kinfolder calibrate: which threshold suits the user's own people.
#include "app/calibrate.h"
#include "cli/change_setting.h"
#include "cli/verbs.h"

namespace kinfolder {
namespace {

constexpr double kWrongNames = 0.001;
// Beyond these a rate is no request any more.
constexpr double kLeastWrongNames = 1e-6;
constexpr double kMostWrongNames = 0.5;

// "0.1 %"
std::string Percent(double rate) { return fmt::format("{:.3g} %", 100 * rate); }

// "1.2 % (0.4 to 3.9)"
std::string WithInterval(const ErrorRate& rate) {
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100 * rate.value, 100 * rate.interval.low,
                     100 * rate.interval.high);
}

Json RateAsJson(const ErrorRate& rate) {
  return Json::Object({{"rate", rate.value}, {"low", rate.interval.low}, {"high", rate.interval.high}});
}

Json RatesAsJson(const ErrorRates& rates) {
  return Json::Object({{"threshold", rates.threshold},
                       {"wrong_names", RateAsJson(rates.wrong_names)},
                       {"mixed_up", rates.mixed_up},
                       {"unknown", rates.unknown ? RateAsJson(*rates.unknown) : Json()}});
}

Json PathAsJson(const std::filesystem::path& path) { return path.empty() ? Json() : Json(path); }

Json NearAsJson(const NearPeople& near) {
  return Json::Object({{"distance", near.distance},
                       {"person", near.person},
                       {"other", near.other},
                       {"photo", PathAsJson(near.photo)},
                       {"other_photo", PathAsJson(near.other_photo)}});
}

Json ResultAsJson(const CalibrationRequest& request, const CalibrationResult& result, bool applied) {
  return Json::Object({{"people", result.people},
                       {"references", result.references},
                       {"wanted", request.wrong_names},
                       {"people_needed", PeopleNeeded(request.wrong_names)},
                       {"recommended", result.recommended.rates.threshold},
                       {"promised", result.recommended.promised},
                       {"applied", applied},
                       {"at_recommended", RatesAsJson(result.recommended.rates)},
                       {"now", RatesAsJson(result.now)},
                       {"curve", Json::ArrayOf(result.curve, RatesAsJson)},
                       {"nearest", Json::ArrayOf(result.nearest, NearAsJson)}});
}

void PrintCurve(Console& console, const CalibrationResult& result) {
  std::vector<std::vector<std::string>> rows = {{"Threshold", "Strangers who get a name", "Known people left unknown"}};
  for (const ErrorRates& rates : result.curve) {
    rows.push_back({fmt::format("{:.2f}", rates.threshold), WithInterval(rates.wrong_names),
                    rates.unknown ? WithInterval(*rates.unknown) : "-"});
  }
  for (const std::string& line : TableLines(rows)) console.PrintLine(line);
  console.Print("In brackets: where the true rate lies, with 95 % certainty.");
}

// "At 0.90, the threshold now: 1.2 % of strangers get a name, 0 % ..."
void PrintRates(Console& console, std::string_view what, const ErrorRates& rates) {
  const std::string unknown = rates.unknown ? fmt::format("{} of the known faces stay unknown, {} get another's name",
                                                          Percent(rates.unknown->value), Percent(rates.mixed_up))
                                            : "what it costs in unknown faces takes two references of a person";
  console.Print("{} {:.2f}: {} of the strangers get a name; {}.", what, rates.threshold,
                Percent(rates.wrong_names.value), unknown);
}

void PrintNearest(Console& console, const std::vector<NearPeople>& nearest) {
  if (nearest.empty()) return;
  console.Print("Nearest to each other (people who look alike, or a photo of the wrong person):");
  for (const NearPeople& near : nearest) {
    console.Print("  {:.2f}  {} ({}) and {} ({})", near.distance, near.person, near.photo.string(), near.other,
                  near.other_photo.string());
  }
}

void PrintHowSure(Console& console, const CalibrationRequest& request, const CalibrationResult& result) {
  const Interval& interval = result.recommended.rates.wrong_names.interval;
  if (result.recommended.promised) {
    console.Print("That holds with 95 % certainty: on your references the rate is at most {}.", Percent(interval.high));
    return;
  }
  console.Print(
      "Your references are too few to promise that: of {} people, they show only that the rate is at most {}.",
      result.people, Percent(interval.high));
  console.Print("A promise of {} takes references of {} people or more; until then nothing above the model's own",
                Percent(request.wrong_names), PeopleNeeded(request.wrong_names));
  console.Print("threshold, {:.2f}, is recommended.", request.model_threshold);
}

Result<ExitStatus> RunCalibrate(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::optional<double> given,
                   invocation.arguments.NumberBetween("wrong-names", kLeastWrongNames, kMostWrongNames));
  const double wrong_names = given.value_or(kWrongNames);
  const bool apply = invocation.arguments.Has("apply");
  ASSIGN_OR_RETURN(Workspace workspace, invocation.OpenWorkspace(Workspace::Access::kRead));
  ASSIGN_OR_RETURN(Networks* const networks, workspace.networks());
  const CalibrationRequest request{networks->embedder_id(), networks->model_threshold(), networks->threshold(),
                                   wrong_names};
  ASSIGN_OR_RETURN(const CalibrationResult result, Calibrate(workspace.catalog(), request));
  const ErrorRates& recommended = result.recommended.rates;
  const std::string value = fmt::format("{:.2f}", recommended.threshold);
  if (apply) {
    if (recommended.threshold == 0) {
      return Fail(ErrorCode::kInvalidArgument,
                  "no threshold keeps wrong names as rare as that; kinfolder calibrate shows who is nearest to whom");
    }
    RETURN_IF_ERROR(ChangeSetting(invocation, *FindSetting("threshold"), value));
  }

  Console& console = invocation.console;
  if (invocation.json()) {
    console.Print(ResultAsJson(request, result, apply));
  } else {
    console.Print(
        "{} of {}. Each was compared with all the others, as if its person were a stranger, and as a known face.",
        Counted(result.references, "reference"), Counted(result.people, "person", "people"));
    PrintCurve(console, result);
    PrintNearest(console, result.nearest);
    PrintRates(console, "The threshold now,", result.now);
    PrintRates(console, fmt::format("Recommended for at most {} wrong names,", Percent(wrong_names)), recommended);
    PrintHowSure(console, request, result);
    if (apply) {
      console.Print("The threshold is {} from now on: kinfolder identify names the faces by it.", value);
    } else if (recommended.threshold != result.now.threshold) {
      console.Print("To use it: kinfolder config set threshold {}", value);
    }
  }
  if (result.not_compared > 0) {
    console.Note("{} can't be compared: the photos were never looked at with {}; take them in again.",
                 Counted(result.not_compared, "reference"), networks->embedder_id());
  }
  return kAllDone;
}

}  // namespace

std::vector<Verb> CalibrateVerbs() {
  using enum Argument::Kind;
  return {{.name = "calibrate",
           .group = kMeasureGroup,
           .summary = "Find the threshold that suits your people, by their references",
           .details =
               "Each reference is compared with all the others: as if its person were a stranger (any name is wrong\n"
               "then), and as a known face. Nothing is changed without --apply. To be done again when people are\n"
               "added: the more are known, the likelier a stranger looks like one of them.",
           .arguments = {{kValue, "wrong-names", "RATE", "How many strangers may get a name (0.001: 1 in 1,000)"},
                         {kSwitch, "apply", "", "Set the threshold, as config set does"},
                         kJson},
           .settings = {"threshold", "model", "detector", "models"},
           .run = RunCalibrate}};
}

}  // namespace kinfolder
