/* Goes between the server and the C library, by LD_PRELOAD, and writes down in a journal all that is asked of the disk
 * below a folder: enough to say afterwards what the disk might hold, had the power failed at any moment. It can also
 * set the server's clock forward while it runs.
 *
 * The journal is written by the same thread, before a call returns. So whatever the server had done when it answered
 * somebody is in the journal by then, and what was in flight at a moment is told from what was durable.
 *
 * What it does not know it does not let pass: the process ends, and with it the test. It does not see system calls that
 * are made without the C library, such as the one by which a key file is made at the first start. */
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

static const char *root;
static size_t root_length;
static dev_t root_device;
static int journal = -1;
static const volatile int64_t *ahead_seconds;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The inodes below the folder. None is ever zero. */
enum { TABLE = 1 << 14 };
static ino_t known[TABLE];

static void give_up(const char *why)
{
    fprintf(stderr, "shim: %s\n", why);
    _exit(99);
}

static size_t slot(ino_t inode)
{
    size_t at = (inode * 0x9E3779B97F4A7C15u) >> 50;
    while (known[at] != 0 && known[at] != inode)
        at = (at + 1) % TABLE;
    return at;
}

/* An entry: a letter, two numbers, and two byte strings with their lengths; all in the machine's order. */
static void note(char kind, uint64_t one, uint64_t two, const void *first, uint32_t first_length, const void *second,
                 uint32_t second_length)
{
    unsigned char head[25];
    head[0] = (unsigned char)kind;
    memcpy(head + 1, &one, 8);
    memcpy(head + 9, &two, 8);
    memcpy(head + 17, &first_length, 4);
    memcpy(head + 21, &second_length, 4);
    struct iovec parts[3] = {
        {head, sizeof head}, {(void *)first, first_length}, {(void *)second, second_length}};
    ssize_t whole = (ssize_t)(sizeof head + first_length + second_length);
    if (syscall(SYS_writev, journal, parts, 3) != whole)
        give_up("the journal can't be written");
}

/* The path below the folder, or NULL. */
static const char *below(int directory, const char *path)
{
    if (journal < 0)
        return NULL;
    if (path[0] != '/') {
        if (directory != AT_FDCWD)
            give_up("a path that is relative to a folder");
        return NULL;
    }
    if (strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != 0))
        return NULL;
    path += root_length;
    return *path == '/' ? path + 1 : path;
}

/* SQLite's index of its log: shared memory, which is made anew after a crash. */
static int is_memory(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, "-shm") == 0;
}

/* Whether a descriptor is of something below the folder. */
static int is_known(int fd, struct stat *found)
{
    if (journal < 0 || fstat(fd, found) != 0 || found->st_dev != root_device)
        return 0;
    return known[slot(found->st_ino)] == found->st_ino;
}

