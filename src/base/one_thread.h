// oneDNN's OpenMP loops are not what runs in parallel here: photos, or queries, are.
#pragma once

// From <omp.h>, which is not where every compiler finds it; the functions are in oneDNN's OpenMP runtime, which whoever
// includes this links with.
extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int);
}

namespace kinfolder {

// OpenMP's loops run on the calling thread alone while this lives.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace kinfolder
