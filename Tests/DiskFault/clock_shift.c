// Preloaded into a hub with disk_fault.c: somebody sets the machine's clock under it, while it runs.
//
// The file that AMPHI_CLOCK_SHIFT names is read at each call: by so many milliseconds the wall clock is off. Clocks that nobody
// can set go on as they are.

#ifdef __linux__

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long shift(void) {
    const char *control = getenv("AMPHI_CLOCK_SHIFT");
    if (!control) return 0;
    char now[24] = "";
    int before = errno;
    int file = open(control, O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? 0 : read(file, now, sizeof now - 1);
    if (file >= 0) close(file);
    errno = before;
    return count > 0 ? atoll(now) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*behind)(clockid_t, struct timespec *);
    if (!behind) behind = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int answer = behind(clock, time);
    if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift() / 1000;
    return answer;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    static int (*behind)(struct timeval *, void *);
    if (!behind) behind = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
    int answer = behind(time, zone);
    if (answer == 0) time->tv_sec += shift() / 1000;
    return answer;
}

time_t time(time_t *place) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}

#endif