__attribute__((constructor)) static void begin(void)
{
    const char *clock = getenv("SHIM_CLOCK"), *path = getenv("SHIM_JOURNAL");
    if (clock != NULL) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, clock, O_RDONLY | O_CLOEXEC, 0);
        void *map = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
        if (fd < 0 || map == MAP_FAILED)
            give_up("no clock");
        ahead_seconds = map;
    }
    if (path == NULL)
        return;
    struct stat found;
    root = getenv("SHIM_ROOT");
    if (root == NULL || stat(root, &found) != 0)
        give_up("no folder");
    root_length = strlen(root);
    root_device = found.st_dev;
    journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal < 0)
        give_up("no journal");
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && ahead_seconds != NULL)
        now->tv_sec += *ahead_seconds;
    return result;
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
    const char *name = below(directory, path);
    if (name == NULL || is_memory(name))
        return (int)syscall(SYS_openat, directory, path, flags, mode);
    pthread_mutex_lock(&lock);
    int fd = (int)syscall(SYS_openat, directory, path, flags, mode);
    int error = errno;
    struct stat found;
    if (fd >= 0 && fstat(fd, &found) == 0) {
        known[slot(found.st_ino)] = found.st_ino;
        char kind = S_ISDIR(found.st_mode) ? 'D' : 'O';
        note(kind, found.st_ino, (flags & O_TRUNC) != 0, name, (uint32_t)strlen(name), NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
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

static ssize_t written(int fd, const void *bytes, size_t count, off_t offset, int at_offset)
{
    struct stat found;
    if (!is_known(fd, &found))
        return at_offset ? syscall(SYS_pwrite64, fd, bytes, count, offset) : syscall(SYS_write, fd, bytes, count);
    pthread_mutex_lock(&lock);
    if (!at_offset) {
        int appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
        offset = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
    }
    ssize_t done = at_offset ? syscall(SYS_pwrite64, fd, bytes, count, offset) : syscall(SYS_write, fd, bytes, count);
    int error = errno;
    if (done > 0)
        note('W', found.st_ino, (uint64_t)offset, bytes, (uint32_t)done, NULL, 0);
    pthread_mutex_unlock(&lock);
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

int ftruncate(int fd, off_t length)
{
    struct stat found;
    if (!is_known(fd, &found))
        return (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_ftruncate, fd, length);
    int error = errno;
    if (result == 0)
        note('T', found.st_ino, (uint64_t)length, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

/* What was written before this begins is durable when it ends; what others write meanwhile may not be. */
static int synced(int fd, long call)
{
    static uint64_t syncs;
    struct stat found;
    if (!is_known(fd, &found))
        return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    uint64_t number = ++syncs;
    note('S', found.st_ino, number, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    int result = (int)syscall(call, fd);
    int error = errno;
    pthread_mutex_lock(&lock);
    if (result == 0)
        note('E', found.st_ino, number, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
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

static void forget(const char *path)
{
    struct stat found;
    if (stat(path, &found) == 0 && known[slot(found.st_ino)] == found.st_ino)
        known[slot(found.st_ino)] = (ino_t)-1;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags)
{
    const char *old = below(from_directory, from), *new = below(to_directory, to);
    if (old == NULL && new == NULL)
        return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    if (old == NULL || new == NULL)
        give_up("a rename into the folder or out of it");
    pthread_mutex_lock(&lock);
    forget(to);
    int result = (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    int error = errno;
    if (result == 0)
        note('R', 0, 0, old, (uint32_t)strlen(old), new, (uint32_t)strlen(new));
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return renameat2(from_directory, from, to_directory, to, 0);
}

int unlinkat(int directory, const char *path, int flags)
{
    const char *name = below(directory, path);
    if (name == NULL || is_memory(name))
        return (int)syscall(SYS_unlinkat, directory, path, flags);
    pthread_mutex_lock(&lock);
    forget(path);
    int result = (int)syscall(SYS_unlinkat, directory, path, flags);
    int error = errno;
    if (result == 0)
        note('U', 0, 0, name, (uint32_t)strlen(name), NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    const char *name = below(directory, path);
    if (name == NULL)
        return (int)syscall(SYS_mkdirat, directory, path, mode);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_mkdirat, directory, path, mode);
    int error = errno;
    if (result == 0)
        note('M', 0, 0, name, (uint32_t)strlen(name), NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

/* What is not foreseen. */

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct stat found;
    if (is_known(fd, &found))
        give_up("writev");
    return syscall(SYS_writev, fd, parts, count);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    struct stat found;
    if (is_known(fd, &found))
        give_up("fallocate");
    return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    if (below(to_directory, to) != NULL)
        give_up("link");
    return (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    struct stat found;
    if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && is_known(fd, &found))
        give_up("a file that is written through memory");
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

/* The names for large files are the same on 64-bit machines. */
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
int ftruncate64(int, off_t) __attribute__((alias("ftruncate")));
int fallocate64(int, int, off_t, off_t) __attribute__((alias("fallocate")));
void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));
