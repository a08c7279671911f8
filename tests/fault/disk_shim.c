/* Stands between a program and its disk (LD_PRELOAD): writes down every change below one folder, or
 * refuses writes as a full disk does. For tests on Linux only.
 *
 * DISK_ROOT: the folder. DISK_LOG: where to write the changes, in the order in which they were made.
 * disk_fail_from(n): the n-th write from now on and all after it fail with ENOSPC; 0: none fails.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *root;
static size_t root_size;
static int log_handle = -1;
static long fail_from, writes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("DISK_LOG");
    root = getenv("DISK_ROOT");
    root_size = root ? strlen(root) : 0;
    if (log)
        log_handle = (int)syscall(SYS_openat, AT_FDCWD, log,
                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void disk_fail_from(long number) {
    fail_from = number;
    writes = 0;
}

long disk_writes(void) { return writes; }

static int is_ours(const char *path) {
    return root && path && strncmp(path, root, root_size) == 0 &&
           (path[root_size] == '/' || path[root_size] == 0);
}

/* The name of an open file below the root, or NULL. */
static const char *name_of(int handle, char *buffer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t size = readlink(link, buffer, PATH_MAX - 1);
    if (size <= 0)
        return NULL;
    buffer[size] = 0;
    return is_ours(buffer) ? buffer : NULL;
}

static void note(char kind, long long number, const char *path, const void *data, size_t size) {
    if (log_handle < 0)
        return;
    char head[PATH_MAX + 64];
    int length = snprintf(head, sizeof head, "%c %lld %zu %s\n", kind, number, size, path);
    pthread_mutex_lock(&lock);
    if (syscall(SYS_write, log_handle, head, (size_t)length) != length ||
        (size && syscall(SYS_write, log_handle, data, size) != (ssize_t)size))
        abort();
    pthread_mutex_unlock(&lock);
}

static int is_full(void) {
    writes++;
    if (fail_from && writes >= fail_from) {
        errno = ENOSPC;
        return 1;
    }
    return 0;
}

static ssize_t put(int handle, const void *data, size_t size, off64_t at, int is_at) {
    char buffer[PATH_MAX];
    const char *path = name_of(handle, buffer);
    if (path && is_full())
        return -1;
    if (path && !is_at)
        at = lseek64(handle, 0, SEEK_CUR);
    ssize_t done = is_at ? syscall(SYS_pwrite64, handle, data, size, at)
                         : syscall(SYS_write, handle, data, size);
    if (path && done > 0)
        note('W', at, path, data, (size_t)done);
    return done;
}

ssize_t write(int handle, const void *data, size_t size) { return put(handle, data, size, 0, 0); }
ssize_t pwrite(int handle, const void *data, size_t size, off_t at) {
    return put(handle, data, size, at, 1);
}
ssize_t pwrite64(int handle, const void *data, size_t size, off64_t at) {
    return put(handle, data, size, at, 1);
}

int ftruncate64(int handle, off64_t size) {
    char buffer[PATH_MAX];
    const char *path = name_of(handle, buffer);
    int done = (int)syscall(SYS_ftruncate, handle, size);
    if (path && done == 0)
        note('T', size, path, NULL, 0);
    return done;
}
int ftruncate(int handle, off_t size) { return ftruncate64(handle, size); }

static int synced(int handle, int done) {
    char buffer[PATH_MAX];
    const char *path = name_of(handle, buffer);
    if (path && done == 0)
        note('S', 0, path, NULL, 0);
    return done;
}
int fsync(int handle) { return synced(handle, (int)syscall(SYS_fsync, handle)); }
int fdatasync(int handle) { return synced(handle, (int)syscall(SYS_fdatasync, handle)); }

int unlink(const char *path) {
    int done = (int)syscall(SYS_unlink, path);
    if (done == 0 && is_ours(path))
        note('U', 0, path, NULL, 0);
    return done;
}

int rename(const char *old, const char *new) {
    int done = (int)syscall(SYS_rename, old, new);
    if (done == 0 && is_ours(new))
        note('R', 0, old, new, strlen(new));
    return done;
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    struct stat before;
    int creates = (flags & O_CREAT) && is_ours(path) && stat(path, &before) != 0;
    if (creates && is_full())
        return -1;
    int handle = (int)syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode);
    if (handle >= 0 && creates)
        note('C', 0, path, NULL, 0);
    else if (handle >= 0 && (flags & O_TRUNC) && is_ours(path))
        note('T', 0, path, NULL, 0);
    return handle;
}

#define MODE(flags)                                                                                \
    mode_t mode = 0;                                                                               \
    if ((flags) & O_CREAT) {                                                                       \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode = va_arg(list, mode_t);                                                               \
        va_end(list);                                                                              \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
    MODE(flags)
    return opened(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE(flags)
    return opened(folder, path, flags, mode);
}
