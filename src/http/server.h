// The HTTP server: GNU libmicrohttpd, a thread for each connection, so that a slow client holds up nobody else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "app/listen_address.h"
#include "base/result.h"
#include "http/certificate.h"
#include "http/message.h"

namespace kinfolder {

struct ServerOptions {
  ListenAddress listen;
  std::optional<Certificate> certificate;  // with it the server speaks TLS, 1.2 or later
  unsigned connections = 256;              // at the same time; more wait in the system's queue
  unsigned connections_of_one = 0;         // so of one address; 0: as of all
  std::size_t header_bytes = 32768;        // of a request's line and headers, and of its reply's buffers
  std::chrono::seconds idle{30};           // a connection that sends nothing for so long is closed,
  std::chrono::seconds sending{120};       // as is one whose request is not there after this
};

// Called from many threads at once.
using Handler = std::function<Reply(const Request&)>;
// How many bytes the body of a request may have, as its headers are.
using BodyLimit = std::function<std::size_t(const Request&)>;

class HttpServer {
 public:
  // kAlreadyExists when the port is taken; kInvalidArgument for an address that is not this machine's.
  static Result<std::unique_ptr<HttpServer>> Start(const ServerOptions& options, Handler handler, BodyLimit body_limit);

  // Ends streams, waits for requests in hand, closes everything.
  virtual ~HttpServer() = default;

  virtual std::uint16_t port() const = 0;
};

}  // namespace kinfolder
