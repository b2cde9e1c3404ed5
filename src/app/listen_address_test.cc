#include "app/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinfolder {
namespace {

TEST(ListenAddress, IsReadAndShown) {
  for (const auto& [text, address, port] :
       std::vector<std::tuple<std::string, std::string, int>>{{"127.0.0.1", "127.0.0.1", 0},
                                                              {"0.0.0.0:8443", "0.0.0.0", 8443},
                                                              {"::1", "::1", 0},
                                                              {"[::]:443", "::", 443}}) {
    const Result<ListenAddress> listen = ParseListenAddress(text);
    ASSERT_TRUE(listen) << text;
    EXPECT_EQ(listen->address, address);
    EXPECT_EQ(listen->port, port);
    EXPECT_EQ(ToString(*listen), text);
  }
}

TEST(ListenAddress, NamesAndNonsenseAreRefused) {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "[1.2.3.4]:80", "[::1",
                           "[::1]8443", ":8443", "::1:x", "8443"}) {
    EXPECT_FALSE(ParseListenAddress(text)) << text;
  }
  EXPECT_THAT(ParseListenAddress("tall").error().message, testing::HasSubstr("'tall' is no address"));
}

TEST(ListenAddress, KnowsWhoReachesIt) {
  EXPECT_TRUE(ListenAddress().IsLoopback());
  EXPECT_TRUE((ListenAddress{"127.8.0.1", 0}).IsLoopback());
  EXPECT_TRUE((ListenAddress{"::1", 0}).IsLoopback());
  for (const char* address : {"0.0.0.0", "::", "192.168.1.2", "fe80::1"}) {
    EXPECT_FALSE((ListenAddress{address, 0}).IsLoopback()) << address;
  }
  EXPECT_TRUE((ListenAddress{"0.0.0.0", 0}).IsAny());
  EXPECT_TRUE((ListenAddress{"::", 0}).IsAny());
  EXPECT_FALSE((ListenAddress{"192.168.1.2", 0}).IsAny());
}

}  // namespace
}  // namespace kinfolder
