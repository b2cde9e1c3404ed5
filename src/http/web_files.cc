#include "http/web_files.h"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/check.h"

namespace kinfolder {
namespace {

std::string_view ContentType(std::string_view path) {
  static const std::map<std::string_view, std::string_view> types = {{".html", "text/html; charset=utf-8"},
                                                                     {".js", "text/javascript; charset=utf-8"},
                                                                     {".css", "text/css; charset=utf-8"},
                                                                     {".svg", "image/svg+xml"},
                                                                     {".png", "image/png"},
                                                                     {".woff2", "font/woff2"},
                                                                     {".webmanifest", "application/manifest+json"}};
  const std::size_t dot = path.rfind('.');
  const auto found = dot == std::string_view::npos ? types.end() : types.find(path.substr(dot));
  return found == types.end() ? "application/octet-stream" : found->second;
}

// The program's own files: what can't be unpacked is a bug.
std::string Unpacked(std::string_view gzip) {
  constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, and 16 for the format
  constexpr std::size_t kBlock = 65536;
  z_stream stream{};
  CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));  // NOLINT: zlib does not write to it
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string bytes;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::size_t done = bytes.size();
    bytes.resize(done + kBlock);
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + done);
    stream.avail_out = kBlock;
    status = inflate(&stream, Z_NO_FLUSH);
    CHECK(status == Z_OK || status == Z_STREAM_END);
    bytes.resize(done + kBlock - stream.avail_out);
  }
  inflateEnd(&stream);
  return bytes;
}

const WebFile* Find(std::string_view path) {
  const std::vector<WebFile>& files = WebFiles();
  const auto found = std::find_if(files.begin(), files.end(), [&](const WebFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

Reply WebReply(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return Reply::OfText(405, "There are only pages to read.");
  if (WebFiles().empty()) {
    return Reply::OfText(404, "This program was built without its window (see web/ in the sources).");
  }
  const WebFile* file = Find(request.path);
  const bool is_page = request.path.find('.', request.path.rfind('/')) == std::string::npos;
  if (file == nullptr && is_page) file = Find("/index.html");
  if (file == nullptr) return Reply::OfText(404, "There is nothing at " + request.path + ".");
  Reply reply;
  reply.content_type = ContentType(file->path);
  // The names of what lies in assets/ change with what is in them.
  const bool is_forever = file->path.starts_with("/assets/");
  reply.headers.emplace_back("Cache-Control", is_forever ? "private, max-age=31536000, immutable" : "no-cache");
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  if (request.Header("accept-encoding").find("gzip") == std::string_view::npos) {
    reply.body = Unpacked(file->gzip);
  } else {
    reply.headers.emplace_back("Content-Encoding", "gzip");
    reply.body = std::string(file->gzip);
  }
  return reply;
}

}  // namespace kinfolder
