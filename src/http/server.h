// The HTTP server: GNU libmicrohttpd, a thread for each connection, so that a slow client holds up nobody else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "http/message.h"

namespace kinfolder {

struct ServerOptions {
  std::uint16_t port = 0;            // of the loopback interface; 0: any that is free
  unsigned connections = 256;        // at the same time; more wait in the system's queue
  std::size_t header_bytes = 32768;  // of a request's line and headers, and of its reply's buffers
  std::size_t body_bytes = std::size_t{256} << 20;
  std::chrono::seconds idle{30};      // a connection that sends nothing for so long is closed,
  std::chrono::seconds sending{120};  // as is one whose request is not there after this
};

// Called from many threads at once.
using Handler = std::function<Reply(const Request&)>;

class HttpServer {
 public:
  // Listens on 127.0.0.1. kAlreadyExists when the port is taken.
  static Result<std::unique_ptr<HttpServer>> Start(const ServerOptions& options, Handler handler);

  // Ends streams, waits for requests in hand, closes everything.
  virtual ~HttpServer() = default;

  virtual std::uint16_t port() const = 0;
};

}  // namespace kinfolder
