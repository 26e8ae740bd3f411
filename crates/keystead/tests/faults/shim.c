/* Goes between the server and the C library, by LD_PRELOAD, and has its disk fail as a test says while the server runs.
 *
 * What the test says stands in a file that both have mapped: which files, which calls, and how they fail.
 *
 * A sync that fails takes with it what it was to make durable, as a system may that drops the pages which it could not
 * write: the file is then as it was at its last sync. Whoever takes a later sync's word for what an earlier one lost is
 * found out by that. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, CREATE = 8 };
/* Fails with the errno; writes half of what it is given, and says so; writes half, and fails with the errno when the rest
 * comes; is interrupted each second time; takes long. */
enum { FAILS = 1, SHORT = 2, FILLS = 3, INTERRUPTED = 4, SLOW = 5 };

struct control {
    volatile int32_t kind; /* zero: nothing is wrong */
    volatile int32_t calls;
    volatile int32_t error;
    volatile int32_t left; /* how often it strikes yet; negative: without end */
    volatile int32_t strikes;
    char ending; /* whether the text is how the path ends, and not what is in it */
    char text[107];
};

static struct control *control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *why)
{
    fprintf(stderr, "shim: %s\n", why);
    _exit(99);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SHIM_FAULTS");
    if (path == NULL)
        give_up("no faults");
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || map == MAP_FAILED)
        give_up("the faults can't be read");
    syscall(SYS_close, fd);
    control = map;
}

static int is_meant(const char *path)
{
    size_t length = strlen(path), wanted = strlen(control->text);
    if (!control->ending)
        return strstr(path, control->text) != NULL;
    return length >= wanted && strcmp(path + length - wanted, control->text) == 0;
}

static int is_meant_fd(int fd)
{
    char link[40], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return path[0] == '/' && is_meant(path);
}

/* What was written and not synced: what stood there before, the latest first. */
struct undo {
    struct undo *next;
    dev_t device;
    ino_t inode;
    off_t offset, length; /* the length of the whole file, before */
    size_t count;
    char bytes[];
};
static struct undo *undos;

static void remember(int fd, off_t offset, size_t count)
{
    struct stat found;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode))
        return;
    struct undo *undo = malloc(sizeof *undo + count);
    if (undo == NULL)
        give_up("no memory");
    ssize_t there = syscall(SYS_pread64, fd, undo->bytes, count, offset);
    if (there < 0)
        there = 0;
    *undo = (struct undo){undos, found.st_dev, found.st_ino, offset, found.st_size, (size_t)there};
    undos = undo;
}

/* Forgets what was written to a file, or takes it back. */
static void settle(int fd, int takes_back)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int own = takes_back ? (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC, 0) : -1;
    for (struct undo **at = &undos; *at != NULL;) {
        struct undo *undo = *at;
        if (undo->device != found.st_dev || undo->inode != found.st_ino) {
            at = &undo->next;
            continue;
        }
        if (own >= 0) {
            if (syscall(SYS_pwrite64, own, undo->bytes, undo->count, undo->offset) != (ssize_t)undo->count)
                give_up("what was written can't be taken back");
            syscall(SYS_ftruncate, own, undo->length);
        }
        *at = undo->next;
        free(undo);
    }
    if (own >= 0)
        syscall(SYS_close, own);
}

/* Whether a call of this sort is struck; the kind, or zero. */
static int strike(int call)
{
    int kind = control->kind;
    if (kind == 0 || !(control->calls & call) || control->left == 0)
        return 0;
    if (control->left > 0)
        control->left--;
    __atomic_add_fetch(&control->strikes, 1, __ATOMIC_SEQ_CST);
    return kind;
}

static void wait_long(void)
{
    struct timespec pause = {0, 200 * 1000 * 1000};
    nanosleep(&pause, NULL);
}

static ssize_t put(int fd, const void *bytes, size_t count, off_t offset, int at_offset)
{
    if (at_offset)
        return syscall(SYS_pwrite64, fd, bytes, count, offset);
    return syscall(SYS_write, fd, bytes, count);
}

static ssize_t written(int fd, const void *bytes, size_t count, off_t offset, int at_offset)
{
    static int second;
    if (control == NULL || control->kind == 0 || !is_meant_fd(fd))
        return put(fd, bytes, count, offset, at_offset);
    pthread_mutex_lock(&lock);
    if (!at_offset) {
        int appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
        offset = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
    }
    int kind = strike(WRITE), error = 0;
    second = !second;
    if (kind == FAILS || (kind == FILLS && (second || count < 2)))
        error = control->error;
    else if (kind == INTERRUPTED && second)
        error = EINTR;
    else if ((kind == SHORT || kind == FILLS) && count > 1)
        count /= 2;
    ssize_t done = -1;
    if (error == 0) {
        remember(fd, offset, count);
        done = put(fd, bytes, count, offset, at_offset);
        error = errno;
    }
    pthread_mutex_unlock(&lock);
    if (kind == SLOW)
        wait_long();
    errno = error;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return written(fd, bytes, count, 0, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    return written(fd, bytes, count, offset, 1);
}

static int synced(int fd, long call)
{
    if (control == NULL || control->kind == 0 || !is_meant_fd(fd))
        return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    int kind = strike(SYNC), result = -1, error = control->error;
    if (kind == FAILS) {
        settle(fd, 1);
    } else {
        result = (int)syscall(call, fd);
        error = errno;
        settle(fd, 0);
    }
    pthread_mutex_unlock(&lock);
    if (kind == SLOW)
        wait_long();
    errno = error;
    return result;
}

int fsync(int fd)
{
    return synced(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return synced(fd, SYS_fdatasync);
}

/* Whether a call on a path, or on a file for `fd`, fails; then errno is set. */
static int fails(int call, int fd, const char *path)
{
    if (control == NULL || control->kind != FAILS || !(path == NULL ? is_meant_fd(fd) : is_meant(path)))
        return 0;
    pthread_mutex_lock(&lock);
    int struck = strike(call);
    pthread_mutex_unlock(&lock);
    errno = struck ? control->error : errno;
    return struck;
}

int ftruncate(int fd, off_t length)
{
    return fails(TRUNCATE, fd, NULL) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int openat(int directory, const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if ((flags & (O_CREAT | O_WRONLY | O_RDWR)) && fails(CREATE, -1, path))
        return -1;
    return (int)syscall(SYS_openat, directory, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

int rename(const char *from, const char *to)
{
    if (fails(CREATE, -1, to))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    return fails(CREATE, -1, path) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(CREATE, -1, path) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* The names for large files are the same on 64-bit machines. */
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
int ftruncate64(int, off_t) __attribute__((alias("ftruncate")));
