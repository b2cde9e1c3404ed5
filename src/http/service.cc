#include "http/service.h"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "app/lock.h"
#include "base/file.h"
#include "http/backend.h"
#include "http/guard.h"
#include "http/routes.h"
#include "http/server.h"
#include "http/web_files.h"

namespace kinfolder {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostFileBytes = 4096;

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
  RETURN_IF_ERROR(WriteFileAtomically(KeyFile(data), key));
  std::error_code error;
  fs::permissions(KeyFile(data), fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return Fail(FileError(error.value(), "close to others", KeyFile(data)));
  return key;
}

class LocalService : public Service {
 public:
  LocalService(WorkspaceLock lock, std::unique_ptr<Backend> backend, fs::path data)
      : lock_(std::move(lock)), backend_(std::move(backend)), router_(AllRoutes()), data_(std::move(data)) {}

  ~LocalService() override {
    server_.reset();
    std::error_code error;
    fs::remove(AddressFile(data_), error);
  }
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  Status Listen(std::uint16_t port) {
    ASSIGN_OR_RETURN(const std::string key, KeyOf(data_));
    ServerOptions options;
    options.port = port;
    ASSIGN_OR_RETURN(server_, HttpServer::Start(options, [this](const Request& request) { return Answer(request); }));
    guard_.emplace(key, server_->port());
    listening_ = true;
    address_ = fmt::format("http://127.0.0.1:{}/?key={}", server_->port(), key);
    return WriteFileAtomically(AddressFile(data_), address_ + "\n");
  }

  const std::string& address() const override { return address_; }

 private:
  Reply Answer(const Request& request) {
    Reply reply = listening_ ? Guarded(request) : Reply::OfText(503, "Kinfolder is just starting.");
    Guard::Harden(reply);
    return reply;
  }

  Reply Guarded(const Request& request) {
    if (std::optional<Reply> refusal = guard_->Refusal(request)) return *std::move(refusal);
    if (request.path.starts_with("/api/")) return router_.Answer(*backend_, request);
    return WebReply(request);
  }

  WorkspaceLock lock_;
  std::unique_ptr<Backend> backend_;
  Router router_;
  fs::path data_;
  std::optional<Guard> guard_;
  std::atomic<bool> listening_{false};
  std::string address_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::Start(const ServiceOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, Backend::Open(options.flags, options.environment));
  ASSIGN_OR_RETURN(const fs::path data, Chosen(backend->settings().settings.data, "data"));
  ASSIGN_OR_RETURN(WorkspaceLock lock, WorkspaceLock::Acquire(ServiceLock(data), "serve"));
  auto service = std::make_unique<LocalService>(std::move(lock), std::move(backend), data);
  RETURN_IF_ERROR(service->Listen(options.port));
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
