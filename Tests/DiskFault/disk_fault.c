// Preloaded into a hub (LD_PRELOAD): makes the disk fail under its database, and only there, while it runs.
//
// The file that AMPHI_DISK_FAULT names is read at each call; its first word says what fails now:
//
//   full      every write, with ENOSPC
//   short     every write stops half-way, and its rest fails with ENOSPC
//   io        every write, truncation and sync, with EIO
//   sync      every sync, with EIO; the data is written all the same
//   truncate  every truncation, with EIO
//   hang      every sync waits, for as long as this word stands there
//   freeze    every write, truncation and sync waits so long
//
// Anything else, an empty file or none: nothing fails. The database's files are those whose names end in ".db" and
// ".db-wal"; ".db-shm" is memory that SQLite shares between connections, and logs and sockets are none of ours.

#ifdef __linux__

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

// The libc's own function behind the one of the same name here.
#define BEHIND(result, name, ...) ((result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

static int fails(const char *word) {
    const char *control = getenv("AMPHI_DISK_FAULT");
    char now[16] = "";
    int file = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t count = read(file, now, sizeof now - 1);
    close(file);
    if (count > 0) now[strcspn(now, " \n")] = 0;
    return count > 0 && strcmp(now, word) == 0;
}

static int ends_in(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && strcmp(path + length - tail, end) == 0;
}

static int is_database(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count <= 0) return 0;
    path[count] = 0;
    return ends_in(path, ".db") || ends_in(path, ".db-wal");
}

// Waits while one of these words stands there.
static void wait_out(int file, const char *word, const char *other) {
    int before = errno;
    if (is_database(file)) {
        struct timespec pause = {0, 5000000};
        while (fails(word) || (other && fails(other))) nanosleep(&pause, 0);
    }
    errno = before;
}

// What a write of `count` bytes may write now, or -1 with errno.
static ssize_t allowed(int file, size_t count) {
    static _Thread_local int is_half_written;
    int before = errno;
    ssize_t answer = (ssize_t)count;
    int error = 0;
    if (is_database(file)) {
        if (fails("full")) error = ENOSPC;
        if (fails("io")) error = EIO;
        if (fails("short")) {
            if (is_half_written) error = ENOSPC;
            is_half_written = !is_half_written;
            answer = (ssize_t)(count / 2);
        }
    }
    errno = error ? error : before;
    return error ? -1 : answer;
}

// 0, or -1 with errno.
static int barred(int file, const char *word) {
    int before = errno;
    int is_barred = is_database(file) && (fails(word) || fails("io"));
    errno = is_barred ? EIO : before;
    return is_barred ? -1 : 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    wait_out(file, "freeze", 0);
    ssize_t part = allowed(file, count);
    return part < 0 ? -1 : BEHIND(ssize_t, "write", int, const void *, size_t)(file, bytes, (size_t)part);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    wait_out(file, "freeze", 0);
    ssize_t part = allowed(file, count);
    return part < 0 ? -1 : BEHIND(ssize_t, "pwrite", int, const void *, size_t, off_t)(file, bytes, (size_t)part, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    wait_out(file, "freeze", 0);
    ssize_t part = allowed(file, count);
    return part < 0
        ? -1
        : BEHIND(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(file, bytes, (size_t)part, at);
}

int ftruncate(int file, off_t size) {
    wait_out(file, "freeze", 0);
    return barred(file, "truncate") ? -1 : BEHIND(int, "ftruncate", int, off_t)(file, size);
}

int ftruncate64(int file, off64_t size) {
    wait_out(file, "freeze", 0);
    return barred(file, "truncate") ? -1 : BEHIND(int, "ftruncate64", int, off64_t)(file, size);
}

int fsync(int file) {
    wait_out(file, "hang", "freeze");
    return barred(file, "sync") ? -1 : BEHIND(int, "fsync", int)(file);
}

int fdatasync(int file) {
    wait_out(file, "hang", "freeze");
    return barred(file, "sync") ? -1 : BEHIND(int, "fdatasync", int)(file);
}

#endif
