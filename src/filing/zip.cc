#include "filing/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <sys/stat.h>

#include <optional>
#include <vector>

#include "base/check.h"
#include "base/file.h"

namespace kinfolder {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

// libarchive takes the encoding of names from the locale; this makes it UTF-8 for this thread, whatever the user's is.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t locale_ = nullptr;
  locale_t before_ = nullptr;
};

std::string Reason(archive* handle) {
  const char* text = archive_error_string(handle);
  return text != nullptr ? text : "unknown reason";
}

}  // namespace

struct ZipWriter::State {
  std::unique_ptr<archive, decltype(&archive_write_free)> handle{archive_write_new(), &archive_write_free};
  BlockSink sink;
  std::optional<Error> sink_error;  // why the sink refused: libarchive carries only numbers

  static la_ssize_t Write(archive* handle, void* self, const void* data, std::size_t size) {
    auto& state = *static_cast<State*>(self);
    // Freeing an unfinished archive would write on; what comes after a failure goes nowhere.
    if (state.sink_error) return -1;
    const Status status = state.sink(std::span(static_cast<const std::byte*>(data), size));
    if (status) return static_cast<la_ssize_t>(size);
    state.sink_error = status.error();
    archive_set_error(handle, EIO, "%s", "refused");
    return -1;
  }

  Error Failure() const {
    return sink_error ? *sink_error : Error{ErrorCode::kIo, "cannot write the zip archive: " + Reason(handle.get())};
  }
};

ZipWriter::ZipWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter::~ZipWriter() {
  if (state_ && !state_->sink_error) state_->sink_error = Error{ErrorCode::kInterrupted, "the archive was given up"};
}

Result<ZipWriter> ZipWriter::Create(BlockSink sink) {
  auto state = std::make_unique<State>();
  archive* const handle = state->handle.get();
  CHECK(handle != nullptr);
  state->sink = std::move(sink);
  if (archive_write_set_format_zip(handle) != ARCHIVE_OK ||
      archive_write_zip_set_compression_store(handle) != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(handle, kBlockBytes) != ARCHIVE_OK ||
      archive_write_set_bytes_in_last_block(handle, 1) != ARCHIVE_OK ||  // no padding
      archive_write_open2(handle, state.get(), nullptr, &State::Write, nullptr, nullptr) != ARCHIVE_OK) {
    return Fail(state->Failure());
  }
  return ZipWriter(std::move(state));
}

Status ZipWriter::Add(const std::string& name, std::uint64_t bytes,
                      const std::function<Status(const BlockSink&)>& feed) {
  const Utf8Locale utf8;
  archive* const handle = state_->handle.get();
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry{archive_entry_new(), &archive_entry_free};
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_mode(entry.get(), S_IFREG | 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  // No time is set: the earliest that zip knows is written, 1980-01-01, without regard to the time zone.
  if (archive_write_header(handle, entry.get()) != ARCHIVE_OK) return Fail(state_->Failure());

  std::uint64_t fed = 0;
  RETURN_IF_ERROR(feed([&](std::span<const std::byte> block) -> Status {
    fed += block.size();
    if (fed > bytes) return {};  // told of below
    const la_ssize_t written = archive_write_data(handle, block.data(), block.size());
    if (written != static_cast<la_ssize_t>(block.size())) return Fail(state_->Failure());
    return {};
  }));
  if (fed != bytes) return Fail(ErrorCode::kIo, "{} has {} bytes now and not {}", name, fed, bytes);
  if (archive_write_finish_entry(handle) != ARCHIVE_OK) return Fail(state_->Failure());
  return {};
}

Status ZipWriter::Finish() {
  const Utf8Locale utf8;
  if (archive_write_close(state_->handle.get()) != ARCHIVE_OK) return Fail(state_->Failure());
  return {};
}

Status ForEachZipEntry(const std::filesystem::path& path, const ZipVisitor& visit) {
  const Utf8Locale utf8;
  RETURN_IF_ERROR(StampOf(path));  // no FIFO, no folder
  const std::unique_ptr<archive, decltype(&archive_read_free)> owner{archive_read_new(), &archive_read_free};
  archive* const handle = owner.get();
  CHECK(handle != nullptr);
  const auto corrupt = [&] {
    return Fail(ErrorCode::kCorrupt, "{} is no whole zip archive: {}", path.string(), Reason(handle));
  };
  if (archive_read_support_format_zip_seekable(handle) != ARCHIVE_OK ||
      archive_read_open_filename(handle, path.c_str(), kBlockBytes / 16) != ARCHIVE_OK) {
    return corrupt();
  }
  std::vector<std::byte> block(kBlockBytes);
  const auto read = [&](const BlockSink& sink) -> Status {
    for (;;) {
      const la_ssize_t count = archive_read_data(handle, block.data(), block.size());
      if (count < 0) return corrupt();
      if (count == 0) return {};
      RETURN_IF_ERROR(sink(std::span(block).first(static_cast<std::size_t>(count))));
    }
  };
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(handle, &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return corrupt();
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) return Fail(ErrorCode::kCorrupt, "{} has an entry without a name", path.string());
    RETURN_IF_ERROR(visit({name, static_cast<std::uint64_t>(archive_entry_size(entry))}, read));
  }
}

}  // namespace kinfolder
