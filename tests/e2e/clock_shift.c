/* SPDX-License-Identifier: MPL-2.0
 *
 * Loaded before a program (LD_PRELOAD): its wall clock is $ABRI_CLOCK_SHIFT seconds off. Its monotonic clock stays.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, now);
  const char* shift = getenv("ABRI_CLOCK_SHIFT");
  if (failed == 0 && shift != NULL && clock == CLOCK_REALTIME) now->tv_sec += atol(shift);
  return failed;
}

time_t time(time_t* into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != NULL) *into = now.tv_sec;
  return now.tv_sec;
}
