// Fetches URLs into files, going on where an earlier attempt broke off.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/progress.h"
#include "base/result.h"

namespace kinfolder {

// True for text that begins with a scheme ("https://", "ftp://"), whether or not Download takes it.
bool IsUrl(const std::string& text);

// The URL of `name` in the folder that `url` names; a query or fragment of `url` stays. kInvalidArgument for what is no
// http, https or file URL.
Result<std::string> UrlInFolder(const std::string& url, const std::string& name);

// The last part of the URL's path: "net.onnx" of "https://host/models/net.onnx?raw=1"; "" of a folder's with a slash.
Result<std::string> LastPartOf(const std::string& url);

// Keeps the connection to a server from one file to the next.
class Downloader {
 public:
  Downloader();
  ~Downloader();
  Downloader(const Downloader&) = delete;
  Downloader& operator=(const Downloader&) = delete;

  // Appends to `partial` until it has `expected_bytes`, asking the server for what is missing only; calls `arrived`
  // with the file's size so far. What has arrived stays on the disk whatever happens. kNotFound where the server has no
  // such file; kCorrupt when it offers another number of bytes; kNetwork, kNoSpace, kIo, kInterrupted.
  Status Download(const std::string& url, const std::filesystem::path& partial, std::uint64_t expected_bytes,
                  const std::function<void(std::uint64_t)>& arrived, const StopFlag& stop);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace kinfolder
