// For tests: an HTTP server on the loopback interface that serves one file and fails as it is told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"

namespace kinfolder {

// Answers GET of `path` with `content`, of `others` with theirs, everything else with 404. Honours "Range: bytes=N-"
// unless told not to.
class TestHttpServer {
 public:
  struct Options {
    std::string path = "/net.onnx";
    std::string content = {};
    std::size_t cut_after = std::string::npos;  // bytes of the first answer's body, then the connection is closed
    bool knows_ranges = true;
    std::string redirect_to = {};  // answers 302 instead
    std::map<std::string, std::string> others = {};
  };

  explicit TestHttpServer(Options options) : options_(std::move(options)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    CHECK(socket_ >= 0 && ::bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    CHECK(::listen(socket_, 8) == 0 && ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TestHttpServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  TestHttpServer(const TestHttpServer&) = delete;
  TestHttpServer& operator=(const TestHttpServer&) = delete;

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

  // First byte asked for, request by request.
  std::vector<std::size_t> requested_from() const {
    const std::lock_guard lock(mutex_);
    return requested_from_;
  }

 private:
  void Serve() {
    for (;;) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      Answer(connection);
      ::close(connection);
    }
  }

  void Answer(int connection) {
    std::string request;
    char block[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, block, sizeof(block), 0);
      if (count <= 0) return;
      request.append(block, static_cast<std::size_t>(count));
    }
    if (!options_.redirect_to.empty()) {
      return Send(connection, "HTTP/1.1 302 Found\r\nLocation: " + options_.redirect_to +
                                  "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    const std::string* const content = ContentFor(request);
    if (content == nullptr) {
      return Send(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    constexpr char kRange[] = "Range: bytes=";
    const std::size_t range = request.find(kRange);
    std::size_t from = range == std::string::npos ? 0 : std::stoul(request.substr(range + sizeof(kRange) - 1));
    bool is_first = false;
    {
      const std::lock_guard lock(mutex_);
      is_first = requested_from_.empty();
      requested_from_.push_back(from);
    }
    if (!options_.knows_ranges) from = 0;
    const std::size_t total = content->size();
    if (from > 0 && from >= total) {
      return Send(connection, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    std::string head = from > 0 ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                                      std::to_string(total - 1) + "/" + std::to_string(total) + "\r\n"
                                : "HTTP/1.1 200 OK\r\n";
    head += "Content-Length: " + std::to_string(total - from) + "\r\nConnection: close\r\n\r\n";
    Send(connection, head + content->substr(from, is_first ? options_.cut_after : std::string::npos));
  }

  const std::string* ContentFor(const std::string& request) const {
    if (request.starts_with("GET " + options_.path + " ")) return &options_.content;
    for (const auto& [path, content] : options_.others) {
      if (request.starts_with("GET " + path + " ")) return &content;
    }
    return nullptr;
  }

  static void Send(int connection, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  const Options options_;
  int socket_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::size_t> requested_from_;
  std::thread thread_;
};

}  // namespace kinfolder
