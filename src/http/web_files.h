// The web app's files, which lie in the program itself.
#pragma once

#include <string_view>
#include <vector>

#include "http/message.h"

namespace kinfolder {

struct WebFile {
  std::string_view path;  // "/index.html"
  std::string_view gzip;  // its bytes, compressed (RFC 1952)
};

// In the order of their paths; empty in a program that was built without the web app.
const std::vector<WebFile>& WebFiles();

// The file at this path, or index.html for a page of the app ("/people/3"); as it is where the client does not take
// gzip.
// 404 for a file that is not there.
Reply WebReply(const Request& request);

}  // namespace kinfolder
