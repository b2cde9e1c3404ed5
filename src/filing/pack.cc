#include "filing/pack.h"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>

#include "base/file.h"
#include "filing/lazy_rewrite.h"
#include "filing/pack_listing.h"
#include "filing/zip.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kOverheadBytesPerEntry = 1024;  // headers, names and hash lines, generously
constexpr std::uint64_t kMaxSumsBytes = std::uint64_t{256} << 20;

std::int64_t NowNs() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// When the files were last touched. A modification time that lies ahead was set by somebody (a camera with a wrong
// clock); then ctime alone tells.
std::int64_t NewestTouch(const PackListing& listing) {
  const std::int64_t now = NowNs();
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  for (const PackFile& file : listing.files) {
    newest = std::max(newest, file.times.changed_ns);
    if (file.times.modified_ns <= now) newest = std::max(newest, file.times.modified_ns);
  }
  return newest;
}

// What the clock of the folder's file system says, once it says more than `newest_ns`: it ticks every few milliseconds.
// An archive of that time is newer than all its files, and older than whatever is done to them from now on.
Result<std::int64_t> TimeAfter(const fs::path& folder, std::int64_t newest_ns) {
  constexpr int kTries = 50;
  constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 2'000'000};
  ASSIGN_OR_RETURN(const AtomicFile probe, AtomicFile::Create(folder / "clock"));
  for (int i = 0;; ++i) {
    if (::futimens(probe.descriptor(), nullptr) != 0) return Fail(FileError(errno, "write", probe.temporary_path()));
    ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(probe.temporary_path()));
    if (stamp.modified_ns > newest_ns || i == kTries) return stamp.modified_ns;
    ::nanosleep(&kPause, nullptr);
  }
}

Result<bool> IsCurrent(const PackListing& listing, const fs::path& archive) {
  const Result<FileStamp> stamp = StampOf(archive);
  if (!stamp || NewestTouch(listing) >= stamp->modified_ns) return false;
  std::size_t next = 0;
  bool same = true;
  bool has_sums = false;
  const Status read = ForEachZipEntry(archive, [&](const ZipEntry& entry, const auto&) -> Status {
    if (next < listing.files.size()) {
      same = same && entry.name == listing.files[next].entry && entry.bytes == listing.files[next].times.bytes;
    } else {
      same = same && !has_sums && entry.name == kSumsName;
      has_sums = true;
    }
    ++next;
    return {};
  });
  return read && same && has_sums;
}

// Something else than a pack is the user's: whoever else made an archive did not put SHA256SUMS last.
Status CheckReplaceable(const fs::path& target) {
  std::string last;
  Status read = ForEachZipEntry(target, [&](const ZipEntry& entry, const auto&) -> Status {
    last = entry.name;
    return {};
  });
  if (read ? last == kSumsName : read.error().code == ErrorCode::kNotFound) return {};
  if (!read && read.error().code == ErrorCode::kIo) return read;
  return Fail(ErrorCode::kAlreadyExists,
              "{} is there already and is no pack, or a damaged one: it stays as it is; move it away for a new one",
              target.string());
}

std::uint64_t ExpectedBytes(const PackListing& listing) {
  return listing.bytes() + listing.files.size() * kOverheadBytesPerEntry;
}

std::string SumsLine(const Sha256Digest& digest, const std::string& entry) {
  return fmt::format("{}  {}\n", ToHex(digest), entry);  // no entry has what sha256sum would escape
}

Result<Sha256Digest> AddFile(ZipWriter& zip, const PackFile& file, const StopFlag& stop) {
  Sha256 hash;
  RETURN_IF_ERROR(zip.Add(file.entry, file.times.bytes, [&](const BlockSink& sink) {
    return ForEachBlock(file.path, [&](std::span<const std::byte> block) -> Status {
      if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "packing was interrupted");
      hash.Update(block);
      return sink(block);
    });
  }));
  return hash.Finish();
}

Status CheckUntouched(const PackListing& listing) {
  for (const PackFile& file : listing.files) {
    const Result<TouchTimes> times = TouchTimesOf(file.path);
    if (!times && times.error().code == ErrorCode::kIo) return Fail(times.error());
    if (!times || *times != file.times) {
      return Fail(ErrorCode::kIo, "{} changed while it was being packed", file.path.string());
    }
  }
  return {};
}

Status WriteEntries(const PackListing& listing, LazyRewrite& archive, const ProgressFunction& progress,
                    const StopFlag& stop) {
  ASSIGN_OR_RETURN(ZipWriter zip,
                   ZipWriter::Create([&](std::span<const std::byte> bytes) { return archive.Write(bytes); }));
  std::string sums;
  for (std::size_t i = 0; i < listing.files.size(); ++i) {
    const PackFile& file = listing.files[i];
    ASSIGN_OR_RETURN(const Sha256Digest digest, AddFile(zip, file, stop));
    sums += SumsLine(digest, file.entry);
    if (progress) progress({i + 1, listing.files.size(), 0, file.entry});
  }
  RETURN_IF_ERROR(zip.Add(kSumsName, sums.size(), [&](const BlockSink& sink) { return sink(AsBytes(sums)); }));
  return zip.Finish();
}

