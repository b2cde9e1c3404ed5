#include "nn/download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include "base/file.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;  // a transfer that brings nothing for so long counts as broken
constexpr long kMaxRedirects = 10;
constexpr char kProtocols[] = "http,https,file";
// A server must not send us to local files, nor from an encrypted connection to an open one.
constexpr char kRedirectProtocols[] = "http,https";
constexpr char kRedirectProtocolsFromHttps[] = "https";

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

struct FreeCurlText {
  void operator()(char* text) const { curl_free(text); }
};

Result<std::string> Part(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (const CURLUcode code = curl_url_get(url.get(), part, &text, flags); code != CURLUE_OK) {
    return Fail(ErrorCode::kInvalidArgument, "{}", curl_url_strerror(code));
  }
  const std::unique_ptr<char, FreeCurlText> owner(text);
  return std::string(text);
}

Result<Url> ParseUrl(const std::string& text) {
  Url url(curl_url());
  if (!url) return Fail(ErrorCode::kIo, "there is no memory left to read the URL {}", text);
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) return Fail(ErrorCode::kInvalidArgument, "{} is no URL: {}", text, curl_url_strerror(code));
  ASSIGN_OR_RETURN(const std::string scheme, Part(url, CURLUPART_SCHEME));
  if (scheme != "http" && scheme != "https" && scheme != "file") {
    return Fail(ErrorCode::kInvalidArgument, "{} can't be downloaded: only http, https and file URLs can", text);
  }
  return url;
}

// What one transfer writes to, and why it stopped.
struct Sink {
  int descriptor = -1;
  std::uint64_t bytes = 0;  // in the file
  std::uint64_t expected = 0;
  const std::function<void(std::uint64_t)>* arrived = nullptr;
  const StopFlag* stop = nullptr;
  int write_error = 0;  // errno
  bool too_long = false;
};

std::size_t OnData(char* data, std::size_t size, std::size_t count, void* user) {
  Sink& sink = *static_cast<Sink*>(user);
  const std::size_t length = size * count;
  if (length > sink.expected - sink.bytes) {
    sink.too_long = true;
    return 0;
  }
  for (std::size_t written = 0; written < length;) {
    const ssize_t step = ::write(sink.descriptor, data + written, length - written);
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) {
      sink.write_error = errno;
      return 0;
    }
    written += static_cast<std::size_t>(step);
  }
  sink.bytes += length;
  (*sink.arrived)(sink.bytes);
  return length;
}

int OnTick(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Sink*>(user)->stop->stopped() ? 1 : 0;
}

Error NetworkError(const std::string& url, std::string_view reason, std::uint64_t kept) {
  return {ErrorCode::kNetwork,
          fmt::format("cannot download {}: {}{}", url, reason,
                      kept > 0 ? fmt::format(" ({} bytes have arrived; the next call goes on from there)", kept) : "")};
}

Status Explain(CURL* transfer, CURLcode code, const char* details, const std::string& url, const fs::path& partial,
               const Sink& sink) {
  if (sink.write_error != 0) return Fail(FileError(sink.write_error, "write", partial));
  if (sink.too_long) {
    return Fail(ErrorCode::kCorrupt, "{} is not the file wanted: it has more than {} bytes", url, sink.expected);
  }
  if (code == CURLE_ABORTED_BY_CALLBACK) return Fail(ErrorCode::kInterrupted, "the download was interrupted");
  long http_status = 0;
  curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status == 404 || http_status == 410 || code == CURLE_FILE_COULDNT_READ_FILE) {
    return Fail(ErrorCode::kNotFound, "there is no file at {}", url);
  }
  if (code != CURLE_OK) {
    return Fail(NetworkError(url, *details != '\0' ? details : curl_easy_strerror(code), sink.bytes));
  }
  if (sink.bytes == sink.expected) return {};
  curl_off_t announced = -1;
  curl_easy_getinfo(transfer, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (announced < 0) return Fail(NetworkError(url, "the connection ended too early", sink.bytes));
  return Fail(ErrorCode::kCorrupt, "{} is not the file wanted: it has {} bytes instead of {}", url, sink.bytes,
              sink.expected);
}

// The server does not send parts, or has fewer bytes than are here already.
bool CannotResume(CURL* transfer, CURLcode code) {
  long http_status = 0;
  curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &http_status);
  return code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME || http_status == 416;
}

