#include "http/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "app/lock.h"
#include "base/file.h"
#include "http/backend.h"
#include "http/certificate.h"
#include "http/guard.h"
#include "http/machine_names.h"
#include "http/password.h"
#include "http/refusal_log.h"
#include "http/routes.h"
#include "http/server.h"
#include "http/web_files.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostFileBytes = 4096;
constexpr unsigned kConnectionsOfOne = 64;  // of one other machine: some browsers' at a time

// In the data folder, which is closed to others: who may read it may come in.
fs::path AddressFile(const fs::path& data) { return data / "address"; }
fs::path ServiceLock(const fs::path& data) { return data / "service.lock"; }
fs::path KeyFile(const fs::path& data) { return data / "key"; }

// The same from one start to the next, so that an open window stays let in.
Result<std::string> KeyOf(const fs::path& data) {
  constexpr std::size_t kKeyLength = 64;
  const Result<std::string> kept = ReadTextFile(KeyFile(data), kMostFileBytes);
  if (kept && kept->size() == kKeyLength) return *kept;
  ASSIGN_OR_RETURN(std::string key, MakeKey());
  RETURN_IF_ERROR(WriteSecretFile(KeyFile(data), key));
  return key;
}

// What other machines may call this one, beside its addresses.
std::vector<std::string> NamesOf(const Settings& settings) {
  std::vector<std::string> names = MachineNames();
  names.insert(names.end(), settings.hosts.begin(), settings.hosts.end());
  for (std::string& name : names) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  }
  return names;
}

Result<Certificate> CertificateOf(const Settings& settings, const fs::path& data) {
  if (settings.certificate.empty() != settings.certificate_key.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "a certificate needs its key: set both certificate and certificate-key");
  }
  if (!settings.certificate.empty()) return ReadCertificate(settings.certificate, settings.certificate_key);
  std::vector<std::string> names = NamesOf(settings);
  names.emplace_back("localhost");
  std::vector<std::string> addresses = MachineAddresses();
  addresses.insert(addresses.end(), {"127.0.0.1", "::1"});
  return OwnCertificate(data, names, addresses);
}

class LocalService : public Service {
 public:
  LocalService(WorkspaceLock lock, std::unique_ptr<Backend> backend, fs::path data,
               std::function<void(const std::string&)> note)
      : lock_(std::move(lock)),
        backend_(std::move(backend)),
        router_(AllRoutes()),
        data_(std::move(data)),
        refusals_(std::move(note)) {}

  ~LocalService() override {
    server_.reset();
    std::error_code error;
    fs::remove(AddressFile(data_), error);
  }
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  Status Listen(const Settings& settings) {
    ASSIGN_OR_RETURN(const std::string key, KeyOf(data_));
    ServerOptions options;
    options.listen = settings.listen;
    std::optional<OpenDoor> open;
    if (!settings.listen.IsLoopback()) {
      if (!PasswordHash(data_)) {
        return Fail(ErrorCode::kInvalidArgument,
                    "other machines reach {}, and no password is set: set one with kinfolder password set",
                    settings.listen.address);
      }
      open = OpenDoor{NamesOf(settings), data_};
      options.connections_of_one = kConnectionsOfOne;
      ASSIGN_OR_RETURN(options.certificate, CertificateOf(settings, data_));
    }
    ASSIGN_OR_RETURN(server_, HttpServer::Start(
                                  options, [this](const Request& request) { return Answer(request); },
                                  [this](const Request& request) { return BodyBytes(request); }));
    const std::uint16_t port = server_->port();
    if (open) reach_ = Reach{AddressesOf(settings, open->names, port), options.certificate->fingerprint};
    const std::string own = HostAndPort(settings.listen.IsAny() ? "127.0.0.1" : settings.listen.address, port);
    address_ = fmt::format("{}://{}/?key={}", open ? "https" : "http", own, key);
    guard_.emplace(key, port, std::move(open));
    listening_ = true;
    return WriteSecretFile(AddressFile(data_), address_ + "\n");
  }

  const std::string& address() const override { return address_; }
  const std::optional<Reach>& reach() const override { return reach_; }
  bool quit() const override { return backend_->quit(); }

 private:
  static std::vector<std::string> AddressesOf(const Settings& settings, const std::vector<std::string>& names,
                                              std::uint16_t port) {
    std::vector<std::string> hosts = {settings.listen.address};
    if (settings.listen.IsAny()) hosts = MachineAddresses();
    hosts.insert(hosts.end(), names.begin(), names.end());
    for (std::string& host : hosts) host = "https://" + HostAndPort(host, port);
    return hosts;
  }

  // Who was not let in has no more to send than a password.
  std::size_t BodyBytes(const Request& request) {
    constexpr std::size_t kBodyBytes = std::size_t{256} << 20;
    constexpr std::size_t kStrangersBodyBytes = std::size_t{16} << 10;
    return listening_ && guard_->IsLetIn(request) ? kBodyBytes : kStrangersBodyBytes;
  }

  Reply Answer(const Request& request) {
    Reply reply = listening_ ? Guarded(request) : Reply::OfText(503, "Kinfolder is just starting.");
    refusals_.Tell(request, reply, TimeBudget::Clock::now());
    Guard::Harden(reply);
    return reply;
  }

  Reply Guarded(const Request& request) {
    if (std::optional<Reply> reply = guard_->Answer(request)) return *std::move(reply);
    if (!request.path.starts_with("/api/")) return WebReply(request);
    Reply reply = router_.Answer(*backend_, request);
    if (auto* const stream = std::get_if<Stream>(&reply.body)) {
      // It ends with the session. That a window is open is no use of it.
      reply.body = [this, request, next = std::move(*stream)]() -> std::optional<std::string> {
        std::optional<std::string> text = next();
        const bool says_something = text && !text->empty();
        if (says_something && !guard_->IsLetIn(request, Sessions::Use::kDoesNot)) return std::nullopt;
        return text;
      };
    }
    return reply;
  }

  WorkspaceLock lock_;
  std::unique_ptr<Backend> backend_;
  Router router_;
  fs::path data_;
  RefusalLog refusals_;
  std::optional<Guard> guard_;
  std::atomic<bool> listening_{false};
  std::string address_;
  std::optional<Reach> reach_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::Start(const ServiceOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, Backend::Open(options.flags, options.environment));
  const Settings settings = backend->settings().settings;
  ASSIGN_OR_RETURN(const fs::path data, Chosen(settings.data, "data"));
  ASSIGN_OR_RETURN(WorkspaceLock lock, WorkspaceLock::Acquire(ServiceLock(data), "serve"));
  auto service = std::make_unique<LocalService>(std::move(lock), std::move(backend), data, options.note);
  RETURN_IF_ERROR(service->Listen(settings));
  return service;
}

std::optional<std::string> RunningService(const Settings& settings) {
  std::error_code error;
  if (settings.data.empty() || !fs::exists(ServiceLock(settings.data), error)) return std::nullopt;
  if (WorkspaceLock::Acquire(ServiceLock(settings.data), "serve")) return std::nullopt;  // nobody holds it
  Result<std::string> address = ReadTextFile(AddressFile(settings.data), kMostFileBytes);
  if (!address) return std::nullopt;
  while (address->ends_with('\n')) address->pop_back();
  return *address;
}

}  // namespace kinfolder
