/* A disk that takes OMFUND_FLUSH_US microseconds to flush, for a program on a file system that takes none. Loaded by LD_PRELOAD. */
#include <stdlib.h>
#include <unistd.h>

static int flush(void) {
    const char *us = getenv("OMFUND_FLUSH_US");
    return usleep(us ? (useconds_t)atoi(us) : 0);
}

int fsync(int file) { (void)file; return flush(); }
int fdatasync(int file) { (void)file; return flush(); }