struct PackContents {
  std::map<std::string, Sha256Digest> digests;  // by entry
  std::string sums;
};

Result<PackContents> ReadPack(const fs::path& archive, const StopFlag& stop) {
  PackContents contents;
  const Status read_all = ForEachZipEntry(archive, [&](const ZipEntry& entry, const auto& read) -> Status {
    if (entry.name == kSumsName) {
      return read([&](std::span<const std::byte> block) -> Status {
        contents.sums += AsText(block);
        if (contents.sums.size() <= kMaxSumsBytes) return {};
        return Fail(ErrorCode::kCorrupt, "{}: its SHA256SUMS is too large", archive.string());
      });
    }
    Sha256 hash;
    Status whole = read([&](std::span<const std::byte> block) -> Status {
      if (stop.stopped()) return Fail(ErrorCode::kInterrupted, "verifying was interrupted");
      hash.Update(block);
      return {};
    });
    if (whole && !contents.digests.emplace(entry.name, hash.Finish()).second) {
      return Fail(ErrorCode::kCorrupt, "{}: {} is in it twice", archive.string(), entry.name);
    }
    return whole;
  });
  RETURN_IF_ERROR(read_all);
  return contents;
}

// What is wrong, or nothing.
std::string CompareWithSums(PackContents contents) {
  constexpr std::size_t kHexDigits = 64;
  std::string_view rest = contents.sums;
  if (rest.empty()) return "it has no SHA256SUMS";
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto digest = DigestFromHex(line.substr(0, kHexDigits));
    if (!digest || line.substr(kHexDigits, 2) != "  ") return "its SHA256SUMS is damaged";
    const std::string name(line.substr(kHexDigits + 2));
    const auto entry = contents.digests.find(name);
    if (entry == contents.digests.end()) return name + " is missing";
    if (entry->second != *digest) return name + " is damaged";
    contents.digests.erase(entry);
  }
  return contents.digests.empty() ? "" : contents.digests.begin()->first + " is not in its SHA256SUMS";
}

}  // namespace

Result<PackOutcome> WritePack(const PackRequest& request, const ProgressFunction& progress, const StopFlag& stop) {
  ASSIGN_OR_RETURN(PackListing listing, ListPackFiles(request.folder, request.target));
  PackOutcome outcome;
  outcome.person = request.person;
  outcome.target = request.target;
  outcome.files = static_cast<int>(listing.files.size());
  outcome.skipped = std::move(listing.skipped);
  if (listing.files.empty()) {
    std::error_code error;
    if (fs::exists(request.target, error)) {
      outcome.skipped.push_back(fmt::format("{} stays as it is, though {} holds no photos any more",
                                            request.target.string(), request.folder.string()));
    }
    return outcome;
  }
  ASSIGN_OR_RETURN(const bool current, IsCurrent(listing, request.target));
  if (current) {
    ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(request.target));
    outcome.bytes = stamp.bytes;
    return outcome;
  }
  RETURN_IF_ERROR(CheckReplaceable(request.target));
  LazyRewrite archive(request.target, ExpectedBytes(listing));
  if (Status written = WriteEntries(listing, archive, progress, stop); !written) {
    if (written.error().code != ErrorCode::kInterrupted) RETURN_IF_ERROR(CheckUntouched(listing));  // says it better
    return Fail(std::move(written).error());
  }
  ASSIGN_OR_RETURN(outcome.changed, archive.Changes());
  ASSIGN_OR_RETURN(const std::int64_t time, TimeAfter(request.target.parent_path(), NewestTouch(listing)));
  RETURN_IF_ERROR(CheckUntouched(listing));
  outcome.bytes = archive.bytes();
  outcome.sha256 = archive.Digest();
  RETURN_IF_ERROR(archive.Commit(time));
  return outcome;
}

std::uint64_t ExpectedPackBytes(const PackRequest& request) {
  const Result<PackListing> listing = ListPackFiles(request.folder, request.target);
  return listing ? ExpectedBytes(*listing) : 0;
}

Result<bool> PackIsCurrent(const PackRequest& request) {
  ASSIGN_OR_RETURN(const PackListing listing, ListPackFiles(request.folder, request.target));
  return IsCurrent(listing, request.target);
}

Result<PackOutcome> VerifyPack(const fs::path& archive, const StopFlag& stop) {
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(archive));
  ASSIGN_OR_RETURN(PackContents contents, ReadPack(archive, stop));
  PackOutcome outcome;
  outcome.person = archive.stem().string();
  outcome.target = archive;
  outcome.files = static_cast<int>(contents.digests.size());
  outcome.bytes = stamp.bytes;
  const std::string problem = CompareWithSums(std::move(contents));
  if (!problem.empty()) return Fail(ErrorCode::kCorrupt, "{}: {}", archive.string(), problem);
  return outcome;
}

}  // namespace kinfolder
