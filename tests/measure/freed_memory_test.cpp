// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "hwnas/measure/freed_memory.hpp"

namespace freed_memory_test {

constexpr std::size_t block = 1 << 20;
constexpr int blocks = 64;

/// Writes to `blocks` blocks and frees them, as one pass through a network does.
void pass() {
  std::vector<void*> held;
  for (int i = 0; i < blocks; ++i) held.push_back(std::memset(std::malloc(block), i, block));
  for (void* each : held) std::free(each);
}

/// Page faults of a second pass, per page of its memory in percent. In a process of its own: malloc is changed for good.
int faults_of_a_second_pass(bool keep) {
  const pid_t child = fork();
  if (child == 0) {
    if (keep && !hwnas::keep_freed_memory()) _exit(200);
    pass();
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    pass();
    getrusage(RUSAGE_SELF, &after);
    const long pages = static_cast<long>(blocks * block) / sysconf(_SC_PAGESIZE);
    _exit(static_cast<int>(100 * (after.ru_minflt - before.ru_minflt) / pages));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(KeepFreedMemory, ASecondPassFindsItsPages) {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "another malloc than glibc's";
#endif
  EXPECT_GT(faults_of_a_second_pass(false), 50);
  EXPECT_LT(faults_of_a_second_pass(true), 10);
  EXPECT_FALSE(hwnas::keeps_freed_memory());  // the children's alone
}

}  // namespace freed_memory_test
