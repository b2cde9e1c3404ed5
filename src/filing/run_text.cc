#include "filing/run_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/utf8.h"

namespace kinfolder {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

constexpr std::array<std::string_view, 5> kMethods = {"copy", "hardlink", "reflink", "symlink", "move"};
constexpr std::array<std::string_view, 10> kEvents = {"folder",      "file",  "pack begins",   "pack",
                                                      "finished",    "undo",  "folder undone", "file undone",
                                                      "pack undone", "undone"};

Json TextJson(const std::string& text) {
  if (IsUtf8(text)) return text;
  std::string hex;
  for (const char byte : text) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return {{"hex", hex}};
}

// Throws nlohmann::json::exception or std::invalid_argument for what TextJson did not make.
std::string TextOf(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  const auto& hex = json.at("hex").get_ref<const std::string&>();
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned int byte = 0;
    const char* const end = hex.data() + std::min(i + 2, hex.size());
    if (std::from_chars(hex.data() + i, end, byte, 16).ptr != end) throw std::invalid_argument("hex");
    text.push_back(static_cast<char>(byte));
  }
  return text;
}

Json DigestJson(const std::optional<Sha256Digest>& digest) { return digest ? Json(ToHex(*digest)) : Json(); }

std::optional<Sha256Digest> DigestOf(const Json& json) {
  if (json.is_null()) return std::nullopt;
  const auto digest = DigestFromHex(json.get_ref<const std::string&>());
  if (!digest) throw std::invalid_argument("sha256");
  return *digest;
}

template <class Names>
std::size_t IndexOf(const Names& names, const Json& name) {
  const auto found = std::find(names.begin(), names.end(), name.get_ref<const std::string&>());
  if (found == names.end()) throw std::invalid_argument("name");
  return static_cast<std::size_t>(found - names.begin());
}

RunEvent EventOf(const Json& line) {
  RunEvent event(static_cast<RunEvent::Kind>(IndexOf(kEvents, line.at("event"))), line.value("step", std::size_t{0}));
  if (const auto problem = line.find("problem"); problem != line.end()) event.problem = TextOf(*problem);
  if (const auto stamp = line.find("stamp"); stamp != line.end()) {
    event.stamp = {stamp->at(0).get<std::uint64_t>(), stamp->at(1).get<std::int64_t>()};
  }
  if (const auto digest = line.find("sha256"); digest != line.end()) event.digest = DigestOf(*digest);
  return event;
}

// The lines of a run's file; a last one without its end is left out.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<Json> Next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return Json::parse(line);
  }
  Json Need() {
    std::optional<Json> line = Next();
    if (!line) throw std::invalid_argument("the plan is cut");
    return std::move(*line);
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

void ReadPlan(const Json& header, Lines& lines, Run& run) {
  run.id = header.at("id").get<std::string>();
  run.started_at = header.at("started_at").get<std::string>();
  for (auto left = header.at("folders").get<std::size_t>(); left > 0; --left) {
    const Json line = lines.Need();
    FolderStep& step = run.folders.emplace_back();
    step.creation = {TextOf(line.at("folder")), TextOf(line.at("person"))};
  }
  for (auto left = header.at("files").get<std::size_t>(); left > 0; --left) {
    const Json line = lines.Need();
    FileStep& step = run.files.emplace_back();
    step.operation = {TextOf(line.at("source")), TextOf(line.at("target")), DigestOf(line.at("content")).value(),
                      line.at("bytes").get<std::uint64_t>(), TextOf(line.at("person"))};
    step.method = static_cast<FilingMethod>(IndexOf(kMethods, line.at("method")));
  }
  for (auto left = header.at("packs").get<std::size_t>(); left > 0; --left) {
    const Json line = lines.Need();
    PackStep& step = run.packs.emplace_back();
    step.request = {TextOf(line.at("person")), TextOf(line.at("folder")), TextOf(line.at("pack"))};
  }
  for (auto left = header.at("problems").get<std::size_t>(); left > 0; --left) {
    run.problems.push_back(TextOf(lines.Need().at("problem")));
  }
}

}  // namespace

std::string PlanText(const Run& run) {
  std::string text = Json{{"kinfolder_run", kVersion},      {"id", run.id},
                          {"started_at", run.started_at},   {"folders", run.folders.size()},
                          {"files", run.files.size()},      {"packs", run.packs.size()},
                          {"problems", run.problems.size()}}
                         .dump() +
                     "\n";
  const auto add = [&](const Json& line) { text += line.dump() + "\n"; };
  for (const FolderStep& step : run.folders) {
    add({{"folder", TextJson(step.creation.folder)}, {"person", TextJson(step.creation.person)}});
  }
  for (const FileStep& step : run.files) {
    add({{"source", TextJson(step.operation.source)},
         {"target", TextJson(step.operation.target)},
         {"content", ToHex(step.operation.content)},
         {"bytes", step.operation.bytes},
         {"person", TextJson(step.operation.person)},
         {"method", kMethods.at(static_cast<std::size_t>(step.method))}});
  }
  for (const PackStep& step : run.packs) {
    add({{"pack", TextJson(step.request.target)},
         {"folder", TextJson(step.request.folder)},
         {"person", TextJson(step.request.person)}});
  }
  for (const std::string& problem : run.problems) add({{"problem", TextJson(problem)}});
  return text;
}

std::string EventText(const RunEvent& event) {
  using Kind = RunEvent::Kind;
  Json line = {{"event", kEvents.at(static_cast<std::size_t>(event.kind))}};
  const bool is_step = event.kind != Kind::kFinished && event.kind != Kind::kUndo && event.kind != Kind::kUndone;
  if (is_step) line["step"] = event.index;
  if (!event.problem.empty()) line["problem"] = TextJson(event.problem);
  if (event.kind == Kind::kFile && event.problem.empty()) {
    line["stamp"] = {event.stamp.bytes, event.stamp.modified_ns};
  }
  if (event.kind == Kind::kPackBegins || event.kind == Kind::kPack) line["sha256"] = DigestJson(event.digest);
  return line.dump() + "\n";
}

Result<ParsedRun> ParseRun(std::string_view text, std::string_view name) {
  ParsedRun parsed;
  try {
    Lines lines(text);
    const Json header = lines.Need();
    if (header.at("kinfolder_run").get<int>() > kVersion) {
      return Fail(ErrorCode::kUnsupported, "{} is from a later version of Kinfolder", name);
    }
    ReadPlan(header, lines, parsed.run);
    while (const auto line = lines.Next()) Replay(EventOf(*line), parsed.run);
    parsed.whole_bytes = text.size() - lines.left();
  } catch (const std::exception&) {  // nlohmann::json's, or of a value that makes no sense
    return Fail(ErrorCode::kCorrupt, "{} is damaged", name);
  }
  return parsed;
}

}  // namespace kinfolder
