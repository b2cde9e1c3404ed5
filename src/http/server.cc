#include "http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "http/byte_range.h"

namespace kinfolder {
namespace {

constexpr char kTlsVersions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";  // as GnuTLS writes them

struct ResponseFree {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using Response = std::unique_ptr<MHD_Response, ResponseFree>;

struct DaemonFree {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

// A request while it comes in.
struct Incoming {
  Request request;
  std::size_t body_bytes = 0;  // that are taken
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  bool too_large = false;
  std::function<void()> when_sent;
};

// An endless reply while it goes out.
struct Outgoing {
  Stream next;
  std::string rest;
  const std::atomic<bool>& closing;
};

MHD_Result AddQuery(void* context, MHD_ValueKind /*kind*/, const char* key, const char* value) {
  static_cast<Request*>(context)->query[key] = value == nullptr ? "" : value;
  return MHD_YES;
}

MHD_Result AddHeader(void* context, MHD_ValueKind /*kind*/, const char* key, const char* value) {
  std::string name = key;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  static_cast<Request*>(context)->headers[name] = value == nullptr ? "" : value;
  return MHD_YES;
}

ssize_t ReadStream(void* context, std::uint64_t /*position*/, char* buffer, std::size_t most) {
  auto& outgoing = *static_cast<Outgoing*>(context);
  while (outgoing.rest.empty()) {
    if (outgoing.closing) return MHD_CONTENT_READER_END_OF_STREAM;
    std::optional<std::string> next = outgoing.next();
    if (!next) return MHD_CONTENT_READER_END_OF_STREAM;
    outgoing.rest = std::move(*next);
  }
  const std::size_t count = std::min(most, outgoing.rest.size());
  std::copy_n(outgoing.rest.data(), count, buffer);
  outgoing.rest.erase(0, count);
  return static_cast<ssize_t>(count);
}

void FreeStream(void* context) { delete static_cast<Outgoing*>(context); }  // NOLINT(cppcoreguidelines-owning-memory)

Response OfBytes(const std::string& bytes) {
  // libmicrohttpd copies; it does not change what it is given.
  return Response(MHD_create_response_from_buffer(bytes.size(), const_cast<char*>(bytes.data()),  // NOLINT
                                                  MHD_RESPMEM_MUST_COPY));
}

Reply FileReply(Reply reply, const Error& error) {
  Reply failed = Reply::OfError(error);
  failed.headers.insert(failed.headers.end(), reply.headers.begin(), reply.headers.end());
  return failed;
}

// The client's address in digits; one of IPv4 that came over IPv6 as what it is.
std::string PeerOf(MHD_Connection* connection) {
  constexpr std::string_view kMapped = "::ffff:";
  const auto* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr) return "";
  const sockaddr* const address = info->client_addr;
  const socklen_t size = address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "";
  const std::string_view digits = std::string_view(text.data()).substr(0, std::string_view(text.data()).find('%'));
  return std::string(digits.substr(digits.starts_with(kMapped) ? kMapped.size() : 0));
}

// An address as sockets take it.
union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

SocketAddress SocketAddressOf(const ListenAddress& listen) {
  SocketAddress address{};
  if (listen.IsV6()) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(listen.port);
    ::inet_pton(AF_INET6, listen.address.c_str(), &address.v6.sin6_addr);
  } else {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(listen.port);
    ::inet_pton(AF_INET, listen.address.c_str(), &address.v4.sin_addr);
  }
  return address;
}

class MicroHttpServer : public HttpServer {
 public:
  MicroHttpServer(const ServerOptions& options, Handler handler, BodyLimit body_limit)
      : options_(options), handler_(std::move(handler)), body_limit_(std::move(body_limit)) {}

  ~MicroHttpServer() override {
    closing_ = true;
    daemon_.reset();
  }
  MicroHttpServer(const MicroHttpServer&) = delete;
  MicroHttpServer& operator=(const MicroHttpServer&) = delete;

