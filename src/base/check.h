// CHECK is for our own bugs only: a broken invariant ends the program with the place it broke at.
// Whatever a user, a file or a network can cause is a Result (base/result.h).
#pragma once

#include <cstdio>
#include <cstdlib>

#define CHECK(condition)                                                                             \
  do {                                                                                               \
    if (!(condition)) [[unlikely]] {                                                                 \
      std::fprintf(stderr, "%s:%d: this should never happen: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                                  \
    }                                                                                                \
  } while (false)
