/*
 * A slow disk: loaded before libc (LD_PRELOAD), it makes every fsync and fdatasync SLOW_SYNC_US microseconds longer, in the thread that
 * asked for it, as a disk does whose queue is full.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

typedef int sync_call(int);

static int slowly(const char *name, int fd) {
  usleep(SLOW_SYNC_US);
  return ((sync_call *)dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