Status Fetch(CURL* transfer, const std::string& url, const fs::path& partial, Sink& sink) {
  if (transfer == nullptr) return Fail(NetworkError(url, "libcurl can't be used", sink.bytes));
  std::array<char, CURL_ERROR_SIZE> details{};
  curl_easy_reset(transfer);  // keeps connections
  curl_easy_setopt(transfer, CURLOPT_URL, url.c_str());
  curl_easy_setopt(transfer, CURLOPT_USERAGENT, "kinfolder");
  curl_easy_setopt(transfer, CURLOPT_ERRORBUFFER, details.data());
  curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, kProtocols);
  curl_easy_setopt(transfer, CURLOPT_REDIR_PROTOCOLS_STR,
                   url.starts_with("https:") ? kRedirectProtocolsFromHttps : kRedirectProtocols);
  curl_easy_setopt(transfer, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(transfer, CURLOPT_MAXREDIRS, kMaxRedirects);
  curl_easy_setopt(transfer, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(transfer, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(transfer, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(transfer, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(transfer, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, &OnData);
  curl_easy_setopt(transfer, CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(transfer, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(transfer, CURLOPT_XFERINFOFUNCTION, &OnTick);
  curl_easy_setopt(transfer, CURLOPT_XFERINFODATA, &sink);
  curl_easy_setopt(transfer, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(sink.bytes));
  CURLcode code = curl_easy_perform(transfer);
  if (sink.bytes > 0 && CannotResume(transfer, code)) {
    if (::ftruncate(sink.descriptor, 0) != 0) return Fail(FileError(errno, "write", partial));
    sink.bytes = 0;
    curl_easy_setopt(transfer, CURLOPT_RESUME_FROM_LARGE, curl_off_t{0});
    code = curl_easy_perform(transfer);
  }
  return Explain(transfer, code, details.data(), url, partial, sink);
}

}  // namespace

bool IsUrl(const std::string& text) {
  const std::size_t end = text.find("://");
  return end != std::string::npos && end > 0 && text.find('/') > end;
}

Result<std::string> UrlInFolder(const std::string& text, const std::string& name) {
  ASSIGN_OR_RETURN(const Url url, ParseUrl(text));
  ASSIGN_OR_RETURN(std::string path, Part(url, CURLUPART_PATH));
  if (!path.ends_with('/')) path += '/';
  path += name;
  if (const CURLUcode code = curl_url_set(url.get(), CURLUPART_PATH, path.c_str(), 0); code != CURLUE_OK) {
    return Fail(ErrorCode::kInvalidArgument, "{} is no URL: {}", text, curl_url_strerror(code));
  }
  return Part(url, CURLUPART_URL);
}

Result<std::string> LastPartOf(const std::string& text) {
  ASSIGN_OR_RETURN(const Url url, ParseUrl(text));
  ASSIGN_OR_RETURN(const std::string path, Part(url, CURLUPART_PATH));
  return path.substr(path.rfind('/') + 1);
}

struct Downloader::Connection {
  struct Close {
    void operator()(CURL* open) const { curl_easy_cleanup(open); }
  };
  std::unique_ptr<CURL, Close> transfer;
};

Downloader::Downloader() : connection_(std::make_unique<Connection>()) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready == CURLE_OK) connection_->transfer.reset(curl_easy_init());
}

Downloader::~Downloader() = default;

Status Downloader::Download(const std::string& url, const fs::path& partial, std::uint64_t expected_bytes,
                            const std::function<void(std::uint64_t)>& arrived, const StopFlag& stop) {
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) return Fail(FileError(errno, "write", partial));
  Sink sink{.descriptor = descriptor, .expected = expected_bytes, .arrived = &arrived, .stop = &stop};
  struct stat before {};
  if (::fstat(descriptor, &before) == 0) sink.bytes = static_cast<std::uint64_t>(before.st_size);
  Status status;
  if (sink.bytes > expected_bytes) {
    if (::ftruncate(descriptor, 0) != 0) status = Fail(FileError(errno, "write", partial));
    sink.bytes = 0;
  }
  if (status && sink.bytes < expected_bytes) status = Fetch(connection_->transfer.get(), url, partial, sink);
  if (::fsync(descriptor) != 0 && status) status = Fail(FileError(errno, "write", partial));
  ::close(descriptor);
  return status;
}

}  // namespace kinfolder