  Status Listen() {
    const ListenAddress& listen = options_.listen;
    SocketAddress address = SocketAddressOf(listen);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
    if (listen.IsV6()) flags |= listen.IsAny() ? MHD_USE_DUAL_STACK : MHD_USE_IPv6;
    std::vector<MHD_OptionItem> items;
    if (options_.certificate) {
      flags |= MHD_USE_TLS;
      items = {{MHD_OPTION_HTTPS_MEM_CERT, 0, options_.certificate->pem.data()},
               {MHD_OPTION_HTTPS_MEM_KEY, 0, options_.certificate->key_pem.data()},
               {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(kTlsVersions)}};  // NOLINT: it is only read
    }
    items.push_back({MHD_OPTION_END, 0, nullptr});
    errno = 0;
    daemon_.reset(MHD_start_daemon(
        flags, listen.port, nullptr, nullptr, &MicroHttpServer::Receive, this, MHD_OPTION_SOCK_ADDR, &address.any,
        MHD_OPTION_CONNECTION_LIMIT, options_.connections, MHD_OPTION_CONNECTION_TIMEOUT,
        static_cast<unsigned>(options_.idle.count()), MHD_OPTION_CONNECTION_MEMORY_LIMIT, options_.header_bytes,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, options_.connections_of_one, MHD_OPTION_NOTIFY_COMPLETED,
        &MicroHttpServer::Complete, nullptr, MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END));
    if (!daemon_) return ListenError(errno);
    port_ = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_BIND_PORT)->port;
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  Status ListenError(int number) const {
    const ListenAddress& listen = options_.listen;
    if (number == EADDRINUSE) {
      return Fail(ErrorCode::kAlreadyExists, "port {} is taken by another program", listen.port);
    }
    if (number == EADDRNOTAVAIL) {
      return Fail(ErrorCode::kInvalidArgument, "{} is no address of this machine", listen.address);
    }
    return Fail(ErrorCode::kIo, "cannot listen on {}: {}", ToString(listen),
                number == 0 ? "the system's HTTP library refuses" : std::strerror(number));
  }

  static MHD_Result Receive(void* context, MHD_Connection* connection, const char* url, const char* method,
                            const char* /*version*/, const char* data, std::size_t* size, void** state) {
    auto& server = *static_cast<MicroHttpServer*>(context);
    auto* incoming = static_cast<Incoming*>(*state);
    if (incoming == nullptr) {
      auto fresh = std::make_unique<Incoming>();
      fresh->request.method = method;
      fresh->request.path = url;
      MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, AddQuery, &fresh->request);
      MHD_get_connection_values(connection, MHD_HEADER_KIND, AddHeader, &fresh->request);
      fresh->request.peer = PeerOf(connection);
      fresh->body_bytes = server.body_limit_(fresh->request);
      *state = fresh.release();
      return MHD_YES;
    }
    if (*size > 0) {
      if (std::chrono::steady_clock::now() - incoming->since > server.options_.sending) return MHD_NO;
      incoming->too_large = incoming->too_large || incoming->request.body.size() + *size > incoming->body_bytes;
      if (!incoming->too_large) incoming->request.body.append(data, *size);
      *size = 0;
      return MHD_YES;
    }
    return server.Answer(connection, *incoming);
  }

  static void Complete(void* /*context*/, MHD_Connection* /*connection*/, void** state,
                       MHD_RequestTerminationCode /*code*/) {
    const std::unique_ptr<Incoming> done(static_cast<Incoming*>(*state));
    *state = nullptr;
    if (done && done->when_sent) done->when_sent();
  }

  MHD_Result Answer(MHD_Connection* connection, Incoming& incoming) const {
    Reply reply = incoming.too_large
                      ? Reply::OfError({ErrorCode::kTooLarge, "the request is larger than what is taken"})
                      : handler_(incoming.request);
    incoming.when_sent = std::move(reply.when_sent);
    Response response = ResponseOf(incoming.request, reply);
    if (!response) return MHD_NO;
    if (!reply.content_type.empty()) {
      MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type.c_str());
    }
    for (const auto& [name, value] : reply.headers) {
      MHD_add_response_header(response.get(), name.c_str(), value.c_str());
    }
    return MHD_queue_response(connection, static_cast<unsigned>(reply.status), response.get());
  }

  // A file that can't be opened changes the reply to the reason.
  Response ResponseOf(const Request& request, Reply& reply) const {
    if (auto* bytes = std::get_if<std::string>(&reply.body)) return OfBytes(*bytes);
    if (auto* stream = std::get_if<Stream>(&reply.body)) {
      auto outgoing = std::make_unique<Outgoing>(Outgoing{*stream, {}, closing_});
      constexpr std::size_t kBlock = 4096;
      return Response(
          MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kBlock, ReadStream, outgoing.release(), FreeStream));
    }
    const std::filesystem::path path = std::get<FileBody>(reply.body).path;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
      reply = FileReply(std::move(reply), FileError(descriptor < 0 ? errno : EINVAL, "open", path));
      if (descriptor >= 0) ::close(descriptor);
      return OfBytes(std::get<std::string>(reply.body));
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const RangeChoice choice = ChooseRange(request.Header("range"), size);
    reply.status = choice.status;
    reply.headers.emplace_back("Accept-Ranges", "bytes");
    if (!choice.content_range.empty()) reply.headers.emplace_back("Content-Range", choice.content_range);
    return Response(MHD_create_response_from_fd_at_offset64(choice.range.length, descriptor, choice.range.offset));
  }

  ServerOptions options_;
  Handler handler_;
  BodyLimit body_limit_;
  std::atomic<bool> closing_{false};
  std::uint16_t port_ = 0;
  std::unique_ptr<MHD_Daemon, DaemonFree> daemon_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const ServerOptions& options, Handler handler,
                                                      BodyLimit body_limit) {
  auto server = std::make_unique<MicroHttpServer>(options, std::move(handler), std::move(body_limit));
  RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace kinfolder
