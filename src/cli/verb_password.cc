#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>

#include "cli/verbs.h"
#include "http/password.h"

namespace kinfolder {
namespace {

// What is typed is not shown for as long as this lives.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_quiet_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~NoEcho() {
    if (is_quiet_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool is_quiet_ = false;
};

// At a terminal, twice; otherwise the first line of the input.
Result<std::string> AskForPassword(Console& console) {
  if (!console.IsInteractive()) {
    std::string password;
    std::getline(std::cin, password);
    return password;
  }
  const NoEcho quiet;
  const auto ask = [&](std::string_view question) {
    std::optional<std::string> answer = console.AskForLine(question);
    if (answer) console.Note("");  // the line that the key Enter did not end
    return answer;
  };
  std::optional<std::string> password = ask("Password:");
  const std::optional<std::string> again = password ? ask("Once more:") : std::nullopt;
  if (!again) return Fail(ErrorCode::kInterrupted, "no password was set");
  if (*password != *again) return Fail(ErrorCode::kInvalidArgument, "these are two passwords, so none was set");
  return *std::move(password);
}

Result<ExitStatus> SetFromUser(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, MakeDataFolder(invocation.settings()));
  ASSIGN_OR_RETURN(const std::string password, AskForPassword(invocation.console));
  RETURN_IF_ERROR(SetPassword(data, password));
  invocation.console.Print("The password is set. Who was logged in has to log in again.");
  return kAllDone;
}

Result<ExitStatus> LetNobodyIn(Invocation& invocation) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, Chosen(invocation.settings().data, "data"));
  RETURN_IF_ERROR(RemovePassword(data));
  invocation.console.Print("No password lets anybody in any more.");
  return kAllDone;
}

}  // namespace

std::vector<Verb> PasswordVerbs() {
  return {{.name = "password set",
           .group = kSetupGroup,
           .summary = "Set the password that lets other machines into the window",
           .details = "It is asked for at the terminal, or read from the input's first line. Only its hash is kept.\n"
                      "Other machines reach the window when it is served to them: see kinfolder serve --help.",
           .arguments = {},
           .settings = {},
           .run = SetFromUser},
          {.name = "password remove",
           .group = kSetupGroup,
           .summary = "Let no other machine in any more",
           .details = "",
           .arguments = {},
           .settings = {},
           .run = LetNobodyIn}};
}

}  // namespace kinfolder
